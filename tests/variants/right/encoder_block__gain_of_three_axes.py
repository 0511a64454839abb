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
