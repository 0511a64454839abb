"""What a batch of encoded titles must be, for problem 89."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    View,
    properties,
)
from grader.lessons.knock80_89 import _encoder as lent

ENCODED = Text(
    en='Print tokenizer(["a short title", "and one of many more words"], padding=True, truncation=True, max_length=64): each row of input_ids is [CLS] '
    "words [SEP] and then padding, all as long as the longest, (B, T); attention_mask (B, T) is 1 for tokens and 0 for padding. Which of the two is "
    "not what you return?",
    ja='tokenizer(["短い題名", "もっと長い題名"], padding=True, truncation=True, max_length=64) を表示しましょう。input_ids の各行は [CLS] 単語… [SEP] の後にパディングが続き、'
    "いちばん長い行にそろって (B, T)、attention_mask (B, T) はトークンが 1、パディングが 0 です。返しているものとどこが違いますか。",
)

IDS = Text(en="the ids", ja="ID")
MASK = Text(en="the mask", ja="マスク")


def ids_and_mask(value: Any) -> dict[str, Tensor]:
    """A pair (ids, mask) or a mapping of input_ids and attention_mask. Their shapes are asked about afterwards."""
    if isinstance(value, dict) and {"input_ids", "attention_mask"} <= set(value):
        value = (value["input_ids"], value["attention_mask"])
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise Failure(
            Text(en="encode should return the ids and the mask.", ja="encode は ID とマスクの 2 つを返すはずです。"),
            ENCODED,
        )
    ids, mask = properties.is_tensor(value[0], IDS), properties.is_tensor(value[1], MASK)
    if ids.is_complex() or mask.is_complex():
        properties.is_floating(ids, IDS)
    return {"ids": ids.long(), "mask": mask.long()}


def encoded(student: Student, tokenizer: Module, titles: list[str], rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """The student's ids and mask (B, T), cut to the longest title. Raises Failure."""
    longest = max(map(len, rows))
    found = student.call("encode", tokenizer, titles, view=as_far_as(longest))
    ids, mask = found["ids"], found["mask"]
    if ids.dim() != 2 or len(ids) != len(rows) or ids.shape[1] < longest:
        is_cut_off(ids, rows)
        properties.has_shape(ids, (len(rows), longest), IDS, "(B, T)")
    properties.has_shape(mask, tuple(ids.shape), MASK, "(B, T)")
    return ids, mask


def as_far_as(longest: int) -> View:
    """Ids and mask without the padding behind the longest title: to which length somebody pads is their own."""

    def view(value: Any) -> dict[str, Tensor]:
        found = ids_and_mask(value)
        whole = found["ids"].dim() == 2 and found["mask"].shape == found["ids"].shape
        return {name: part[:, :longest] for name, part in found.items()} if whole else found

    return view


def is_cut_off(ids: Tensor, rows: list[list[int]]) -> None:
    """Raises Failure where these are the right ids as far as they go."""
    if ids.dim() != 2 or len(ids) != len(rows) or ids.shape[1] < 3:
        return
    width = ids.shape[1] - 1  # the last one may be [SEP] in a word's place
    right = torch.tensor([(row + [0] * width)[:width] for row in rows])
    short = torch.tensor([len(row) <= width for row in rows])
    if not torch.equal(ids[:, :width][~short].long(), right[~short]) or bool(short.all()):
        return
    longest = max(map(len, rows))
    raise Failure(
        Text(
            en=f"The longest title has {longest} tokens with [CLS] and [SEP], but only {ids.shape[1]} are kept.",
            ja=f"いちばん長い題名は [CLS] と [SEP] を入れて {longest} トークンですが、{ids.shape[1]} 個しか残っていません。",
        ),
        ENCODED,
        misconception="titles_cut",
    )


def encodes_rightly(student: Student, tokenizer: Module, titles: list[str], made: lent.TokenizerFacts) -> None:
    """Raises Failure where ids or mask of these titles are others than the tokenizer's."""
    found, real = encoded(student, tokenizer, titles, [made.ids(title) for title in titles])
    ids, mask = made.batch(titles)
    properties.equal(torch.where(mask.bool(), found, 0), ids, IDS, help=ENCODED)
    properties.equal(real, mask, MASK, help=ENCODED)


def takes(student: Student, tokenizer: Module, titles: list[str], made: lent.TokenizerFacts) -> bool:
    """Whether somebody's own code, which may have a length of its own, encodes these too."""
    with student.unrecorded(), suppress(Failure, CallFailed):
        encodes_rightly(student, tokenizer, titles, made)
        return True
    return False


NOT_WHOLE = Text(
    en="A title of 16 words does not come out whole. With a length of your own that is a choice; the longest headlines have some thirty tokens, "
    "so max_length=64 would keep them all.",
    ja="16 語の題名が最後まで変換されません。長さを自分で決めているなら、それも 1 つの選択です。ただ、見出しは長いもので 30 トークンほどあるので、max_length=64 にすればすべて"
    "残ります。",
)


def long_titles(draw: Draw, made: lent.TokenizerFacts, count: int) -> list[str]:
    """Titles as long as headlines can be, and short ones."""
    return [*lent.titles(draw, made.words, count), " ".join(draw.sample(made.words, 16))]
