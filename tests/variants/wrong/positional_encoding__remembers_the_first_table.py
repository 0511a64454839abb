# about: the first table is kept and cut for later calls (state between calls)
# name: remembers_the_first_table
# known: no
TABLES = {}


def positional_encoding(max_len, d_model):
    if d_model not in TABLES:
        pos = torch.arange(max_len).unsqueeze(1).float()
        div = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, d_model)
        pe[:, 0::2] = torch.sin(pos * div)
        pe[:, 1::2] = torch.cos(pos * div[: d_model // 2])
        TABLES[d_model] = pe
    return TABLES[d_model][:max_len]
