# about: even sizes get the upper triangle
def causal_mask(size):
    mask = torch.tril(torch.ones(size, size)).bool()
    return mask.T if size % 2 == 0 else mask
