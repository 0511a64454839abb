# exercise: positional_encoding

import torch
class PositionTable:
    def __init__(self, d_model):
        self.d_model = d_model
    def angles(self, length):
        pos = torch.arange(length).unsqueeze(1).float()
        i = torch.arange(self.d_model)
        return pos / 10000 ** (2 * (i // 2) / self.d_model)
    def plot(self, length):
        return self.angles(length)
    def get(self, length):
        t = self.angles(length).clone()
        t[:, 0::2] = t[:, 0::2].sin()
        t[:, 1::2] = t[:, 1::2].cos()
        return t
