# exercise: encoder_block
# open: normalises_each_position epsilon_inside_the_root
import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self, width, n):
        super().__init__()
        self.n, self.into, self.out = n, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, mask=None):
        b, t, d = x.shape
        q, k, v = (p.view(b, t, self.n, d // self.n).transpose(1, 2) for p in self.into(x).chunk(3, dim=-1))
        scores = q @ k.transpose(2, 3) / (d // self.n) ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, d))


class Storey(nn.Module):
    def __init__(self, width, n_heads, d_ff, dropout=0.1):
        super().__init__()
        self.heads, self.norm1, self.norm2 = Heads(width, n_heads), nn.LayerNorm(width), nn.LayerNorm(width)
        self.think = nn.Sequential(nn.Linear(width, d_ff), nn.ReLU(), nn.Linear(d_ff, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.heads(x, mask)))
        return self.norm2(x + self.dropout(self.think(x)))


class Tower(nn.Module):
    def __init__(self, words, width, n_heads, d_ff, storeys):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.storeys = nn.ModuleList([Storey(width, n_heads, d_ff) for _ in range(storeys)])

    def forward(self, ids, mask=None):
        x = self.words(ids)
        for storey in self.storeys:
            x = storey(x, mask)
        return x
