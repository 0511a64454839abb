# exercise: masked_lm
# mistake: causal_mask_left_in
# open: predicts_each_position the_encoder_learns loss_over_chosen_positions
import math

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, num_heads, d_model, d_ff, dropout):
        super().__init__()
        self.num_heads = num_heads
        self.qkv, self.out = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.ff = nn.Sequential(nn.Linear(d_model, d_ff), nn.GELU(), nn.Linear(d_ff, d_model))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        q, k, v = (part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        scores = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -1e9)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        x = self.norm1(x + self.dropout(self.out((scores.softmax(dim=-1) @ v).transpose(1, 2).flatten(2))))
        return self.norm2(x + self.dropout(self.ff(x)))


class BERT_Model(nn.Module):
    def __init__(self, vocab_size, num_layers=12, num_heads=12, d_model=768, d_ff=3072, max_seq_len=512, dropout=0.1):
        super().__init__()
        self.words, self.places = nn.Embedding(vocab_size, d_model), nn.Embedding(max_seq_len, d_model)
        self.segments = nn.Embedding(3, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.blocks = nn.ModuleList(Layer(num_heads, d_model, d_ff, dropout) for _ in range(num_layers))
        self.mlm, self.nsp = nn.Linear(d_model, vocab_size), nn.Linear(d_model, 2)

    def forward(self, bert_input, segment_label, mask=None):
        place = torch.arange(bert_input.size(1), device=bert_input.device)
        x = self.norm(self.words(bert_input) + self.places(place) + self.segments(segment_label))
        for block in self.blocks:
            x = block(x, mask)
        return self.nsp(x[:, 0]), self.mlm(x)
