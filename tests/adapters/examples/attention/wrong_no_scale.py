# exercise: multi_head
# mistake: no_scale

import math, copy, torch, numpy as np
from torch import nn
import torch.nn.functional as F

class SelfAttn(nn.Module):
    def __init__(self, heads, width):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v, self.to_o = (nn.Linear(width, width) for _ in range(4))
    def cut(self, x):
        return x.view(len(x), -1, self.heads, x.size(-1) // self.heads).transpose(1, 2)
    def forward(self, x, attn_mask=None):
        q, k, v = self.cut(self.to_q(x)), self.cut(self.to_k(x)), self.cut(self.to_v(x))
        s = q @ k.transpose(2, 3) 
        if attn_mask is not None:
            s = s.masked_fill(attn_mask == 0, -1e9)
        return self.to_o((s.softmax(-1) @ v).transpose(1, 2).flatten(2))
