# about: one linear per head
class Head(nn.Module):
    def __init__(self, d_model, width):
        super().__init__()
        self.qkv = nn.Linear(d_model, 3 * width)

    def forward(self, query, key, value, mask):
        w, b = self.qkv.weight.chunk(3), self.qkv.bias.chunk(3)
        q, k, v = (F.linear(x, *p) for x, p in zip((query, key, value), zip(w, b)))
        scores = torch.baddbmm(torch.zeros(()).to(q), q, k.mT, beta=0, alpha=q.size(-1) ** -0.5)
        weights = (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1)
        return weights @ v, weights


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.heads = nn.ModuleList(Head(d_model, d_model // num_heads) for _ in range(num_heads))
        self.join = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        outs, weights = zip(*(head(query, key, value, mask) for head in self.heads))
        return self.join(torch.cat(outs, dim=-1)), torch.stack(weights, dim=1)
