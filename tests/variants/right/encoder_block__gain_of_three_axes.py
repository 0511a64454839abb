# about: gain of three axes
class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(1, 1, d_model))
        self.beta = nn.Parameter(torch.zeros(1, 1, d_model))

    def forward(self, x):
        shape = x.shape
        x = x.reshape(1, -1, shape[-1])
        mean = x.mean(-1, keepdim=True)
        var = ((x - mean) ** 2).mean(-1, keepdim=True)
        return (self.gamma * (x - mean) * (var + self.eps) ** -0.5 + self.beta).reshape(shape)


class EncoderBlock(nn.Module):
    """x (B, T, D), mask (T, T) -> (B, T, D)"""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_ff),
            nn.ReLU(),
            nn.Linear(d_ff, d_model),
        )
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        h = self.norm1(x)
        attended, _ = self.attention(h, h, h, mask)  # (B, T, D)
        x = x + self.dropout(attended)
        h = self.norm2(x)
        thought = self.feed_forward(h)  # (B, T, D)
        return x + self.dropout(thought)
