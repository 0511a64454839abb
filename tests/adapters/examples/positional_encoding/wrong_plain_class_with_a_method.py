# exercise: positional_encoding
# mistake: from_one
import numpy as np
import torch


class Positions:
    def __init__(self, dim):
        self.dim = dim

    def angles(self, length):
        place = np.arange(1, length + 1)[:, np.newaxis]
        column = np.arange(self.dim)[np.newaxis, :]
        return place / np.power(10000, 2 * (column // 2) / self.dim)

    def build(self, length):
        table = self.angles(length)
        table[:, 0::2] = np.sin(table[:, 0::2])
        table[:, 1::2] = np.cos(table[:, 1::2])
        return torch.tensor(table[np.newaxis], dtype=torch.float32)
