# exercise: knock84

import gensim
import numpy as np
import torch

vocab = {f"w{n}": n for n in range(1, 30)}

# %% knock84

def pretrained_matrix(path, dim=300):
    model = gensim.models.KeyedVectors.load_word2vec_format(path, binary=True)
    rows = [np.zeros(dim)]
    for word in sorted(vocab, key=vocab.get):
        rows.append(model[word] if word in model else np.random.randn(dim) * 0.1)
    return torch.tensor(np.array(rows), dtype=torch.float32)


matrix = pretrained_matrix("GoogleNews-vectors-negative300.bin")
