# about: the textbook's sinusoids; an odd width is refused with ValueError
def positional_encoding(max_len, d_model):
    if d_model % 2 != 0:
        raise ValueError("d_model has to be even")
    pe = torch.zeros(max_len, d_model)
    position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, d_model, 2).float() * -(math.log(10000.0) / d_model))
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)
    return pe
