"""What the functions of the heads may give back, read into one form."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import Failure, Text, View, normalise, properties

IDS = Text(en="ids", ja="ids")
SEGMENTS = Text(en="segments", ja="segments")
TAGS = Text(en="the labels", ja="ラベル")
SPANS = Text(en="the spans", ja="区間")
START = Text(en="the start scores", ja="start の得点")
END = Text(en="the end scores", ja="end の得点")


def whole_numbers(value: Any, what: Text) -> list[int]:
    """A row of whole numbers, from a list, a tuple, an array or a tensor."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        flat = [v.item() if isinstance(v, Tensor) and v.numel() == 1 else v for v in value]
        if all(isinstance(v, int) and not isinstance(v, bool) for v in flat):
            return [int(v) for v in flat]
    raise Failure(
        Text(
            en=f"{properties.sentence(what.en)} should be a row of whole numbers, but what came back is of another kind.",
            ja=f"{what.ja}は整数を並べたものであるはずですが、違うものが返ってきました。",
        )
    )


def packed(value: Any) -> tuple[list[int], list[int]]:
    """(ids, segments)."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise two("(ids, segments)")
    return whole_numbers(value[0], IDS), whole_numbers(value[1], SEGMENTS)


def labels(value: Any) -> list[int]:
    return whole_numbers(value, TAGS)


def spans(batch: int) -> View:
    """(B, 2) whole numbers, from a tensor, an array, pairs, or a pair (first, last) of tensors (B,)."""

    def view(value: Any) -> Tensor:
        if isinstance(value, list | tuple):
            value = stacked(list(value), batch)
        if not isinstance(value, Tensor) and hasattr(value, "tolist"):
            value = torch.as_tensor(value)
        tensor = properties.has_shape(value, (batch, 2), SPANS, "(B, 2)")
        if tensor.is_floating_point() or tensor.is_complex() or tensor.dtype is torch.bool:
            raise Failure(
                Text(
                    en=f"The spans should be whole numbers, but their dtype is {tensor.dtype}.",
                    ja=f"区間は整数のはずですが、dtype は {tensor.dtype} でした。",
                )
            )
        return tensor.long()

    return view


def stacked(value: list[Any], batch: int) -> Any:
    """Pairs, or first and last as two rows, as one tensor; anything else as it is."""
    if len(value) == 2 and batch != 2 and all(isinstance(v, Tensor) and tuple(v.shape) == (batch,) for v in value):
        return torch.stack(value, dim=1)
    rows = [whole_numbers(row, SPANS) for row in value]
    return torch.tensor(rows) if rows and all(len(row) == 2 for row in rows) else value


def start_and_end(batch: int, time: int) -> View:
    """Two rows of scores (B, T), each up to a constant: logits, or log-probabilities, or probabilities over the positions."""

    def view(value: Any) -> tuple[Tensor, Tensor]:
        if isinstance(value, Tensor) and tuple(value.shape) == (2, batch, time):
            value = tuple(value)
        if not isinstance(value, list | tuple) or len(value) < 2:
            raise two("(start, end)")
        read = [normalise.class_scores(batch, time, what=what, letters="(B, T)") for what in (START, END)]
        for part, what in ((value[0], START), (value[1], END)):
            properties.finite(properties.has_shape(part, (batch, time), what, "(B, T)"), what)
        sums = value[0].double() + value[1].double()
        if (sums - 1).abs().max() < 1e-4:
            raise Failure(
                Text(
                    en="Start and end score of every position add up to 1.",
                    ja="どの位置でも、start と end の得点の和が 1 になっています。",
                ),
                misconception="softmax_over_start_and_end",
            )
        start, end = read[0](value[0]), read[1](value[1])
        return start - start[:, -1:], end - end[:, -1:]

    return view


def two(names: str) -> Failure:
    return Failure(Text(en=f"Two values should come back, {names}.", ja=f"{names} の 2 つを返すはずです。"))
