# exercise: positional_encoding
import torch


class SinusoidTable:
    def __init__(self, d_model):
        self.d_model = d_model
        self.speed = 1 / 10000 ** (torch.arange(0, d_model, 2).float() / d_model)

    def angles(self, place):
        return place[:, None] * self.speed

    def encode(self, length):
        angles = self.angles(torch.arange(length).float())
        table = torch.empty(length, self.d_model)
        table[:, 0::2] = angles.sin()
        table[:, 1::2] = angles.cos()[:, : self.d_model // 2]
        return table
