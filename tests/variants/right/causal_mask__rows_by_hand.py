# about: row by row, as the annotated transformer has it with a leading axis
def causal_mask(size):
    mask = torch.zeros(1, size, size, dtype=torch.bool)
    for t in range(size):
        mask[0, t, : t + 1] = True
    return mask
