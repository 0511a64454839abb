# exercise: dot_attention
# mistake: no_scale
import torch
from torch import nn


class Heads(nn.Module):
    @staticmethod
    def attention(query, key, value, mask, dropout=None):
        energy = query @ key.mT
        if mask is not None:
            energy = energy.masked_fill(mask == 0, float("-inf"))
        shares = torch.softmax(energy, dim=-1)
        return shares @ value, shares

    def forward(self, x):
        return Heads.attention(x, x, x, None)[0]
