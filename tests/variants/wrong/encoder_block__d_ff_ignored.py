# about: the feed-forward layer is 4 * d_model wide whatever d_ff says
# name: width_of_the_feed_forward_fixed
class EncoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.attn = MultiHeadAttention(d_model, num_heads)
        self.mlp = nn.Sequential(nn.Linear(d_model, 4 * d_model), nn.ReLU(), nn.Linear(4 * d_model, d_model), nn.Dropout(dropout))
        self.ln_1, self.ln_2 = LayerNorm(d_model), LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        h = self.ln_1(x)
        x = x + self.drop(self.attn(h, h, h, mask)[0])
        return x + self.mlp(self.ln_2(x))
