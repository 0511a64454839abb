"""A part of an earlier exercise as a table of values: the look-up by the sizes that the student's code asks for, and
nothing else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch


class ValueNotLent(Exception):
    """The name and the sizes of a value that the table does not hold: "causal_mask 5"."""


def look_up(name: str, known: list[tuple[list[int], torch.Tensor]]) -> Callable[..., torch.Tensor]:
    """The function `name`, by the values that are known: sizes -> value."""
    table = {tuple(key): value for key, value in known}

    def lent(*args: Any, **kwargs: Any) -> torch.Tensor:
        key = tuple(operator.index(size) for size in (*args, *kwargs.values()))
        if key not in table:
            raise ValueNotLent(" ".join([name, *map(str, key)]))
        return table[key].clone()

    return lent
