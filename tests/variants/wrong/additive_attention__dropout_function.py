# about: F.dropout on the weights
# name: dropout_never_off
class AdditiveAttention(nn.Module):
    def __init__(self, query_size, key_size, attn_size):
        super().__init__()
        self.W, self.U, self.v = nn.Linear(query_size, attn_size), nn.Linear(key_size, attn_size), nn.Linear(attn_size, 1)

    def forward(self, query, keys, mask=None):
        e = self.v(torch.tanh(self.W(query)[:, None] + self.U(keys)))[..., 0]
        if mask is not None:
            e = e.masked_fill(~mask, -1e9)
        a = F.dropout(e.softmax(-1), 0.1)
        return (a[..., None] * keys).sum(1), a
