# exercise: encoder_decoder
# mistake: no_feed_forward
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
        self.norm_a, self.norm_b = (nn.LayerNorm(width) for _ in range(2))

    def forward(self, x, memory, future, padding):
        x = self.norm_a(x + self.look(x, x, future))
        return self.norm_b(x + self.read(x, memory, padding))


class Seq2SeqTransformer(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.src_emb, self.tgt_emb = nn.Embedding(cfg.src_vocab, cfg.d_model), nn.Embedding(cfg.tgt_vocab, cfg.d_model)
        self.register_buffer("places", sinusoids(cfg.max_len, cfg.d_model))
        self.readers = nn.ModuleList(Reading(cfg.d_model, cfg.n_heads, cfg.d_ff) for _ in range(cfg.n_layers))
        self.writers = nn.ModuleList(Writing(cfg.d_model, cfg.n_heads, cfg.d_ff) for _ in range(cfg.n_layers))
        self.score = nn.Linear(cfg.d_model, cfg.tgt_vocab)

    def forward(self, src, tgt, src_mask, tgt_mask):  # True, or 1, where a word may be read
        padding, future = src_mask.unsqueeze(1) == 0, tgt_mask.unsqueeze(1) == 0
        x = self.src_emb(src) + self.places[: src.size(1)]
        for reader in self.readers:
            x = reader(x, padding)
        y = self.tgt_emb(tgt) + self.places[: tgt.size(1)]
        for writer in self.writers:
            y = writer(y, x, future, padding)
        return {"logits": self.score(y), "memory": x}
