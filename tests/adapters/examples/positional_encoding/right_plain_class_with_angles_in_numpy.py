# exercise: positional_encoding
import numpy as np


class PositionTable:
    def __init__(self, dim):
        self.dim = dim

    def angles(self, length):
        place = np.arange(length)[:, np.newaxis]
        column = np.arange(self.dim)[np.newaxis, :]
        return place / np.power(10000, 2 * (column // 2) / self.dim)

    def build(self, length):
        table = self.angles(length)
        table[:, 0::2] = np.sin(table[:, 0::2])
        table[:, 1::2] = np.cos(table[:, 1::2])
        return table
