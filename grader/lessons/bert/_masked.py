"""A batch of sentences, and what the student made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, View, properties

INPUTS = Text(en="inputs", ja="inputs")


LABELS = Text(en="labels", ja="labels")


IGNORED = -100


BY_WORD = Text(
    en="Print one short row of ids, chosen, inputs and labels, each (T,), under each other: chosen -> labels, and dice -> 80, 10 and 10 % of chosen.",
    ja="短い文を 1 つ選び、ids・chosen・inputs・labels（それぞれ (T,)）を縦に並べて表示してみましょう。chosen から labels が、乱数から chosen の中の 80・10・10 % が"
    "決まります。",
)


@dataclass(frozen=True)
class Masked:
    """A batch, and what the student made of it."""

    ids: Tensor
    special: Tensor
    mask_id: int
    vocab_size: int
    inputs: Tensor
    labels: Tensor

    @property
    def chosen(self) -> Tensor:
        return self.labels != IGNORED


def batch(draw: Draw, rows: int = 0, vocab_size: int = 0) -> tuple[Tensor, Tensor, int, int]:
    """Rows of very different lengths, [CLS] words [SEP] [PAD]...; no word has the id of a special token.

    Half of the vocabulary does not occur, and of its last eighth nothing does.
    """
    vocab_size = vocab_size or 900 + draw.number(0, 100)
    rows, time = rows or draw.number(58, 63), draw.number(299, 304)
    cls, sep, pad, mask_id = draw.sample(range(vocab_size // 2), 4)
    ordinary = torch.tensor([i for i in range(vocab_size) if i not in (cls, sep, pad, mask_id)])
    usual = ordinary[ordinary < beyond_the_texts(vocab_size)]
    occurring = usual[draw.permutation(len(usual))[: len(usual) // 2]]
    ids = occurring[draw.integers(0, len(occurring), rows, time)]
    length = draw.integers(25, time - 1, rows, 1)
    place = torch.arange(time)
    ids = torch.where(place > length, pad, torch.where(place == length, sep, ids))
    ids[:, 0] = cls
    return ids, (place >= length) | (place == 0), mask_id, vocab_size


def beyond_the_texts(vocab_size: int) -> int:
    """The first id from which on none occurs in a batch."""
    return vocab_size - vocab_size // 8


def pair(ids: Tensor) -> View:
    """(inputs, labels), both whole numbers of the shape (B, T) of ids."""
    return lambda value: read_pair(value, tuple(ids.shape))


def read_pair(value: Any, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise Failure(
            Text(
                en="mask_tokens should return the pair (inputs, labels).",
                ja="mask_tokens は (inputs, labels) の 2 つを返すはずです。",
            ),
            Text(en="Look at what stands after `return`.", ja="`return` の後ろを見直してみましょう。"),
        )
    gathered = isinstance(value[1], Tensor) and value[1].dim() == 1
    try:
        inputs = properties.has_shape(value[0], shape, INPUTS, "(B, T)")
        labels = properties.has_shape(value[1], shape, LABELS, "(B, T)")
    except Failure as failure:
        name = "labels_gathered" if gathered else None
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    for tensor, what in ((inputs, INPUTS), (labels, LABELS)):
        if tensor.is_floating_point() or tensor.is_complex() or tensor.dtype is torch.bool:
            raise Failure(
                Text(
                    en=f"{what.en} should hold whole numbers, but its dtype is {tensor.dtype}.",
                    ja=f"{what.ja} は整数のはずですが、dtype は {tensor.dtype} でした。",
                ),
                BY_WORD,
            )
    return inputs.long(), labels.long()


def ask(student: Student, draw: Draw, rows: int = 0, vocab_size: int = 0) -> Masked:
    ids, special, mask_id, vocab_size = batch(draw, rows, vocab_size)
    inputs, labels = student.call("mask_tokens", ids, special, mask_id, vocab_size, view=pair(ids))
    return Masked(ids, special, mask_id, vocab_size, inputs, labels)


def share(count: int | Tensor, total: int | Tensor) -> str:
    return f"{100 * int(count) / max(1, int(total)):.1f} %"
