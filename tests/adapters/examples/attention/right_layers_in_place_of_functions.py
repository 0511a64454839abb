# exercise: additive_attention

import torch
from torch import nn


class Additive(nn.Module):
    def __init__(self, query_dim, key_dim, attention_dim):
        super().__init__()
        self.from_query = nn.Linear(query_dim, attention_dim, bias=False)
        self.from_keys = nn.Linear(key_dim, attention_dim, bias=False)
        self.squash = nn.Tanh()
        self.score = nn.Linear(attention_dim, 1, bias=False)
        self.normalise = nn.Softmax(dim=-1)

    def forward(self, query, keys, mask=None):
        inner = self.squash(self.from_query(query).unsqueeze(1) + self.from_keys(keys))
        scores = self.score(inner).squeeze(-1)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = self.normalise(scores)
        return torch.bmm(weights.unsqueeze(1), keys).squeeze(1), weights
