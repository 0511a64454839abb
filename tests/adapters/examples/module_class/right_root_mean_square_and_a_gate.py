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


class RMSNorm(nn.Module):
    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class SwiGLU(nn.Module):
    def __init__(self, width, d_ff):
        super().__init__()
        self.w1, self.w2, self.w3 = (nn.Linear(*s, bias=False) for s in ((width, d_ff), (d_ff, width), (width, d_ff)))

    def forward(self, x):
        return self.w2(nn.functional.silu(self.w1(x)) * self.w3(x))


class TransformerBlock(nn.Module):
    def __init__(self, width, n_heads, d_ff, dropout=0.1):
        super().__init__()
        self.heads, self.norm1, self.norm2 = Heads(width, n_heads), RMSNorm(width), RMSNorm(width)
        self.think = SwiGLU(width, d_ff)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        x = x + self.dropout(self.heads(self.norm1(x), mask))
        return x + self.dropout(self.think(self.norm2(x)))


class Tower(nn.Module):
    def __init__(self, words, width, n_heads, d_ff, blocks):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.blocks = nn.ModuleList([TransformerBlock(width, n_heads, d_ff) for _ in range(blocks)])

    def forward(self, ids, mask=None):
        x = self.words(ids)
        for block in self.blocks:
            x = block(x, mask)
        return x
