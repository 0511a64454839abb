# exercise: encoder_decoder
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
        x = self.norm_b(x + self.read(x, memory, padding))
        return self.norm_c(x + self.think(x))


class TranslationTransformer(nn.Module):
    def __init__(self, src_vocab_size, trg_vocab_size, emb_size, heads, layers, ff_dim, max_len=60):
        super().__init__()
        self.src_emb, self.trg_emb = nn.Embedding(src_vocab_size, emb_size), nn.Embedding(trg_vocab_size, emb_size)
        self.register_buffer("places", sinusoids(max_len, emb_size))
        self.readers = nn.ModuleList(Reading(emb_size, heads, ff_dim) for _ in range(layers))
        self.writers = nn.ModuleList(Writing(emb_size, heads, ff_dim) for _ in range(layers))
        self.score = nn.Linear(emb_size, trg_vocab_size)

    def forward(self, src, trg):
        padding = (src == 0)[:, None, None, :]
        future = torch.ones(trg.shape[1], trg.shape[1]).triu(1).bool()
        x = self.src_emb(src) + self.places[: src.shape[1]]
        for reader in self.readers:
            x = reader(x, padding)
        y = self.trg_emb(trg) + self.places[: trg.shape[1]]
        for writer in self.writers:
            y = writer(y, x, future, padding)
        return self.score(y)
