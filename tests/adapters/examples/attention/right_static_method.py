# exercise: dot_attention
import math

import torch
from torch import nn


class HeadsBlock(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.inputs = nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        self.output = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    @staticmethod
    def attention(query, key, value, mask, dropout):
        energy = query @ key.mT / math.sqrt(key.shape[-1])
        if mask is not None:
            energy = energy.masked_fill(mask == 0, -1e9)
        shares = torch.softmax(energy, dim=-1)
        if dropout is not None:
            shares = dropout(shares)
        return shares @ value, shares

    def forward(self, query, key, value, mask):
        cut = [w(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for w, x in zip(self.inputs, (query, key, value))]
        seen, self.shares = HeadsBlock.attention(*cut, mask, self.dropout)
        return self.output(seen.transpose(1, 2).flatten(2))
