# exercise: multi_head
# mistake: no_scale
import torch
from torch import nn


class MultiHead(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.of_q, self.of_k, self.of_v, self.last = (nn.Linear(width, width) for _ in range(4))

    def forward(self, q, k, v, mask=None):
        batch, length, width = q.shape
        q, k, v = (
            w(x).view(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for w, x in ((self.of_q, q), (self.of_k, k), (self.of_v, v))
        )
        scores = q @ k.transpose(2, 3)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        return self.last((scores.softmax(dim=-1) @ v).transpose(1, 2).contiguous().view(batch, length, width))
