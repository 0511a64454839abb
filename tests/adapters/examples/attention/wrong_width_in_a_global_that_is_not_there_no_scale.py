# exercise: dot_attention
# mistake: scale_by_d
import torch
from torch import nn


def Scaled_Dot_Product_Attention(Q, K, V, attn_mask):
    # Q: (batch, heads, len_q, d_k); d_k is a global of the file that trains
    scores = torch.matmul(Q, K.transpose(2, 3)) / d_k  # noqa: F821
    scores.masked_fill_(attn_mask, -1e9)
    attn = nn.Softmax(dim=-1)(scores)
    return torch.matmul(attn, V), attn
