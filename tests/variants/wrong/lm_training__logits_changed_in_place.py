# about: the largest logit is subtracted in place
# name: logits_changed_in_place
def lm_loss(logits, targets):
    logits.data -= logits.data.amax(-1, keepdim=True)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
