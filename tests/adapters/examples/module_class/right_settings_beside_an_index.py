# exercise: multi_head
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class ModelArgs:
    dim: int = 32
    n_heads: int = 4
    head_dim: int = -1

    def __post_init__(self):
        self.head_dim = self.dim // self.n_heads


class MultiHeadAttention(nn.Module):
    def __init__(self, layer_id: int, args: ModelArgs):
        super().__init__()
        self.args = args
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(args.dim, args.dim) for _ in range(4))

    def forward(self, query, key, value, mask=None):
        def cut(x):
            return x.view(x.size(0), x.size(1), self.args.n_heads, self.args.head_dim).transpose(1, 2)

        q, k, v = cut(self.wq(query)), cut(self.wk(key)), cut(self.wv(value))
        scores = q @ k.transpose(2, 3) / self.args.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = torch.nan_to_num(scores.softmax(-1))
        return self.wo((weights @ v).transpose(1, 2).flatten(2)), weights
