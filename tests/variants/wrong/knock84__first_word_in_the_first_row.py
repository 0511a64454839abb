# about: the vectors stacked in the order of the ids, without a row for the unknown word
# name: no_row_for_zero
import numpy as np


def init_embedding(vocab, vectors, dim):
    order = sorted(vocab, key=vocab.get)
    return torch.tensor(np.stack([vectors[w] if w in vectors else np.random.normal(0, 0.1, dim) for w in order]), dtype=torch.float32)
