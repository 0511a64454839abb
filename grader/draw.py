"""Fresh inputs for a check, drawn from a seed that the student does not have.

Sizes are distinct, odd and at least three, so that a wrong axis can never fit by luck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T")
ODD = (3, 5, 7, 9, 11, 13, 15, 17)


class Draw:
    """A source of tensors; the same seed and name give the same draws on every machine."""

    def __init__(self, seed: int, *names: str) -> None:
        digest = hashlib.sha256("/".join([str(seed), *names]).encode()).digest()
        self.seed = int.from_bytes(digest[:4], "big")
        self.generator = torch.Generator().manual_seed(self.seed)

    def sizes(self, count: int, smallest: int = 3) -> list[int]:
        """`count` distinct odd sizes, each at least `smallest`, in random order."""
        pool = [size + (smallest - 3) // 2 * 2 for size in ODD]
        return self.sample(pool[: max(count + 2, 4)], count)

    def sample(self, pool: Sequence[T], count: int) -> list[T]:
        """`count` different members of `pool`."""
        order = torch.randperm(len(pool), generator=self.generator).tolist()
        return [pool[i] for i in order[:count]]

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Standard normal values times `scale`, float32."""
        return torch.randn(*shape, generator=self.generator) * scale

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        return torch.rand(*shape, generator=self.generator) * (high - low) + low

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers from `low` up to but not including `high`, int64."""
        return torch.randint(low, high, shape, generator=self.generator)

    def number(self, low: int, high: int) -> int:
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
        """Booleans, True where attention is allowed: in every row of the last axis at least one of each."""
        keys = shape[-1]
        ranks = torch.rand(*shape, generator=self.generator).argsort(dim=-1)
        allowed = torch.randint(1, keys, (*shape[:-1], 1), generator=self.generator)
        return ranks < allowed

    def weights(self, shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
        """A value for each parameter, of a size that keeps activations near one and away from zero."""
        drawn = {}
        for name, shape in shapes.items():
            fan_in = max(1, shape[-1] if len(shape) == 2 else int(torch.tensor(shape[1:]).prod()) if shape[1:] else 1)
            scale = 0.5 if len(shape) < 2 else 1.3 / fan_in**0.5
            drawn[name] = self.normal(*shape, scale=scale) + (0.1 if len(shape) < 2 else 0.0)
        return drawn
