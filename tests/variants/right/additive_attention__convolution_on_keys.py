# about: convolution on keys
class AdditiveAttention(nn.Module):
    def __init__(self, query_size, key_size, attn_size):
        super().__init__()
        self.layers = nn.ModuleDict(
            {
                "query": nn.Linear(query_size, attn_size, bias=False),
                "key": nn.Conv1d(key_size, attn_size, kernel_size=1),
                "score": nn.Conv1d(attn_size, 1, kernel_size=1, bias=False),
            }
        )

    def forward(self, query, keys, mask=None):
        hidden = self.layers["query"](query)[..., None] + self.layers["key"](keys.mT)  # (B, A, S)
        scores = self.layers["score"](hidden.tanh())[:, 0]
        if mask is not None:
            scores = torch.where(mask, scores, scores.new_tensor(-1e9))
        weights = F.softmax(scores, dim=1)
        return torch.einsum("bs,bsh->bh", weights, keys), weights
