# about: the words that are known stand in the order of the file
# name: order_of_the_file

import numpy as np

def init_embedding(vocab, vectors, dim):
    matrix = np.zeros((len(vocab) + 1, dim), dtype="float32")
    known = [w for w in vectors if w in vocab]
    for i, word in enumerate(known, 1):
        matrix[i] = vectors[word]
    return torch.tensor(matrix)
