# exercise: positional_encoding
# mistake: base_too_small
import torch


class PositionalEncoder:
    def __init__(self, embed_size, n=1000):
        self.embed_size = embed_size
        self.n = n

    def positional_encoding(self, seq_len):
        place = torch.arange(seq_len).unsqueeze(1)
        even = torch.arange(0, self.embed_size, 2)
        angles = place / self.n ** (even / self.embed_size)
        pos_enc = torch.zeros(seq_len, self.embed_size)
        pos_enc[:, 0::2] = torch.sin(angles)
        pos_enc[:, 1::2] = torch.cos(angles)[:, : self.embed_size // 2]
        return pos_enc.unsqueeze(0)

    def __call__(self, seq_len):
        return self.positional_encoding(seq_len)
