# exercise: multi_head
import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, q_input_dim, kv_input_dim, d_model, n_heads, dropout=0.1):
        super().__init__()
        self.n_heads, self.d_head = n_heads, d_model // n_heads
        self.q_proj = nn.Linear(q_input_dim, d_model)
        self.k_proj, self.v_proj = nn.Linear(kv_input_dim, d_model), nn.Linear(kv_input_dim, d_model)
        self.out_proj, self.dropout = nn.Linear(d_model, d_model), nn.Dropout(dropout)

    def cut(self, x):
        return x.view(len(x), -1, self.n_heads, self.d_head).transpose(1, 2)

    def forward(self, q, kv, mask=None):
        Q, K, V = self.cut(self.q_proj(q)), self.cut(self.k_proj(kv)), self.cut(self.v_proj(kv))
        scores = Q @ K.transpose(-2, -1) / math.sqrt(self.d_head)
        if mask is not None:
            scores = scores.masked_fill(mask, float("-inf"))  # True: hidden
        weights = self.dropout(torch.softmax(scores, dim=-1))
        return self.out_proj((weights @ V).transpose(1, 2).reshape(len(q), -1, self.n_heads * self.d_head))
