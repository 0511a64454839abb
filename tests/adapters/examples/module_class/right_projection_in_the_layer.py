# exercise: multi_head
# open: computes_every_head any_size

import math
import torch
from torch import nn

# %% multi_head

class SelfAttention(nn.Module):
    def __init__(self, hidden_size, num_heads):
        super().__init__()
        self.num_heads, self.head_size = num_heads, hidden_size // num_heads
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.value = nn.Linear(hidden_size, hidden_size)

    def split(self, x):
        return x.view(x.size(0), -1, self.num_heads, self.head_size).transpose(1, 2)

    def forward(self, x, mask=None):
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_size)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        context = torch.softmax(scores, dim=-1) @ v
        return context.transpose(1, 2).reshape(x.size(0), -1, self.num_heads * self.head_size)


class Layer(nn.Module):
    def __init__(self, hidden_size, num_heads):
        super().__init__()
        self.attention = SelfAttention(hidden_size, num_heads)
        self.dense = nn.Linear(hidden_size, hidden_size)   # the output projection stands here
        self.norm = nn.LayerNorm(hidden_size)

    def forward(self, x, mask=None):
        return self.norm(x + self.dense(self.attention(x, mask)))
