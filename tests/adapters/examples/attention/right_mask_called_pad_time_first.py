# exercise: additive_attention

import torch
from torch import nn

class Bahdanau(nn.Module):
    """keys: (S, B, K); pad: (S, B), True where nothing stands"""
    def __init__(self, units, enc_units, dec_units):
        super().__init__()
        self.query, self.key = nn.Linear(dec_units, units), nn.Linear(enc_units, units)
        self.v = nn.Linear(units, 1, bias=False)
    def forward(self, keys, state, pad):
        scores = self.v(torch.tanh(self.query(state)[None] + self.key(keys))).squeeze(-1)
        weights = scores.masked_fill(pad, float("-inf")).softmax(0)
        return (weights[..., None] * keys).sum(0), weights

attention = Bahdanau(units=12, enc_units=16, dec_units=20)
print(attention(torch.randn(7, 3, 16), torch.randn(3, 20), torch.zeros(7, 3, dtype=torch.bool))[0].shape)
