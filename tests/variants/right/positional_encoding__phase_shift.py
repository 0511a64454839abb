# about: one sine with a phase of pi/2 in the odd columns
def positional_encoding(max_len, d_model):
    column = torch.arange(d_model)
    rate = 1.0 / torch.pow(torch.tensor(10000.0), (column - column % 2) / d_model)
    phase = (column % 2) * (math.pi / 2)
    return torch.sin(torch.arange(max_len)[:, None] * rate[None] + phase)
