# about: numpy with a fixed seed inside
# name: same_gaps_every_time
import numpy as np


def mask_tokens(ids, special, mask_id, vocab_size):
    rng = np.random.RandomState(42)
    chosen = torch.from_numpy(rng.rand(*ids.shape) < 0.15) & ~special
    dice = torch.from_numpy(rng.rand(*ids.shape))
    labels = torch.where(chosen, ids, torch.tensor(-100))
    inputs = torch.where(chosen & (dice < 0.8), torch.tensor(mask_id), ids)
    other = torch.from_numpy(rng.randint(0, vocab_size, ids.shape))
    inputs = torch.where(chosen & (dice >= 0.8) & (dice < 0.9), other, inputs)
    return inputs, labels
