# exercise: dot_attention

import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads, self.d_k = num_heads, d_model // num_heads
        self.query, self.key, self.value, self.out = (nn.Linear(d_model, d_model) for _ in range(4))

    def scaled_dot_product_attention(self, q, k, v, mask=None):
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d_k)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        return torch.softmax(scores, dim=-1) @ v

    def forward(self, q, k, v, mask=None):
        q, k, v = (
            layer(x).view(x.shape[0], -1, self.num_heads, self.d_k).transpose(1, 2)
            for layer, x in ((self.query, q), (self.key, k), (self.value, v))
        )
        found = self.scaled_dot_product_attention(q, k, v, mask)
        return self.out(found.transpose(1, 2).flatten(2))
