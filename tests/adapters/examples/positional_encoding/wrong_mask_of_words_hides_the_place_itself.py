# exercise: causal_mask
# fails: hides_the_future
import torch


def get_subsequent_mask(seq):
    return torch.tril(torch.ones(1, seq.size(1), seq.size(1)), diagonal=-1).bool()
