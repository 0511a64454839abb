# about: log10 for log
# name: logarithm_to_base_ten
# known: yes
def positional_encoding(max_len, d_model):
    position = torch.arange(max_len, dtype=torch.float32).reshape(-1, 1)
    step = torch.exp(-math.log10(10000.0) * torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    out = torch.zeros((max_len, d_model))
    out[:, 0::2] = (position * step).sin()
    out[:, 1::2] = (position * step[: d_model // 2]).cos()
    return out
