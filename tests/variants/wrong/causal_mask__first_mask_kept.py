# about: the first mask is kept for good
# name: remembers_the_first_mask
KEPT = {}


def causal_mask(size):
    if "mask" not in KEPT:
        KEPT["mask"] = torch.ones(size, size).tril() == 1
    return KEPT["mask"][:size, :size]
