# exercise: dot_attention
import math

import torch.nn.functional as F


def attention(q, k, v, d_k, mask=None, dropout=None):
    """q (B, heads, T, d_k), mask (B, T, S): it is the same for all heads."""
    scores = q.matmul(k.transpose(2, 3)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask.unsqueeze(1) == 0, -1e9)
    shares = F.softmax(scores, dim=3)
    return (shares if dropout is None else dropout(shares)).matmul(v)
