"""A model whose `forward` gives its loss alone, asked for the scores that it hands to that loss.

def forward(self, ids, y): return F.cross_entropy(self.out(h).view(-1, size), y.view(-1))

Read only where the one loss that is made is what comes back, of a score for each label that the model was given, and where other
labels leave the scores as they are: else nobody knows what was handed over there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import torch

from grader.matching.payloads.wrappers import as_parts

LOSSES = ("cross_entropy", "nll_loss", "kl_div")


class LossRead(torch.overrides.TorchFunctionMode):
    """Keeps the scores, the targets and the result of every loss that is made while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[tuple[Any, Any, Any]] = []

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        found = function(*args, **named)
        if getattr(function, "__name__", "") in LOSSES:
            given = [*args[:2], *(named[name] for name in ("input", "target") if name in named)]
            self.made.append((given[0], given[1], found))
        return found


def read_at_loss(theirs: Callable[..., Any], per_word: bool) -> Callable[..., Any]:
    """What builds the student's model so that it gives scores where it would give one number.

    per_word: scores (B, T, V) of words, which a loss takes as (B*T, V) or (B, V, T); else one row a title.
    """

    def build(*args: Any, **kwargs: Any) -> Any:
        model = theirs(*args, **kwargs)
        forward = model.forward

        def read(given: Sequence[Any], labels: torch.Tensor) -> tuple[Any, Any]:
            """What comes back with these labels, and the scores that were handed to its loss; None where they cannot be told."""
            with LossRead() as seen:
                found = forward(
                    *(labels if part is not given[0] and is_labels(part, labels) else part for part in given)
                )
            parts = as_parts(found)
            whole = parts if isinstance(parts, (list, tuple)) else [parts]
            numbers = [part for part in whole if isinstance(part, torch.Tensor)]
            if any(part.dim() for part in numbers) or len(seen.made) != 1:
                return found, None
            scores, targets, result = seen.made[0]
            same = any(torch.equal(part, one) for part in numbers for one in (result, result.mean(), result.sum()))
            return found, in_order(scores, targets, labels, per_word) if same else None

        @wraps(forward)  # what it takes is looked up
        def scored(*given: Any) -> Any:
            places = [part.shape for part in given[1:] if isinstance(part, torch.Tensor) and part.dtype == torch.long]
            wanted = [shape for shape in places if len(shape) == (2 if per_word else 1)]
            if not wanted:
                return forward(*given)
            before = torch.get_rng_state()
            labels = torch.zeros(wanted[-1], dtype=torch.long)
            other = labels.clone()
            labels.view(-1)[1:2] = 1  # which tells (B, T) from (T, B)
            found, scores = read(given, labels)
            after = torch.get_rng_state()
            if scores is None:
                return found
            torch.set_rng_state(before)
            with torch.no_grad():
                again = read(given, other)[1]
            torch.set_rng_state(after)
            return scores if again is not None and torch.equal(scores, again) else found

        model.forward = scored
        return model

    return build


def is_labels(part: Any, labels: torch.Tensor) -> bool:
    return isinstance(part, torch.Tensor) and part.shape == labels.shape and part.dtype == labels.dtype


def in_order(scores: Any, targets: Any, labels: torch.Tensor, per_word: bool) -> torch.Tensor | None:
    """The scores in the order of the labels; None where there is not one for each of them, or none knows which."""
    if not isinstance(scores, torch.Tensor) or not isinstance(targets, torch.Tensor):
        return None
    if targets.is_floating_point() and targets.shape == scores.shape:  # rows with a single 1
        targets = targets.argmax(dim=-1)
    scores = scores.movedim(1, -1) if scores.dim() > 2 else scores
    if targets.numel() != labels.numel() or scores.shape[:-1].numel() != labels.numel():
        return None
    orders = (labels, labels.T) if per_word else (labels,)
    for turned in orders:
        if torch.equal(targets.reshape(-1), turned.reshape(-1)):
            found: torch.Tensor = scores.reshape(*turned.shape, scores.shape[-1])
            return found.transpose(0, 1) if turned is not labels else found
    return None
