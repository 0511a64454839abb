# about: label smoothing of 0.1 in the loss
# name: smoothed_labels
# known: no
def lm_loss(logits, targets):
    B, T, V = logits.shape
    return F.cross_entropy(logits.reshape(B * T, V), targets.reshape(B * T), label_smoothing=0.1)
