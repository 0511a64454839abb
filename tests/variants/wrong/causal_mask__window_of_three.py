# about: only the last three positions are visible
def causal_mask(size):
    t = torch.arange(size)
    gap = t[:, None] - t[None, :]
    return (gap >= 0) & (gap < 3)
