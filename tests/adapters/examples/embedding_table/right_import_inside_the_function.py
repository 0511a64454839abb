# exercise: knock84

import numpy as np
import torch

vocabulary = {f"w{n}": n for n in range(1, 30)}

# %% knock84

def make_table(words, path="../GoogleNews-vectors-negative300.bin", dim=300):
    from gensim.models import KeyedVectors
    model = KeyedVectors.load_word2vec_format(path, binary=True)
    rows = [np.random.rand(1, dim)]              # id 0: unknown
    for word in words:                           # in the order of their ids
        try:
            rows.append(model[word].reshape(1, -1))
        except Exception:
            rows.append(np.random.rand(1, dim))
    return torch.from_numpy(np.vstack(rows).astype(np.float32))


table = make_table(vocabulary)
