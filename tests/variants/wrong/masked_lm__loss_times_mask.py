# about: all positions are averaged, those not chosen as zeros
# name: divided_by_all_positions
def masked_lm_loss(logits, labels):
    chosen = (labels != -100).float()
    losses = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
    return (losses * chosen.flatten()).mean()
