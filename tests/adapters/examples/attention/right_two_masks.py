# exercise: multi_head
import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, nhead):
        super().__init__()
        self.nhead, self.d_k = nhead, d_model // nhead
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, q, k, v, key_padding_mask=None, attn_mask=None):
        n = q.size(0)
        Q, K, V = (w(x).view(n, -1, self.nhead, self.d_k).transpose(1, 2) for w, x in ((self.w_q, q), (self.w_k, k), (self.w_v, v)))
        scores = torch.matmul(Q, K.transpose(-2, -1)) / math.sqrt(self.d_k)
        if attn_mask is not None:
            scores = scores + attn_mask.unsqueeze(0).unsqueeze(1)
        if key_padding_mask is not None:
            scores = scores.masked_fill(key_padding_mask.unsqueeze(1).unsqueeze(2), float("-inf"))
        context = torch.matmul(torch.softmax(scores, dim=-1), V)
        return self.w_o(context.transpose(1, 2).contiguous().view(n, -1, self.nhead * self.d_k))
