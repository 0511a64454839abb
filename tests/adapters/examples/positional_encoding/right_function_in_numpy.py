# exercise: positional_encoding
import numpy as np


def get_position_encoding(length, d):
    place = np.arange(length)[:, np.newaxis]
    column = np.arange(d)[np.newaxis, :]
    table = place / np.power(10000, 2 * (column // 2) / d)
    table[:, 0::2] = np.sin(table[:, 0::2])
    table[:, 1::2] = np.cos(table[:, 1::2])
    return table
