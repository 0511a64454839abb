# exercise: dot_attention

import math, torch
import torch.nn.functional as F
hidden_dim = 64
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(hidden_dim)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    w = F.softmax(scores, dim=-1)
    return w @ v, w
print(attention(torch.ones(1,2,64), torch.ones(1,2,64), torch.ones(1,2,64)))
