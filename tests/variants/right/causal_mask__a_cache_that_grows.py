# about: the largest mask so far is kept and made anew for longer texts
class _Cache:
    mask = torch.ones(1, 1).bool()


def causal_mask(size):
    if _Cache.mask.size(0) < size:
        _Cache.mask = torch.ones(size, size).tril().bool()
    return _Cache.mask[:size, :size]
