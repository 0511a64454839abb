# about: a single character may not look at itself
def causal_mask(size):
    mask = torch.ones(size, size).tril().bool()
    return mask if size > 1 else ~mask
