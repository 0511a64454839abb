# about: mean and variance over time and features together
# name: normalised_over_the_sentence
# known: no
class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        dims = tuple(range(1, x.dim())) if x.dim() > 1 else (0,)
        mu = x.mean(dim=dims, keepdim=True)
        var = ((x - mu) ** 2).mean(dim=dims, keepdim=True)
        return self.weight * (x - mu) / torch.sqrt(var + self.eps) + self.bias
