# about: heads folded into the batch axis, torch.bmm, the scale taken first
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        assert d_model % num_heads == 0
        self.n = num_heads
        self.proj = nn.ModuleDict({k: nn.Linear(d_model, d_model, bias=False) for k in ("q", "k", "v")})
        self.o = nn.Linear(d_model, d_model, bias=False)

    def fold(self, x):
        b, t, d = x.shape
        return x.reshape(b, t, self.n, d // self.n).permute(0, 2, 1, 3).reshape(b * self.n, t, d // self.n)

    def forward(self, query, key, value, mask=None):
        b, t, d = query.shape
        q = self.fold(self.proj["q"](query)) * (d // self.n) ** -0.5
        scores = torch.bmm(q, self.fold(self.proj["k"](key)).mT)
        if mask is not None:
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, -1)
        out = torch.bmm(weights, self.fold(self.proj["v"](value)))
        out = out.view(b, self.n, t, -1).permute(0, 2, 1, 3).reshape(b, t, d)
        return self.o(out), weights.view(b, self.n, t, -1)
