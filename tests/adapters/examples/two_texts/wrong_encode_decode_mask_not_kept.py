# exercise: encoder_decoder
# fails: the_decoder_is_causal
# open: loss_is_shifted_by_one decodes_greedily
import math

import torch
from torch import nn


class Words(nn.Module):
    def __init__(self, d_model, size):
        super().__init__()
        self.d_model, self.embedding = d_model, nn.Embedding(size, d_model)

    def forward(self, x):
        return self.embedding(x) * math.sqrt(self.d_model)


class Places(nn.Module):
    def __init__(self, d_model, seq_len, dropout):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        pe, position = torch.zeros(seq_len, d_model), torch.arange(seq_len).float().unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2], pe[:, 1::2] = torch.sin(position * div_term), torch.cos(position * div_term)
        self.register_buffer("pe", pe.unsqueeze(0))

    def forward(self, x):
        return self.dropout(x + self.pe[:, : x.shape[1]])


class Thought(nn.Module):
    def __init__(self, d_model, d_ff, dropout):
        super().__init__()
        self.linear_1, self.linear_2, self.dropout = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model), nn.Dropout(dropout)

    def forward(self, x):
        return self.linear_2(self.dropout(torch.relu(self.linear_1(x))))


class AttentionOfHeads(nn.Module):
    def __init__(self, d_model, h, dropout):
        super().__init__()
        self.h, self.d_k = h, d_model // h
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model, bias=False) for _ in range(4))
        self.dropout = nn.Dropout(dropout)

    def forward(self, q, k, v, mask):
        q, k, v = (w(x).view(x.shape[0], -1, self.h, self.d_k).transpose(1, 2) for w, x in ((self.w_q, q), (self.w_k, k), (self.w_v, v)))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d_k)
        if mask is not None:
            scores.masked_fill(mask == 0, -1e9)
        x = self.dropout(scores.softmax(dim=-1)) @ v
        return self.w_o(x.transpose(1, 2).contiguous().view(x.shape[0], -1, self.h * self.d_k))


class Residual(nn.Module):
    def __init__(self, features, dropout):
        super().__init__()
        self.norm, self.dropout = nn.LayerNorm(features), nn.Dropout(dropout)

    def forward(self, x, sublayer):
        return x + self.dropout(sublayer(self.norm(x)))


class Reading(nn.Module):
    def __init__(self, features, attention, thought, dropout):
        super().__init__()
        self.attention, self.thought = attention, thought
        self.residuals = nn.ModuleList([Residual(features, dropout) for _ in range(2)])

    def forward(self, x, src_mask):
        x = self.residuals[0](x, lambda x: self.attention(x, x, x, src_mask))
        return self.residuals[1](x, self.thought)


class Writing(nn.Module):
    def __init__(self, features, attention, cross, thought, dropout):
        super().__init__()
        self.attention, self.cross, self.thought = attention, cross, thought
        self.residuals = nn.ModuleList([Residual(features, dropout) for _ in range(3)])

    def forward(self, x, encoder_output, src_mask, tgt_mask):
        x = self.residuals[0](x, lambda x: self.attention(x, x, x, tgt_mask))
        x = self.residuals[1](x, lambda x: self.cross(x, encoder_output, encoder_output, src_mask))
        return self.residuals[2](x, self.thought)


class Stack(nn.Module):
    def __init__(self, features, layers):
        super().__init__()
        self.layers, self.norm = layers, nn.LayerNorm(features)

    def forward(self, x, *given):
        for layer in self.layers:
            x = layer(x, *given)
        return self.norm(x)


class Transformer(nn.Module):
    def __init__(self, encoder, decoder, src_embed, tgt_embed, src_pos, tgt_pos, projection_layer):
        super().__init__()
        self.encoder, self.decoder, self.src_embed, self.tgt_embed = encoder, decoder, src_embed, tgt_embed
        self.src_pos, self.tgt_pos, self.projection_layer = src_pos, tgt_pos, projection_layer

    def encode(self, src, src_mask):
        return self.encoder(self.src_pos(self.src_embed(src)), src_mask)

    def decode(self, encoder_output, src_mask, tgt, tgt_mask):
        return self.decoder(self.tgt_pos(self.tgt_embed(tgt)), encoder_output, src_mask, tgt_mask)

    def predict(self, x):
        return self.projection_layer(x)


def build_transformer(src_vocab_size, tgt_vocab_size, src_seq_len, tgt_seq_len, d_model=512, N=6, h=8, dropout=0.1, d_ff=2048):
    def attention():
        return AttentionOfHeads(d_model, h, dropout)

    reading = [Reading(d_model, attention(), Thought(d_model, d_ff, dropout), dropout) for _ in range(N)]
    writing = [Writing(d_model, attention(), attention(), Thought(d_model, d_ff, dropout), dropout) for _ in range(N)]
    transformer = Transformer(
        Stack(d_model, nn.ModuleList(reading)),
        Stack(d_model, nn.ModuleList(writing)),
        Words(d_model, src_vocab_size),
        Words(d_model, tgt_vocab_size),
        Places(d_model, src_seq_len, dropout),
        Places(d_model, tgt_seq_len, dropout),
        nn.Linear(d_model, tgt_vocab_size),
    )
    for p in transformer.parameters():
        if p.dim() > 1:
            nn.init.xavier_uniform_(p)
    return transformer
