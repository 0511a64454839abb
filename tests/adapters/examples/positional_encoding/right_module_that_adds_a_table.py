# exercise: positional_encoding

import math, copy, torch, numpy as np
from torch import nn
import torch.nn.functional as F

class PositionEncoding(nn.Module):
    def __init__(self, d_model, dropout, max_len=500):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        at = torch.arange(max_len).unsqueeze(1)
        speed = torch.exp(torch.arange(0, d_model, 2) * -(math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2], pe[0, :, 1::2] = torch.sin(at * speed), torch.cos(at * speed)
        self.register_buffer('pe', pe)
    def forward(self, x):
        return self.drop(x + self.pe[:, :x.size(1)])
