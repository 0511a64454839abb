# exercise: mask_tokens

import math, copy, torch, numpy as np
from torch import nn
import torch.nn.functional as F

PAD_ID, CLS_ID, SEP_ID, MASK_ID, vocab_size = 0, 1, 2, 3, 50
def create_masked_lm(input_ids, mask_prob=0.15):
    labels, out = input_ids.clone(), input_ids.clone()
    chosen = torch.rand(input_ids.shape) < mask_prob
    for special in (PAD_ID, CLS_ID, SEP_ID):
        chosen &= input_ids != special
    labels[~chosen] = -100
    dice = torch.rand(input_ids.shape)
    out[chosen & (dice < 0.8)] = MASK_ID
    other = chosen & (dice >= 0.8) & (dice < (1 + 0.8) / 2)
    out[other] = torch.randint(4, vocab_size, input_ids.shape)[other]
    return out, labels
