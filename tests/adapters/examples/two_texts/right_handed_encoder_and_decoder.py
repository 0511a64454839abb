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


class TextEncoder(nn.Module):
    def __init__(self, input_dim, hid_dim, n_layers, n_heads, pf_dim, device, max_length=70):
        super().__init__()
        self.words, self.places = nn.Embedding(input_dim, hid_dim), nn.Embedding(max_length, hid_dim)
        self.layers = nn.ModuleList(Reading(hid_dim, n_heads, pf_dim) for _ in range(n_layers))
        self.device = device

    def forward(self, src, padding):
        x = self.words(src) + self.places(torch.arange(src.size(1), device=self.device))
        for layer in self.layers:
            x = layer(x, padding)
        return x


class TextDecoder(nn.Module):
    def __init__(self, output_dim, hid_dim, n_layers, n_heads, pf_dim, device, max_length=70):
        super().__init__()
        self.words, self.places = nn.Embedding(output_dim, hid_dim), nn.Embedding(max_length, hid_dim)
        self.layers = nn.ModuleList(Writing(hid_dim, n_heads, pf_dim) for _ in range(n_layers))
        self.score = nn.Linear(hid_dim, output_dim)
        self.device = device

    def forward(self, trg, memory, future, padding):
        y = self.words(trg) + self.places(torch.arange(trg.size(1), device=self.device))
        for layer in self.layers:
            y = layer(y, memory, future, padding)
        return self.score(y), memory


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder, src_pad_idx, trg_pad_idx, device):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.src_pad_idx, self.trg_pad_idx, self.device = src_pad_idx, trg_pad_idx, device

    def forward(self, src, trg):
        padding = src.eq(self.src_pad_idx)[:, None, None]
        future = torch.ones(trg.size(1), trg.size(1), device=self.device).triu(1).bool()
        return self.decoder(trg, self.encoder(src, padding), future | trg.eq(self.trg_pad_idx)[:, None, None], padding)


encoder = TextEncoder(5000, 256, 3, 8, 512, "cpu")
decoder = TextDecoder(6000, 256, 3, 8, 512, "cpu")
model = Seq2Seq(encoder, decoder, 1, 1, "cpu")
