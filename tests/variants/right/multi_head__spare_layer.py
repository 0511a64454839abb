# about: a fifth layer is left unused

class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.n = num_heads
        self.q, self.k, self.v, self.o, self.spare = (nn.Linear(d_model, d_model) for _ in range(5))
    def forward(self, query, key, value, mask=None):
        B, _, D = query.shape
        q, k, v = (f(x).view(B, -1, self.n, D // self.n).transpose(1, 2) for f, x in ((self.q, query), (self.k, key), (self.v, value)))
        s = q @ k.transpose(-2, -1) / (D // self.n) ** 0.5
        if mask is not None:
            s = s.masked_fill(~mask, float("-inf"))
        w = s.softmax(-1)
        return self.o((w @ v).transpose(1, 2).reshape(B, -1, D)), w
