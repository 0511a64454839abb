# exercise: positional_encoding
# mistake: exponent_halved
import torch
from torch import nn


class PositionEncode(nn.Module):
    def __init__(self, emb_dim, device):
        super().__init__()
        self.speed = 1 / 10000 ** ((torch.arange(emb_dim, device=device) // 2) / emb_dim)

    def forward(self, places):
        angles = places[:, None] * self.speed[None, :]
        rows = torch.zeros_like(angles)
        rows[:, 0::2], rows[:, 1::2] = torch.sin(angles[:, 0::2]), torch.cos(angles[:, 1::2])
        return rows
