# about: complex numbers by torch.polar, real and imaginary part flipped into place
def positional_encoding(max_len, d_model):
    half = -(-d_model // 2)
    frequency = torch.pow(torch.tensor(10000.0), -2 * torch.arange(half) / d_model)
    turns = torch.outer(torch.arange(max_len).float(), frequency)
    z = torch.polar(torch.ones_like(turns), turns)
    return torch.view_as_real(z).flip(-1).reshape(max_len, 2 * half)[:, :d_model].contiguous()
