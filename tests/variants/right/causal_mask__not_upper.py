# about: the complement of the strict upper triangle
def causal_mask(size):
    return ~torch.triu(torch.ones(size, size), diagonal=1).bool()
