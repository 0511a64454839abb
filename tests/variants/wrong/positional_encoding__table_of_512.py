# about: cut out of a table of 512 rows
# name: table_of_fixed_size
def positional_encoding(max_len, d_model):
    pos = torch.arange(512).unsqueeze(1).float()
    div = 10000 ** (torch.arange(0, d_model, 2) / d_model)
    pe = torch.zeros(512, d_model)
    pe[:, 0::2] = torch.sin(pos / div)
    pe[:, 1::2] = torch.cos(pos / div)[:, : d_model // 2]
    return pe[:max_len]
