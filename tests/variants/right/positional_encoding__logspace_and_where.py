# about: logspace and where
import functools


@functools.cache
def _speeds(pairs, d_model):
    return torch.logspace(0, -4 * 2 * (pairs - 1) / d_model, pairs, dtype=torch.float64)


def positional_encoding(max_len, d_model):
    pairs = (d_model + 1) // 2
    angle = torch.outer(torch.arange(max_len, dtype=torch.float64), _speeds(pairs, d_model))
    angle = angle.repeat_interleave(2, dim=1)[:, :d_model]
    even = torch.arange(d_model) % 2 == 0
    return torch.where(even, angle.sin(), angle.cos()).float()
