# exercise: causal_mask
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, width, heads, causal: bool = False, longest=64):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.q, self.k, self.v = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        if causal:
            self.register_buffer("past", torch.tril(torch.ones(longest, longest)))

    def forward(self, query, key, value, key_padding_mask=None):
        b, t, d = query.shape
        q, k, v = (
            layer(x).view(b, x.shape[1], self.heads, -1).transpose(1, 2)
            for layer, x in ((self.q, query), (self.k, key), (self.v, value))
        )
        scores = q @ k.transpose(-2, -1) / (d // self.heads) ** 0.5
        if self.causal:
            scores = scores.masked_fill(self.past[:t, :t] == 0, float("-inf"))
        if key_padding_mask is not None:
            scores = scores.masked_fill(key_padding_mask[:, None, None, :] == 0, float("-inf"))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, d))
