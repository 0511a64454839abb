"""Positional encodings and causal masks of any form, asked as the contract's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def asked_with(layout: str, length: int, width: int) -> torch.Tensor:
    if layout == "places":
        return torch.arange(length)
    zeros = torch.zeros(*((length, 1) if layout == "time" else (1, length)), width)
    return zeros[:, :, 0].long() if layout == "ids" else zeros


def table_added(theirs: Callable[..., Any], layout: str) -> Callable[..., torch.Tensor]:
    """What a module adds to zeros, (length, width).

    layout: of the zeros, "batch" for (1, T, D), "time" for (T, 1, D); "ids" for words (1, T), of which only the number counts;
    "places" for the numbers of the places (T,).
    """

    def table(__length__: int, __width__: int, **sizes: Any) -> torch.Tensor:
        model = theirs(**sizes)
        model.eval()
        with torch.no_grad():
            found = model(asked_with(layout, __length__, __width__))
        found = found[0] if isinstance(found, (list, tuple)) else found
        made: torch.Tensor = found.reshape(__length__, __width__)
        return made

    return table


def table_told(theirs: Callable[..., Any], method: str) -> Callable[..., Any]:
    """What a method of a plain class gives when it is told the length. The class is made with the sizes that it takes."""

    def table(__length__: int, **sizes: Any) -> Any:
        with torch.no_grad():
            return getattr(theirs(**sizes), method)(__length__)

    return table


class Settings:
    """An object of settings that says where to compute, and nothing else: `opt.device`."""

    device = "cpu"

    def __getattr__(self, name: str) -> int:
        if name.startswith("__"):
            raise AttributeError(name)
        return 0


def allowed_by(
    theirs: Callable[..., Any], rest: dict[str, Any], settings: list[str], of_ids: bool
) -> Callable[[int], torch.Tensor]:
    """A mask of any kind, (T, T) with axes of size one in front, as True where attention is allowed.

    rest: its other arguments; settings: those that are objects. of_ids: it takes words (1, T) instead of their number.
    """

    def allowed(size: int) -> torch.Tensor:
        first = torch.ones(1, size, dtype=torch.long) if of_ids else size
        found = torch.as_tensor(theirs(first, **rest, **{name: Settings() for name in settings}))
        while found.dim() > 2 and found.shape[0] == 1:
            found = found[0]
        added = found.is_floating_point() and bool((found < -1).any())
        shown = found > -1e4 if added else found != 0
        return shown if found.dim() != 2 or bool(shown[0, 0]) else ~shown

    return allowed
