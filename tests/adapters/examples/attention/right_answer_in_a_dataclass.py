# exercise: multi_head

from dataclasses import dataclass
import torch
from torch import nn

@dataclass
class Attended:
    values: torch.Tensor
    weights: torch.Tensor

class MultiHeadAttn(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.each = heads, width // heads
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
    def split(self, x):
        return x.view(*x.shape[:2], self.heads, self.each).transpose(1, 2)
    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.transpose(-2, -1) / self.each**0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(-1)
        return Attended(self.o((weights @ v).transpose(1, 2).flatten(2)), weights)
