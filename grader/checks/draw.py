"""Fresh inputs for a check, drawn from a seed that the student does not have.

Sizes are distinct and none is twice another, so that a wrong axis or a merged one can never fit by luck. Lengths,
batches, vocabularies and label counts are odd and even; widths of models and heads are even, because sine and cosine
come in pairs and a right answer may insist on that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

T = TypeVar("T")
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


class Draw:
    """A source of tensors; the same seed and name give the same draws on every machine."""

    def __init__(self, seed: int, *names: str) -> None:
        digest = hashlib.sha256("/".join([str(seed), *names]).encode()).digest()
        self.seed = int.from_bytes(digest[:4], "big")
        self.generator = torch.Generator().manual_seed(self.seed)

    def sizes(self, count: int, smallest: int = 3) -> list[int]:
        """`count` distinct sizes of lengths, batches, vocabularies or labels, each at least `smallest`, in random
        order.

        Odd and even ones are among them where there is more than one.
        """
        return self.spread(range(smallest, smallest + 2 * count + 4), count, both_parities=count > 1)

    def widths(self, count: int, smallest: int = 4) -> list[int]:
        """`count` distinct even widths of embeddings, states or layers, each at least `smallest`, in random order."""
        first = smallest + smallest % 2
        return self.spread(range(first, first + 4 * count + 8, 2), count)

    def heads(self) -> tuple[int, int]:
        """A number of heads and the even width of one; their product is the width of the model.

        Neither two nor three: query, key and value of one head in one layer would be as wide as the model, and be taken for another layer.
        """
        number, width = self.sample(((4, 6), (5, 4), (5, 6), (6, 4), (7, 4)), 1)[0]
        return number, width

    def spread(self, pool: Sequence[int], count: int, both_parities: bool = False) -> list[int]:
        """`count` different members of `pool`, none of them twice another."""
        while True:
            found = self.sample(pool, count)
            twice = any(2 * one == other for one in found for other in found)
            if not twice and not (both_parities and len({size % 2 for size in found}) < 2):
                return found

    def sample(self, pool: Sequence[T], count: int) -> list[T]:
        """`count` different members of `pool`."""
        order = torch.randperm(len(pool), generator=self.generator).tolist()
        return [pool[i] for i in order[:count]]

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Standard normal values times `scale`, float32."""
        return torch.randn(shape, generator=self.generator) * scale

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Values from `low` up to `high`, float32."""
        return torch.rand(shape, generator=self.generator) * (high - low) + low

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers from `low` up to but not including `high`, int64."""
        return torch.randint(low, high, shape, generator=self.generator)

    def array(self, *shape: int, scale: float = 1.0) -> np.ndarray[Any, np.dtype[np.float64]]:
        """As `normal`, for NumPy."""
        return self.normal(*shape, scale=scale).double().numpy()

    def words(self, count: int, letters: int = 5) -> list[str]:
        """`count` different made-up words."""
        while True:
            rows = self.integers(0, len(SYLLABLES), count, (letters + 1) // 2).tolist()
            found = ["".join(SYLLABLES[i] for i in row)[:letters] for row in rows]
            if len({*found}) == count:
                return found

    def number(self, low: int, high: int) -> int:
        """One whole number from `low` up to but not including `high`."""
        return int(self.integers(low, high, 1).item())

    def permutation(self, size: int) -> Tensor:
        """A permutation of 0..size-1 that is not the identity."""
        while True:
            order = torch.randperm(size, generator=self.generator)
            if not torch.equal(order, torch.arange(size)):
                return order

    def qkv(self) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (B, Tq, D), keys (B, Tk, D) and values (B, Tk, Dv)."""
        batch, queries, keys, width, values = self.sizes(5)
        return self.normal(batch, queries, width), self.normal(batch, keys, width), self.normal(batch, keys, values)

    def mask(self, *shape: int) -> Tensor:
        """Booleans, True where attention is allowed: in every row of the last axis at least one of each.

        A square is not the same transposed.
        """
        keys = shape[-1]
        while True:
            ranks = torch.rand(*shape, generator=self.generator).argsort(dim=-1)
            allowed = ranks < torch.randint(1, keys, (*shape[:-1], 1), generator=self.generator)
            if len(shape) < 2 or shape[-2] != keys or not torch.equal(allowed, allowed.mT):
                return allowed

    def weights(self, shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
        """A value for each parameter, of a size that keeps activations near one and away from zero."""
        drawn = {}
        for name, shape in shapes.items():
            alike = without_empty_axes(shape)
            fan_in = max(1, alike[-1] if len(alike) == 2 else int(torch.tensor(alike[1:]).prod()) if alike[1:] else 1)
            scale = 0.5 if len(alike) < 2 else 1.3 / fan_in**0.5
            drawn[name] = self.normal(*shape, scale=scale) + (0.1 if len(alike) < 2 else 0.0)
        return drawn


def without_empty_axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without axes of one in front: nn.Parameter(torch.randn(1, max_len, d_model)) is a table of positions like any."""
    while len(shape) > 1 and shape[0] == 1:
        shape = shape[1:]
    return shape
