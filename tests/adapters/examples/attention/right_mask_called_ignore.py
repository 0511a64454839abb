# exercise: additive_attention

import torch
from torch import nn

class BahdanauAttention(nn.Module):
    def __init__(self, dec_dim, enc_dim, attn_dim):
        super().__init__()
        self.W1 = nn.Linear(dec_dim, attn_dim, bias=False)
        self.W2 = nn.Linear(enc_dim, attn_dim, bias=False)
        self.v = nn.Parameter(torch.rand(attn_dim))
    def forward(self, s, enc, ignore):
        """ignore: (B, S), True on padding"""
        e = torch.tanh(self.W1(s)[:, None] + self.W2(enc)) @ self.v
        a = e.masked_fill(ignore, float('-inf')).softmax(1)
        return (a[:, None] @ enc).squeeze(1), a
