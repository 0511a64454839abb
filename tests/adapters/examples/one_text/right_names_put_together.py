# exercise: masked_lm
# open: predicts_each_position the_encoder_learns loss_over_chosen_positions
import math

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, h, width):
        super().__init__()
        self.h = h
        self.into = nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        self.out = nn.Linear(width, width)

    def forward(self, x, mask):
        batch = x.size(0)
        q, k, v = (layer(x).view(batch, -1, self.h, x.size(-1) // self.h).transpose(1, 2) for layer in self.into)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        p = scores.masked_fill(mask == 0, -1e9).softmax(dim=-1)
        return self.out((p @ v).transpose(1, 2).contiguous().view(batch, -1, x.size(-1)))


class TransformerBlock(nn.Module):
    def __init__(self, hidden, attn_heads, feed_forward_hidden, dropout):
        super().__init__()
        self.attention = Attention(attn_heads, hidden)
        self.ff = nn.Sequential(nn.Linear(hidden, feed_forward_hidden), nn.GELU(), nn.Linear(feed_forward_hidden, hidden))
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(2))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask):
        x = self.norms[0](x + self.dropout(self.attention(x, mask)))
        return self.norms[1](x + self.dropout(self.ff(x)))


class BERT(nn.Module):
    def __init__(self, vocab_size, number_of_blocks, embedding_dimension, no_attention_heads, max_positional_embeddings, num_segment_embeddings, dropout_prob):
        super().__init__()
        hidden, dropout = embedding_dimension, dropout_prob
        self.token = nn.Embedding(vocab_size, hidden, padding_idx=0)
        self.segment = nn.Embedding(num_segment_embeddings, hidden)
        self.place = nn.Embedding(max_positional_embeddings, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.blocks = nn.ModuleList(TransformerBlock(hidden, no_attention_heads, hidden * 4, dropout) for _ in range(number_of_blocks))

    def forward(self, x, segment_info):
        mask = (x > 0).unsqueeze(1).repeat(1, x.size(1), 1).unsqueeze(1)
        x = self.norm(self.token(x) + self.place(torch.arange(x.size(1))) + self.segment(segment_info))
        for block in self.blocks:
            x = block(x, mask)
        return x
