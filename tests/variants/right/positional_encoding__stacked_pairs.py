# about: sine and cosine stacked and flattened, an assertion for odd widths, cached by both arguments
from functools import lru_cache


@lru_cache(maxsize=None)
def positional_encoding(max_len, d_model):
    assert d_model % 2 == 0, "even widths only"
    i = torch.arange(d_model // 2)
    omega = torch.pow(10000.0, -2 * i / d_model)
    phase = torch.outer(torch.arange(max_len).float(), omega)
    return torch.stack((phase.sin(), phase.cos()), dim=-1).reshape(max_len, d_model)
