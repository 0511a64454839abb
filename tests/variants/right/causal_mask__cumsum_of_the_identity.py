# about: cumsum of the identity
def causal_mask(size: int) -> torch.Tensor:
    return torch.eye(size, dtype=torch.int8).cumsum(dim=0).gt(0)
