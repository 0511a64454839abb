"""Questions to a causal mask, and where it differs from the true one."""

from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Evidence,
    Failure,
    Student,
    Text,
    View,
    properties,
)

LONG = 513  # places: more than any model here reads
MASK = Text(en="the mask", ja="マスク")


def square(size: int) -> View:
    """(T, T), with any leading axes of one, as it was returned."""

    def view(value: Any) -> Tensor:
        return properties.has_shape(bare(value), (size, size), MASK, "(T, T)")

    return view


def bare(value: Any) -> Tensor:
    """A tensor without its leading axes of one."""
    mask = properties.is_tensor(value, MASK)
    while mask.dim() > 2 and mask.shape[0] == 1:
        mask = mask[0]
    return mask


def truth(size: int) -> View:
    """The same as booleans; zeros and ones are read as such, so that one slip is not counted three times."""

    def view(value: Any) -> Tensor:
        mask = square(size)(value)
        zeros_and_ones = not mask.is_complex() and bool(((mask == 0) | (mask == 1)).all())
        return mask == 1 if zeros_and_ones else properties.is_boolean(mask, MASK)

    return view


def sizes(draw: Draw) -> tuple[int, ...]:
    """Lengths to ask for one after the other: odd and even, the shortest text, and one longer than any model here reads."""
    first, second, third = draw.sizes(3, smallest=5)
    return first, second, 1, draw.number(LONG, 560), third


def ask(student: Student, lengths: tuple[int, ...]) -> list[Tensor]:
    """The masks of these lengths, as far as they have the right shape: where some have not, `shape_and_dtype` pays for it."""
    masks, refused = [], list[Failure | CallFailed]()
    for length in lengths:
        try:
            masks.append(student.call("causal_mask", length, view=truth(length)))
        except (Failure, CallFailed) as error:
            refused.append(error)
    if not any(len(mask) > 1 for mask in masks):
        raise refused[0]
    return sorted(masks, key=lambda mask: (len(mask) == 1, len(mask)))  # that of one position alone tells least


def too_small(mask: Tensor, size: int, mistake: str) -> Failure:
    return Failure(
        Text(
            en=f"With T = {size} the mask should have shape {(size, size)}, but has shape {tuple(mask.shape)}.",
            ja=f"T = {size} のとき、マスクの形は {(size, size)} のはずですが、{tuple(mask.shape)} でした。",
        ),
        Text(
            en="Is one mask kept from an earlier call, or cut out of a table of fixed size? Make it from `size` each time.",
            ja="前の呼び出しのマスクを使い回したり、決まった大きさの表から切り出したりしていませんか。毎回 `size` から作りましょう。",
        ),
        misconception=mistake,
    )


def seen_too_early(mask: Tensor) -> list[list[int]]:
    """The entries [t, s] by which position t looks at a later s."""
    looks, seen = mask.nonzero().unbind(dim=1)
    return torch.stack([looks, seen], dim=1)[seen > looks].tolist()


def hidden_in_vain(mask: Tensor) -> list[list[int]]:
    """The entries [t, s] that keep position t from an s it may look at."""
    looks, unseen = (~mask).nonzero().unbind(dim=1)
    return torch.stack([looks, unseen], dim=1)[unseen <= looks].tolist()


def picture(mask: Tensor, marked: list[list[int]]) -> Evidence:
    expected = mask.clone()
    for t, s in seen_too_early(mask) + hidden_in_vain(mask):
        expected[t, s] = ~mask[t, s]
    marks = tuple((t, s) for t, s in marked if max(t, s) < 20)  # what is drawn of a large one
    return Evidence("compare", MASK, properties.as_array(mask), properties.as_array(expected), marks)
