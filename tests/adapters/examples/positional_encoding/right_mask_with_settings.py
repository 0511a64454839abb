# exercise: causal_mask
import torch


def look_ahead_mask(size, opt):
    upper = torch.triu(torch.ones(1, size, size), diagonal=1).to(opt.device)
    return upper == 0
