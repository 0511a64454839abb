"""What `translate` may give back, read into one form."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import Failure, Text, View, normalise
from grader.lessons.attention_translation import _views

IDS = Text(en="the translation", ja="訳文")


ROWS = Text(en="the attention weights, one row for each word", ja="1 語につき 1 行の Attention の重み")
NOTHING_WRITTEN = Text(
    en="Where the stop is the first word that comes, translate ends in an error: torch.stack wants at least one row. Nothing is deducted.",
    ja="最初に stop が出たとき、translate がエラーで止まります（torch.stack には行が 1 つ以上必要です）。減点はありません。",
)
SIGNS_KEPT = Text(
    en="The list that translate returns holds the start or the stop as well; the text asks for the words alone. Nothing is deducted.",
    ja="translate の返すリストに start や stop も入っています。問題文では、書いた語だけを返します。減点はありません。",
)

Signs = tuple[int, int]  # start and stop


def translated(length: int, signs: Signs) -> View:
    """(ids, weights): ids as a list, without a start or stop that came along; one row of weights for each."""

    def view(value: Any) -> tuple[list[int], Tensor]:
        written, weights = _views.parts(value, 2, "(ids, weights)")
        ids = trimmed(written, signs)
        return ids, rows(weights, len(ids), length)

    return view


def trimmed(value: Any, signs: Signs) -> list[int]:
    """The ids of the words: a start or stop that came along is no mistake."""
    ids, (start, stop) = numbers(value), signs
    if ids[:1] == [start]:
        ids = ids[1:]
    return ids[:-1] if ids[-1:] == [stop] else ids


def numbers(value: Any) -> list[int]:
    """Word ids of a list or tensor (T,) or (1, T), or of a list of tensors with one number each."""
    if isinstance(value, Tensor):
        value = value.reshape(-1).tolist()
    if not isinstance(value, list | tuple):
        raise not_ids(value)
    ids = []
    for one in value:
        number = one.item() if isinstance(one, Tensor) and one.numel() == 1 else one
        if not isinstance(number, int) or isinstance(number, bool):
            raise not_ids(one)
        ids.append(number)
    return ids


def not_ids(value: Any) -> Failure:
    kind = getattr(value, "type_name", type(value).__name__)
    return Failure(
        Text(
            en=f"The translation should be a list of word ids, but holds something of type {kind}.",
            ja=f"訳文は語の ID のリストのはずですが、{kind} 型のものが入っています。",
        ),
        _views.RETURN,
    )


def rows(value: Any, count: int, length: int) -> Tensor:
    """Weights (T, S), also as an array or a list of rows, also with the row of the stop at the end."""
    value = [normalise.unpacked(row) for row in value] if isinstance(value, list | tuple) else normalise.unpacked(value)
    if isinstance(value, list | tuple) and all(isinstance(row, Tensor) and row.numel() == length for row in value):
        value = torch.stack([row.reshape(length) for row in value]) if value else torch.zeros(0, length)
    value = _views.headless(value, (count, length))
    if isinstance(value, Tensor) and tuple(value.shape) == (count + 1, length):
        value = value[:count]
    return _views.floating(value, (count, length), ROWS, "(T, S)")


def every_id(_length: int, _signs: Signs) -> View:
    """The ids with the start and the stop, where they came along."""
    return lambda value: numbers(_views.parts(value, 2, "(ids, weights)")[0])


def ids_only(_length: int, signs: Signs) -> View:
    """The ids, whatever the weights."""
    return lambda value: trimmed(_views.parts(value, 2, "(ids, weights)")[0], signs)
