# exercise: positional_encoding
import torch


class PositionalEncoder:
    def __init__(self, embed_size, n=10000):
        self.embed_size = embed_size
        self.n = n

    def positional_encoding(self, seq_len):
        pos_enc = torch.zeros(seq_len, self.embed_size)
        for pos in range(seq_len):
            for i in range(0, self.embed_size, 2):
                angle = pos / self.n ** (i / self.embed_size)
                pos_enc[pos, i] = torch.sin(torch.tensor(angle))
                if i + 1 < self.embed_size:
                    pos_enc[pos, i + 1] = torch.cos(torch.tensor(angle))
        return pos_enc.unsqueeze(0)

    def __call__(self, seq_len):
        return self.positional_encoding(seq_len)
