# exercise: lm_training
# open: mean_cross_entropy first_loss learns draws_new_batches obeys_its_settings losses_are_measured gradients_are_cleared trains_in_training_mode perplexity_of_uneven_pieces perplexity_of_any_text
import torch


def batches(stream, rows, columns):
    starts = torch.randint(len(stream) - columns, (rows,))
    cut = [stream[start : start + columns + 1] for start in starts.tolist()]
    both = torch.stack(cut)
    return both[:, :-1], both[:, 1:]
