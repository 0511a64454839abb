# about: id 0 is ignored in the loss
# name: id_0_left_out
def lm_loss(logits, targets):
    return nn.CrossEntropyLoss(ignore_index=0)(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
