"""How what was seen is put into words and pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.model import Array, Evidence, Text

OUTPUT = Text(en="the output", ja="出力")
WEIGHTS = Text(en="the attention weights", ja="Attention の重み")


def as_array(tensor: Tensor, limit: int = 400) -> Array:
    """The leading corner of the first matrix of `tensor`, at most `limit` numbers, for showing."""
    while tensor.dim() > 2:
        tensor = tensor[0]
    if tensor.dim() == 2:
        side = max(1, int(limit**0.5))
        tensor = tensor[:side, : max(side, limit // max(1, min(side, tensor.shape[0])))]
    else:
        tensor = tensor.reshape(-1)[:limit]
    return Array(tuple(tensor.shape), tuple(round(float(v), 6) for v in tensor.reshape(-1).tolist()))


def matrix(title: Text, tensor: Tensor, marked: tuple[tuple[int, ...], ...] = ()) -> Evidence:
    """A picture of the leading corner of `tensor`, with the entries that show the fault marked."""
    return Evidence("matrix", title, as_array(tensor), marked=marked)


def compared(what: Text, actual: Tensor, expected: Tensor, where: tuple[int, ...]) -> Evidence:
    """Both tensors around `where`: the matrix it lies in, at most 16 rows and 16 columns of it, with the place marked."""
    for index in where[:-2]:
        actual, expected = actual[index], expected[index]
    corner = [max(0, min(i - 8, size - 16)) for i, size in zip(where[-2:], actual.shape, strict=True)]
    window = tuple(slice(start, start + 16) for start in corner)
    mark = tuple(i - start for i, start in zip(where[-2:], corner, strict=True))
    return Evidence("compare", what, as_array(actual[window]), as_array(expected[window]), (mark,))


def number(value: Tensor) -> str:
    return str(bool(value)) if value.dtype is torch.bool else f"{float(value.detach()):.4g}"


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
