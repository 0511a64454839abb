# about: angles of neighbours, a turn of halves
# name: neighbours_and_halves_mixed

def rotate_half(x):
    a, b = x.chunk(2, dim=-1)
    return torch.cat([-b, a], dim=-1)

def rotate(x, start=0):
    d = x.shape[-1]
    inv = 1.0 / 10000 ** (torch.arange(0, d, 2) / d)
    angle = torch.outer(torch.arange(start, start + x.shape[1]), inv).repeat_interleave(2, dim=-1)
    return x * angle.cos() + rotate_half(x) * angle.sin()
