# about: the loss is returned as a number
def masked_lm_loss(logits, labels):
    """logits (B, T, V), labels (B, T) with -100 where nothing is asked -> the mean loss, a scalar"""
    return F.cross_entropy(logits.transpose(1, 2), labels).item()  # (B, V, T) against (B, T)
