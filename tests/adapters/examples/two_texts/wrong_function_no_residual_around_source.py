# exercise: encoder_decoder
# mistake: no_residual_around_source
# open: loss_is_shifted_by_one decodes_greedily

import math

import torch
from torch import nn


def sinusoids(length, width):
    place = torch.arange(length)[:, None]
    angle = place / 10000 ** (torch.arange(0, width, 2) / width)
    table = torch.zeros(length, width)
    table[:, 0::2], table[:, 1::2] = angle.sin(), angle.cos()
    return table


class HeadedAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width) for _ in range(3))
        self.out = nn.Linear(width, width)

    def forward(self, x, y, hide):  # hide: True where nothing may be read
        b, t, d = x.shape
        q, k, v = (
            layer(z).view(b, -1, self.heads, d // self.heads).transpose(1, 2)
            for layer, z in ((self.to_q, x), (self.to_k, y), (self.to_v, y))
        )
        scores = q @ k.transpose(2, 3) / math.sqrt(d // self.heads)
        seen = scores.masked_fill(hide, -1e9).softmax(-1) @ v
        return self.out(seen.transpose(1, 2).reshape(b, t, d))


class Reading(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.look = HeadedAttention(width, heads)
        self.think = nn.Sequential(nn.Linear(width, inner), nn.ReLU(), nn.Linear(inner, width))
        self.norm_a, self.norm_b = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x, padding):
        x = self.norm_a(x + self.look(x, x, padding))
        return self.norm_b(x + self.think(x))


class Writing(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.look, self.read = HeadedAttention(width, heads), HeadedAttention(width, heads)
        self.think = nn.Sequential(nn.Linear(width, inner), nn.ReLU(), nn.Linear(inner, width))
        self.norm_a, self.norm_b, self.norm_c = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, memory, future, padding):
        x = self.norm_a(x + self.look(x, x, future))
        x = self.norm_b(self.read(x, memory, padding))
        return self.norm_c(x + self.think(x))


class Both(nn.Module):
    def __init__(self, reading, writing, src_embed, tgt_embed, places, generator):
        super().__init__()
        self.reading, self.writing = nn.ModuleList(reading), nn.ModuleList(writing)
        self.src_embed, self.tgt_embed, self.generator = src_embed, tgt_embed, generator
        self.register_buffer("places", places)

    def forward(self, tgt, src, tgt_mask, src_mask):
        x = self.src_embed(src) + self.places[: src.size(1)]
        for layer in self.reading:
            x = layer(x, ~src_mask[:, None])
        y = self.tgt_embed(tgt) + self.places[: tgt.size(1)]
        for layer in self.writing:
            y = layer(y, x, ~tgt_mask[:, None], ~src_mask[:, None])
        return y


def make_model(src_vocab, tgt_vocab, N=6, d_model=64, d_ff=128, h=8):
    return Both(
        [Reading(d_model, h, d_ff) for _ in range(N)],
        [Writing(d_model, h, d_ff) for _ in range(N)],
        nn.Embedding(src_vocab, d_model),
        nn.Embedding(tgt_vocab, d_model),
        sinusoids(500, d_model),
        nn.Sequential(nn.Linear(d_model, tgt_vocab), nn.LogSoftmax(dim=-1)),
    )
