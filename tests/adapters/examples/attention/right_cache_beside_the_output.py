# exercise: multi_head

import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads, self.d_head = n_heads, d_model // n_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def _heads(self, t):
        return t.unflatten(-1, (self.n_heads, self.d_head)).transpose(1, 2)

    def forward(self, x, past=None):
        q, k, v = self._heads(self.q_proj(x)), self._heads(self.k_proj(x)), self._heads(self.v_proj(x))
        if past is not None:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        tq, tk = q.size(2), k.size(2)
        allowed = torch.ones(tq, tk, dtype=torch.bool, device=x.device).tril(tk - tq)
        scores = q @ k.transpose(-1, -2) * self.d_head ** -0.5
        w = scores.masked_fill(~allowed, float('-inf')).softmax(dim=-1)
        return self.o_proj((w @ v).transpose(1, 2).flatten(2)), (k, v)
