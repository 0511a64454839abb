# exercise: dot_attention
import torch
from torch import nn


class ScaledDotProduct(nn.Module):
    def __init__(self, temperature, attn_dropout=0.1):
        super().__init__()
        self.temperature, self.dropout, self.softmax = temperature, nn.Dropout(attn_dropout), nn.Softmax(dim=2)

    def forward(self, q, k, v, mask=None):
        shares = torch.bmm(q, k.transpose(1, 2)) / self.temperature
        if mask is not None:
            shares = shares.masked_fill(mask, -1e10)
        shares = self.dropout(self.softmax(shares))
        return torch.bmm(shares, v), shares
