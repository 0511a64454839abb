# about: the pairs are counted from 1
# name: pairs_counted_from_one
def positional_encoding(max_len, d_model):
    pos = torch.arange(max_len)[:, None]
    i = torch.arange(1, (d_model + 1) // 2 + 1)[None]
    angle = pos / 10000 ** (2 * i / d_model)
    pe = torch.empty(max_len, d_model)
    pe[:, ::2], pe[:, 1::2] = angle.sin(), angle.cos()[:, : d_model // 2]
    return pe
