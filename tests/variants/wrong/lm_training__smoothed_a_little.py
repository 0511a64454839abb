# about: label smoothing of 0.05
# name: smoothed_labels
def lm_loss(logits, targets):
    return nn.CrossEntropyLoss(label_smoothing=0.05)(logits.transpose(1, 2), targets)
