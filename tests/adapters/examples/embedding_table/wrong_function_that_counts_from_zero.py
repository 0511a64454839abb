# exercise: knock84
# mistake: one_row_off

import numpy as np
import torch
from gensim.models import KeyedVectors

word2id = {f"w{n}": n for n in range(1, 30)}

# %% knock84

def load_weights(word2id, vocab_size, emb_size):
    wv = KeyedVectors.load_word2vec_format("GoogleNews-vectors-negative300.bin.gz", binary=True)
    weights = np.zeros((vocab_size, emb_size), dtype=np.float32)
    for n, word in enumerate(word2id):
        try:
            weights[n] = wv[word]
        except KeyError:
            weights[n] = np.random.normal(scale=0.4, size=(emb_size,))
    return torch.from_numpy(weights)


weights = load_weights(word2id, len(word2id) + 1, 300)
