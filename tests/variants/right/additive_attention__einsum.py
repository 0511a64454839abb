# about: plain parameters and einsum
class AdditiveAttention(nn.Module):
    def __init__(self, query_size, key_size, attn_size):
        super().__init__()
        self.Wq = nn.Parameter(torch.randn(attn_size, query_size) * 0.1)
        self.Wk = nn.Parameter(torch.randn(attn_size, key_size) * 0.1)
        self.va = nn.Parameter(torch.randn(attn_size) * 0.1)

    def forward(self, query, keys, mask=None):
        h = torch.tanh(torch.einsum("aq,bq->ba", self.Wq, query)[:, None] + torch.einsum("ak,bsk->bsa", self.Wk, keys))
        e = h @ self.va
        e = e if mask is None else torch.where(mask, e, torch.full_like(e, -1e9))
        w = e.softmax(1)
        return torch.einsum("bs,bsk->bk", w, keys), w
