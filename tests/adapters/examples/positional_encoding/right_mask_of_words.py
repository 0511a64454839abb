# exercise: causal_mask
import numpy as np
import torch


def get_subsequent_mask(seq):
    """seq (B, T): 1 where a place is hidden"""
    ones = np.ones([seq.size(0), seq.size(1), seq.size(1)])
    return torch.from_numpy(np.triu(ones, k=1)).byte()
