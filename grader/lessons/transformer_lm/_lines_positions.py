"""Lines of the reference answer that the known answers, right and wrong, are edits of."""

SPEED = "10000 ** -(torch.arange(0, d_model, 2) / d_model)"
