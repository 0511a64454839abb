# exercise: causal_mask

import math, copy, torch, numpy as np
from torch import nn
import torch.nn.functional as F

def generate_square_subsequent_mask(sz):
    return torch.triu(torch.full((sz, sz), float('-inf')), diagonal=1)
