"""Positional encodings and causal masks of any form, asked as the contract's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def table_added(theirs: Callable[..., Any], layout: str) -> Callable[..., torch.Tensor]:
    """What a module adds to zeros, (length, width). layout: of the zeros, "batch" for (1, T, D), else (T, 1, D)."""

    def table(__length__: int, __width__: int, **sizes: Any) -> torch.Tensor:
        model = theirs(**sizes)
        model.eval()
        zeros = torch.zeros(*((1, __length__) if layout == "batch" else (__length__, 1)), __width__)
        with torch.no_grad():
            found = model(zeros)
        found = found[0] if isinstance(found, (list, tuple)) else found
        made: torch.Tensor = found.reshape(__length__, __width__)
        return made

    return table


def allowed_by(theirs: Callable[..., Any], rest: dict[str, Any]) -> Callable[[int], torch.Tensor]:
    """A mask of any kind, (T, T) with axes of size one in front, as True where attention is allowed.

    rest: its other arguments.
    """

    def allowed(size: int) -> torch.Tensor:
        found = torch.as_tensor(theirs(size, **rest))
        while found.dim() > 2 and found.shape[0] == 1:
            found = found[0]
        added = found.is_floating_point() and bool((found < -1).any())
        shown = found > -1e4 if added else found != 0
        return shown if found.dim() != 2 or bool(shown[0, 0]) else ~shown

    return allowed
