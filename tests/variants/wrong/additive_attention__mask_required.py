# about: the mask is no option
# name: mask_required
class AdditiveAttention(nn.Module):
    def __init__(self, query_size, key_size, attn_size):
        super().__init__()
        self.W = nn.Linear(query_size, attn_size)
        self.U = nn.Linear(key_size, attn_size)
        self.v = nn.Linear(attn_size, 1)

    def forward(self, query, keys, mask=None):
        e = self.v(torch.tanh(self.W(query)[:, None] + self.U(keys)))[..., 0]
        a = e.masked_fill(~mask, -1e9).softmax(-1)
        return (a[..., None] * keys).sum(1), a
