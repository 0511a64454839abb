"""A model whose `forward` gives its loss alone, asked for the scores that it hands to that loss.

def forward(self, ids, y): return F.cross_entropy(self.out(h).view(-1, size), y.view(-1))
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

from grader.matching.payloads.wrappers import as_parts

LOSSES = ("cross_entropy", "nll_loss", "kl_div")


class LossRead(torch.overrides.TorchFunctionMode):
    """Keeps what every loss of scores is handed as these while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.scores: list[Any] = []

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        if getattr(function, "__name__", "") in LOSSES:
            self.scores.append(args[0] if args else named.get("input"))
        return function(*args, **named)


def read_at_loss(theirs: Callable[..., Any], per_word: bool) -> Callable[..., Any]:
    """What builds the student's model so that it gives scores where it would give one number.

    per_word: (B, T, V), which a loss takes as (B*T, V) or (B, V, T); else they are given as the loss has them.
    """

    def build(*args: Any, **kwargs: Any) -> Any:
        model = theirs(*args, **kwargs)
        forward = model.forward

        @wraps(forward)  # what it takes is looked up
        def scored(*given: Any) -> Any:
            with LossRead() as read:
                found = forward(*given)
            parts = as_parts(found)
            whole = parts if isinstance(parts, (list, tuple)) else [parts]
            more = any(isinstance(part, torch.Tensor) and part.dim() for part in whole)
            if more or len(read.scores) != 1 or not isinstance(read.scores[0], torch.Tensor):
                return found
            return by_word(read.scores[0], given[0]) if per_word else read.scores[0]

        model.forward = scored
        return model

    return build


def by_word(scores: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Scores (B, T, V) of ids (B, T), from (B*T, V) or (B, V, T)."""
    return scores.movedim(1, -1) if scores.dim() > 2 else scores.reshape(*ids.shape, scores.shape[-1])
