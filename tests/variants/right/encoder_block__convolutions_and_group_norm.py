# about: convolutions and group norm
class PositionWise(nn.Sequential):
    """Two convolutions with kernel size 1, as the paper puts it."""

    def __init__(self, d_model, d_ff):
        super().__init__(nn.Conv1d(d_model, d_ff, 1), nn.ReLU(), nn.Conv1d(d_ff, d_model, 1))

    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(d_model)), nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        rows = x.reshape(-1, x.size(-1))  # each position is a picture of D channels in one group
        return F.group_norm(rows, 1, self.weight, self.bias, self.eps).view_as(x)


class EncoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.stages = nn.ModuleDict({"think": PositionWise(d_model, d_ff)})
        self.norms = nn.ModuleList([LayerNorm(d_model), LayerNorm(d_model)])
        self.p = dropout

    def drop(self, x):
        return F.dropout(x, self.p, self.training)

    def forward(self, x, mask=None):
        first, second = self.norms
        x = x + self.drop(self.attention(h := first(x), h, h, mask)[0])
        return x + self.drop(self.stages["think"](second(x)))
