"""Sentences of ids, and the states that an RNN passes on, in whatever form the student keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Text, properties

STATE = Text(en="the state", ja="状態")


def sentences(draw: Draw, vocab_size: int, padding: int, lengths: list[int]) -> Tensor:
    """Drawn word ids (B, S), never the padding id, filled up with it behind each length."""
    ids = draw.integers(0, vocab_size - 1, len(lengths), max(lengths))
    ids = ids + (ids >= padding)
    behind = torch.arange(max(lengths)) >= torch.tensor(lengths)[:, None]
    return ids.masked_fill(behind, padding)


def state(batch: int, hidden: int) -> Callable[[Any], list[Tensor]]:
    """A state (B, H), (1, B, H) or (B, 1, H), or a pair of them as of an LSTM, each read as (B, H)."""
    forms = ((1, batch, hidden), (batch, 1, hidden))

    def one(value: Any) -> Tensor:
        if isinstance(value, Tensor) and tuple(value.shape) in forms:
            value = value.reshape(batch, hidden)
        return properties.is_floating(properties.has_shape(value, (batch, hidden), STATE, "(B, H)"), STATE)

    def view(value: Any) -> list[Tensor]:
        pair = isinstance(value, list | tuple) and len(value) == 2
        return [one(part) for part in (value if pair else [value])]

    return view


def asking_for_gradients(state: Any) -> tuple[Any, dict[str, Tensor]]:
    """The same state, whose parts ask for gradients; and these by name: h, and c of an LSTM."""
    pair = isinstance(state, list | tuple)
    parts = [part.detach().clone().requires_grad_() for part in (state if pair else [state])]
    return tuple(parts) if pair else parts[0], dict(zip(("state", "state[1]"), parts, strict=False))


class KeptView:
    """A view that also keeps what it last read, to hand a state back to the student in the student's own form."""

    def __init__(self, view: Callable[[Any], Any]) -> None:
        self.view = view
        self.raw: Any = None

    def __call__(self, value: Any) -> Any:
        self.raw = value
        return self.view(value)
