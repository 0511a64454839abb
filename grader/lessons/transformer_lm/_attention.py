"""How the reply of an attention module is read: the output, and the weights in the forms people return them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.lessons import source
from grader.model import Text
from grader.student import Unmatched, View

HEADS = "(B, N, Tq, Tk)"
LATER = Text(
    en="Your module hides the future by itself; whether it does so rightly is judged when you hand the notebook in.",
    ja="このモジュールは自分で未来を隠します。正しく隠しているかどうかは、提出後に採点されます。",
)


def of_the_past(size: int) -> Tensor:
    """What the solution of `causal_mask` gives, (T, T) bool: it is not made here, for students have this file too.

    Raises Unmatched in a package without solutions.
    """
    if not source.installed("solutions"):
        raise Unmatched("a mask of the future is an answer, which is not here", LATER)
    defined = source.namespace("transformer_lm") or {}
    mask: Tensor = defined["causal_mask"](size)
    return mask


@dataclass(frozen=True)
class Sizes:
    """Distinct odd sizes: batch, heads, width of a head, queries, keys."""

    batch: int
    heads: int
    head_width: int
    queries: int
    keys: int
    ways: frozenset[str] = frozenset()

    @property
    def width(self) -> int:
        return self.heads * self.head_width

    def inputs(self, draw: Draw) -> tuple[Tensor, ...]:
        """Query (B, Tq, D), key and value (B, Tk, D), all different; of a module that has one input, that three times.

        One that hides the future by itself is compared with what others do with such a mask.
        """
        if self.alone:
            x = draw.normal(self.batch, self.queries, self.width)
            future = (of_the_past(self.queries),) if "causal" in self.ways else ()
            return (x, x, x, *future)
        keys = (self.batch, self.keys, self.width)
        return draw.normal(self.batch, self.queries, self.width), draw.normal(*keys), draw.normal(*keys)

    @property
    def alone(self) -> bool:
        """Whether it attends to its own input only."""
        return "self" in self.ways

    @property
    def masks(self) -> bool:
        """Whether it can be given a mask."""
        return not self.ways & {"causal", "no mask"}

    def output(self) -> View:
        return output(self.batch, self.queries, self.width)

    def weights(self) -> View:
        return weights(self.batch, self.heads, self.queries, self.keys)


def draw_sizes(draw: Draw) -> Sizes:
    batch, heads, head_width, queries, keys = draw.sample((3, 5, 7, 9, 11), 5)
    return Sizes(batch, heads, head_width, queries, keys)


def in_form(sizes: Sizes, ways: frozenset[str]) -> Sizes:
    """The sizes for a module of this form: as many queries as keys where it has one input."""
    return replace(sizes, ways=ways, keys=sizes.queries if "self" in ways else sizes.keys)


def output(batch: int, queries: int, width: int) -> View:
    """The output alone, with or without weights beside it."""

    def view(value: Any) -> Tensor:
        found = value[0] if isinstance(value, list | tuple) and value else value
        return properties.is_floating(properties.has_shape(found, (batch, queries, width), letters="(B, Tq, D)"))

    return view


def weights(batch: int, heads: int, queries: int, keys: int) -> View:
    """Weights per head (a tensor, or a list of one for each head), or their mean over heads (B, Tq, Tk); None without."""
    shape = (batch, heads, queries, keys)

    def view(value: Any) -> Tensor | None:
        found = value[1] if isinstance(value, list | tuple) and len(value) > 1 else None
        if isinstance(found, list | tuple) and len(found) == heads:
            each = [
                properties.has_shape(head, (batch, queries, keys), properties.WEIGHTS, "(B, Tq, Tk)") for head in found
            ]
            found = torch.stack(each, dim=1)
        if found is None:
            return None
        if properties.is_tensor(found, properties.WEIGHTS).dim() == 3:
            properties.has_shape(found, (batch, queries, keys), properties.WEIGHTS, "(B, Tq, Tk)")
        else:
            properties.has_shape(found, shape, properties.WEIGHTS, HEADS)
        return properties.is_floating(found, properties.WEIGHTS)

    return view


def mean_weights(sizes: Sizes) -> View:
    """The weights averaged over the heads, whichever way they come: what all right answers have in common."""

    def view(value: Any) -> Tensor | None:
        found: Tensor | None = sizes.weights()(value)
        return found if found is None or found.dim() == 3 else found.mean(dim=1)

    return view
