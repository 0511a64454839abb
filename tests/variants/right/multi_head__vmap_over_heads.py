# about: vmap over heads
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        width = d_model // num_heads

        def drawn(*shape):
            return nn.Parameter(torch.randn(shape) * d_model**-0.5)

        self.params = nn.ParameterDict({name: drawn(num_heads, d_model, width) for name in ("wq", "wk", "wv")})
        self.params["wo"] = drawn(num_heads, width, d_model)

    @staticmethod
    def head(wq, wk, wv, wo, query, key, value, mask):
        q, k, v = query @ wq, key @ wk, value @ wv  # (B, T, d_h)
        weights = torch.softmax(torch.where(mask, q @ k.mT / math.sqrt(wq.size(-1)), -math.inf), dim=-1)
        return weights @ v @ wo, weights

    def forward(self, query, key, value, mask=None):
        if mask is None:
            mask = query.new_ones(query.size(1), key.size(1), dtype=torch.bool)
        p = self.params
        out, weights = torch.vmap(self.head, in_dims=(0, 0, 0, 0, None, None, None, None), out_dims=(0, 1))(
            p["wq"], p["wk"], p["wv"], p["wo"], query, key, value, mask
        )
        return out.sum(dim=0), weights
