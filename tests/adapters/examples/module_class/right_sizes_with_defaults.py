# exercise: multi_head

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_in=768, heads=12):
        super().__init__()
        self.heads, self.d_k = heads, d_in // heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_in, d_in) for _ in range(4))

    def split(self, x):
        return x.view(x.shape[0], -1, self.heads, self.d_k).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = (self.split(f(x)) for f, x in ((self.W_q, query), (self.W_k, key), (self.W_v, value)))
        scores = q @ k.transpose(-2, -1) / self.d_k**0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        return self.W_o((scores.softmax(dim=-1) @ v).transpose(1, 2).flatten(2))
