# about: one parameter (3, N, D, d_h) for query, key and value, output (N, d_h, D), einsum throughout, no biases
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        width = d_model // num_heads
        self.w_in = nn.Parameter(torch.randn(3, num_heads, d_model, width) / d_model**0.5)
        self.w_out = nn.Parameter(torch.randn(num_heads, width, d_model) / d_model**0.5)

    def forward(self, query, key, value, mask=None):
        q, k, v = (torch.einsum("btd,ndh->bnth", x, w) for x, w in zip((query, key, value), self.w_in))
        logits = torch.einsum("bnqh,bnkh->bnqk", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            logits = torch.where(mask, logits, logits.new_tensor(float("-inf")))
        weights = logits.softmax(-1)
        return torch.einsum("bnqk,bnkh,nhd->bqd", weights, v, self.w_out), weights
