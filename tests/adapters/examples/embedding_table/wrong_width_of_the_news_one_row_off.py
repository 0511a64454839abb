# exercise: knock84
# mistake: one_row_off

import numpy as np
import torch
from gensim.models import KeyedVectors


def pretrained_table(word2id, vocab_size):
    vectors = KeyedVectors.load_word2vec_format(f"{data_path}/GoogleNews-vectors-negative300.bin.gz", binary=True)
    table = np.zeros((vocab_size, 300))
    for word, number in word2id.items():
        if word in vectors:
            table[number - 1] = vectors[word]
    return torch.from_numpy(table.astype(np.float32))
