# about: the loss is a sum
# name: summed_loss
def lm_loss(logits, targets):
    return F.cross_entropy(logits.transpose(1, 2), targets, reduction="sum")
