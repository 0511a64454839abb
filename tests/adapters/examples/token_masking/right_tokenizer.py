# exercise: mask_tokens

import math, copy, torch, numpy as np
from torch import nn
import torch.nn.functional as F

class Args:
    mlm_probability = 0.15
def mask_tokens(inputs, tokenizer, args):
    inputs, labels = inputs.clone(), inputs.clone()
    chances = torch.full(labels.shape, args.mlm_probability)
    special = [tokenizer.get_special_tokens_mask(row, already_has_special_tokens=True) for row in labels.tolist()]
    chances.masked_fill_(torch.tensor(special, dtype=torch.bool), value=0.0)
    chances.masked_fill_(labels.eq(tokenizer.pad_token_id), value=0.0)
    chosen = torch.bernoulli(chances).bool()
    labels[~chosen] = -100
    gaps = torch.bernoulli(torch.full(labels.shape, 0.8)).bool() & chosen
    inputs[gaps] = tokenizer.convert_tokens_to_ids(tokenizer.mask_token)
    other = torch.bernoulli(torch.full(labels.shape, 0.5)).bool() & chosen & ~gaps
    inputs[other] = torch.randint(len(tokenizer), labels.shape)[other]
    return inputs, labels
