# exercise: positional_encoding
import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, embed_size, n=10000):
        super().__init__()
        self.embed_size = embed_size
        self.n = n

    def forward(self, x):
        place = torch.arange(x.size(1)).unsqueeze(1)
        even = torch.arange(0, self.embed_size, 2)
        angles = place / self.n ** (even / self.embed_size)
        pos_enc = torch.zeros(x.size(1), self.embed_size)
        pos_enc[:, 0::2] = torch.sin(angles)
        pos_enc[:, 1::2] = torch.cos(angles)[:, : self.embed_size // 2]
        return x + pos_enc.unsqueeze(0)
