# about: TWO: no scale, and the heads are merged without a transpose
# name: no_scale, merged_without_transpose
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.proj = nn.ModuleDict({n: nn.Linear(d_model, d_model) for n in ("q", "k", "v", "o")})

    def forward(self, query, key, value, mask=None):
        def heads(name, x):
            return self.proj[name](x).reshape(x.size(0), x.size(1), self.num_heads, -1).transpose(1, 2)

        q, k, v = heads("q", query), heads("k", key), heads("v", value)
        s = torch.einsum("bnqd,bnkd->bnqk", q, k)
        if mask is not None:
            s = s.masked_fill(~mask, -1e9)
        w = s.softmax(-1)
        o = torch.einsum("bnqk,bnkd->bnqd", w, v).reshape(query.shape)
        return self.proj["o"](o), w
