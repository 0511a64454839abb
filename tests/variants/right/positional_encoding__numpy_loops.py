# about: two loops over numpy, turned into a tensor at the end
import numpy as np


def positional_encoding(max_len, d_model):
    table = np.zeros((max_len, d_model))
    for pos in range(max_len):
        for i in range(d_model):
            angle = pos / np.power(10000, 2 * (i // 2) / d_model)
            table[pos, i] = np.sin(angle) if i % 2 == 0 else np.cos(angle)
    return torch.tensor(table, dtype=torch.float32)
