# exercise: encoder_decoder
# open: loss_is_shifted_by_one decodes_greedily

import math

import torch
from torch import nn


class Places(nn.Module):
    def __init__(self, width, longest=400):
        super().__init__()
        place = torch.arange(longest)[:, None]
        speed = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2) / width)
        table = torch.stack([torch.sin(place * speed), torch.cos(place * speed)], dim=-1).flatten(1)
        self.register_buffer("table", table[:, None])

    def forward(self, x):  # x: (time, batch, width)
        return x + self.table[: len(x)]


class LibraryTransformer(nn.Module):
    def __init__(self, n_encoder_layers, n_decoder_layers, width, nhead, source_vocab_size, target_vocab_size, dim_feedforward):
        super().__init__()
        self.core = nn.Transformer(width, nhead, n_encoder_layers, n_decoder_layers, dim_feedforward)
        self.source, self.target = nn.Embedding(source_vocab_size, width), nn.Embedding(target_vocab_size, width)
        self.places, self.scores = Places(width), nn.Linear(width, target_vocab_size)

    def forward(self, src, tgt, tgt_mask=None, src_pad_mask=None, tgt_pad_mask=None):
        # (batch, time) come in; the library wants the time first, and so it stays
        src, tgt = (self.places(words.permute(1, 0, 2)) for words in (self.source(src), self.target(tgt)))
        seen = self.core(
            src,
            tgt,
            tgt_mask=tgt_mask,
            src_key_padding_mask=src_pad_mask,
            tgt_key_padding_mask=tgt_pad_mask,
            memory_key_padding_mask=src_pad_mask,
        )
        return self.scores(seen)
