# exercise: encoder_block
# open: passes_the_mask_on
import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, nhead):
        super().__init__()
        self.nhead, self.d_k = nhead, d_model // nhead
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, q, k, v, attn_mask=None, padding_mask=None):
        n = q.size(0)
        Q, K, V = (w(x).view(n, -1, self.nhead, self.d_k).transpose(1, 2) for w, x in ((self.w_q, q), (self.w_k, k), (self.w_v, v)))
        scores = torch.matmul(Q, K.transpose(-2, -1)) / math.sqrt(self.d_k)
        if attn_mask is not None:
            scores = scores.masked_fill(attn_mask, float("-inf"))
        if padding_mask is not None:
            scores = scores.masked_fill(padding_mask.unsqueeze(1).unsqueeze(2), float("-inf"))
        context = torch.matmul(torch.softmax(scores, dim=-1), V)
        return self.w_o(context.transpose(1, 2).contiguous().view(n, -1, self.nhead * self.d_k))


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, dropout=0.1):
        super().__init__()
        self.attn, self.norm1, self.norm2 = MultiHeadAttention(d_model, nhead), nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.ff = nn.Sequential(nn.Linear(d_model, dim_feedforward), nn.ReLU(), nn.Linear(dim_feedforward, d_model))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, attn_mask, padding_mask):
        x = self.norm1(x + self.dropout(self.attn(x, x, x, attn_mask, padding_mask)))
        return self.norm2(x + self.dropout(self.ff(x)))
