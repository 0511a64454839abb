# exercise: lm_training
# open: batch_shapes targets_come_next windows_from_everywhere first_loss learns draws_new_batches obeys_its_settings losses_are_measured gradients_are_cleared trains_in_training_mode perplexity_of_uneven_pieces perplexity_of_any_text
import torch


def softmax(x, dim):
    shifted = (x - x.max(dim=dim, keepdim=True).values).exp()
    return shifted / shifted.sum(dim=dim, keepdim=True)


def cross_entropy(inputs, targets):
    rows = torch.arange(inputs.shape[0])
    highest = inputs.max(dim=1, keepdim=True).values
    total = highest[:, 0] + torch.log((inputs - highest).exp().sum(dim=1))
    return (total - inputs[rows, targets]).mean()
