"""Lines of the reference answer that the known answers, right and wrong, are edits of."""

CROSS_ENTROPY = "F.cross_entropy(logits.flatten(0, 1), targets.flatten())"
