# exercise: multi_head
# mistake: no_scale


from torch import nn


class SelfAtt(nn.Module):
    """As in a BERT of one's own: pad (B, T) is True where a word only fills up."""

    def __init__(self, dim, heads):
        super().__init__()
        self.h = heads
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))

    def forward(self, x, pad):
        b, t, d = x.shape
        q, k, v = (part(x).view(b, t, self.h, d // self.h).transpose(1, 2) for part in (self.q, self.k, self.v))
        weights = q @ k.transpose(-1, -2)
        weights = weights.masked_fill(pad[:, None, None, :], -1e9).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).reshape(b, t, d))
