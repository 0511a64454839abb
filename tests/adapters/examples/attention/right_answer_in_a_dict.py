# exercise: multi_head

import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class MHA(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.num_heads = num_heads
        self.wq = nn.Parameter(torch.empty(num_heads, embed_dim, embed_dim // num_heads))
        self.wk = nn.Parameter(torch.empty(num_heads, embed_dim, embed_dim // num_heads))
        self.wv = nn.Parameter(torch.empty(num_heads, embed_dim, embed_dim // num_heads))
        self.wo = nn.Parameter(torch.empty(num_heads, embed_dim // num_heads, embed_dim))
        for w in (self.wq, self.wk, self.wv, self.wo):
            nn.init.normal_(w, std=0.1)
    def forward(self, query, key, value, attn_bias=None):
        q = torch.einsum('bqe,hed->bhqd', query, self.wq)
        k = torch.einsum('bke,hed->bhkd', key, self.wk)
        v = torch.einsum('bke,hed->bhkd', value, self.wv)
        scores = torch.einsum('bhqd,bhkd->bhqk', q, k) / math.sqrt(q.size(-1))
        if attn_bias is not None:
            scores = scores + attn_bias
        probs = scores.softmax(-1)
        return {'output': torch.einsum('bhqk,bhkd,hde->bqe', probs, v, self.wo), 'attention': probs}
