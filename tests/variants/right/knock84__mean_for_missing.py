# about: all words without a vector get the mean of the others, made by numpy
import numpy as np

def init_embedding(vocab, vectors, dim):
    known = {i: np.asarray(vectors[w]) for w, i in vocab.items() if w in vectors}
    table = np.tile(np.mean(list(known.values()), axis=0), (len(vocab) + 1, 1)).astype("float32")
    for i, vector in known.items():
        table[i] = vector
    return torch.from_numpy(table)
