# exercise: lm_training
# mistake: targets_not_shifted
import torch


def batches(stream, rows, columns):
    starts = torch.randint(len(stream) - columns, (rows,))
    both = torch.stack([stream[start : start + columns] for start in starts.tolist()])
    return both, both.clone()
