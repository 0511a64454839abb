# exercise: mask_tokens

import math, copy, torch, numpy as np
from torch import nn
import torch.nn.functional as F

def mask_tokens(tokens, vocab_size, cfg):
    labels, out = tokens.clone(), tokens.clone()
    chances = torch.full(tokens.shape, cfg.mlm_prob)
    chances[tokens < cfg.N_SPECIAL] = 0.0
    chosen = torch.bernoulli(chances).bool()
    labels[~chosen] = -100
    gaps = torch.bernoulli(torch.full(tokens.shape, 0.8)).bool() & chosen
    out[gaps] = cfg.MASK
    other = torch.bernoulli(torch.full(tokens.shape, 0.5)).bool() & chosen & ~gaps
    out[other] = torch.randint(cfg.N_SPECIAL, vocab_size, tokens.shape)[other]
    return out, labels
