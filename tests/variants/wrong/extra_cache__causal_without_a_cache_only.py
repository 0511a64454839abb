# about: is_causal only where there is no cache
# name: no_mask_behind_a_cache

class CachedAttention(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.key = nn.Linear(d_model, d_model, bias=False)
        self.value = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        is_prefill = cache is None
        if not is_prefill:
            k, v = (torch.cat(pair, dim=1) for pair in zip(cache, (k, v)))
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=is_prefill)
        return y, (k, v)
