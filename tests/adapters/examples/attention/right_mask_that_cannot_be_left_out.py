# exercise: multi_head

import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadedAttention(nn.Module):
    def __init__(self, d_in, heads):
        super().__init__()
        self.heads, self.d_k = heads, d_in // heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_in, d_in) for _ in range(4))

    def split(self, x):
        return x.view(x.shape[0], -1, self.heads, self.d_k).permute(0, 2, 1, 3)

    def forward(self, x, mask=None):
        q, k, v = (self.split(layer(x)) for layer in (self.W_q, self.W_k, self.W_v))
        scores = q @ k.transpose(-2, -1) / self.d_k**0.5
        scores = scores.masked_fill(mask == 0, -1e9)  # None == 0 is no tensor
        found = torch.softmax(scores, dim=-1) @ v
        return self.W_o(found.permute(0, 2, 1, 3).flatten(2))
