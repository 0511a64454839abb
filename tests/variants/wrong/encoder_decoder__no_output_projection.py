# about: own attention has no output projection in use
# name: output_projection_unused
class Attn(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.h = h
        self.q, self.k, self.v, self.o = [nn.Linear(d, d) for _ in range(4)]

    def forward(self, x, y, hide):
        B, T, D = x.shape
        S = y.size(1)
        q, k, v = [f(z).view(B, -1, self.h, D // self.h).transpose(1, 2) for f, z in ((self.q, x), (self.k, y), (self.v, y))]
        s = (q @ k.transpose(2, 3) / (D // self.h) ** 0.5).masked_fill(hide, -1e9).softmax(-1)
        return (s @ v).transpose(1, 2).reshape(B, T, D)


class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.a, self.b = Attn(d_model, num_heads), Attn(d_model, num_heads)
        self.ff = nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model))
        self.n1, self.n2, self.n3 = [nn.LayerNorm(d_model) for _ in range(3)]

    def forward(self, x, memory, padding):
        T = x.size(1)
        x = self.n1(x + self.a(x, x, torch.ones(T, T).triu(1).bool()))
        x = self.n2(x + self.b(x, memory, padding[:, None, None]))
        return self.n3(x + self.ff(x))
