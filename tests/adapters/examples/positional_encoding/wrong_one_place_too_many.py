# exercise: causal_mask
# mistake: one_too_many

import math, copy, torch, numpy as np
from torch import nn
import torch.nn.functional as F

def look_ahead_mask(sz):
    return torch.triu(torch.ones(sz, sz), diagonal=2)
