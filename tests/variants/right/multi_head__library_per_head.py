# about: nn.MultiheadAttention with the weights of each head
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.inner = nn.MultiheadAttention(d_model, num_heads, batch_first=True)

    def forward(self, query, key, value, mask=None):
        blocked = None if mask is None else mask.logical_not()
        return self.inner(query, key, value, attn_mask=blocked, average_attn_weights=False)
