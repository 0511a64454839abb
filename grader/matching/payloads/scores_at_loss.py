"""A model whose `forward` gives its loss alone, asked for the scores that it hands to that loss.

def forward(self, ids, y): return F.cross_entropy(self.out(h).view(-1, size), y.view(-1))

Read only where the one loss that is made is what comes back, of a score for each label that the model was given, and where other
labels leave the scores as they are: else nobody knows what was handed over there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

from grader.matching.payloads.calls_read import CallsRead
from grader.matching.payloads.wrappers import as_parts

LOSSES = ("cross_entropy", "nll_loss", "kl_div")


def read_at_loss(theirs: Callable[..., Any], place: int, per_word: bool) -> Callable[..., Any]:
    """What builds the student's model so that it gives scores where it would give one number.

    place: that of the labels among what `forward` takes. per_word: scores (B, T, V) of words, which a loss takes as (B*T, V) or
    (B, V, T); else one row a title.
    """

    def build(*args: Any, **kwargs: Any) -> Any:
        model = theirs(*args, **kwargs)
        forward = model.forward

        def read(given: tuple[Any, ...], labels: torch.Tensor) -> tuple[Any, Any]:
            """What comes back with these labels, and the scores that were handed to its loss; None where they cannot be told."""
            with CallsRead(*LOSSES) as seen:
                found = forward(*given[:place], labels, *given[place + 1 :])
            parts = as_parts(found)
            whole = parts if isinstance(parts, (list, tuple)) else [parts]
            numbers = [part for part in whole if isinstance(part, torch.Tensor)]
            if any(part.dim() for part in numbers) or len(seen.made) != 1:
                return found, None
            by_place, named, result = seen.made[0]
            scores, targets = [*by_place[:2], *(named[name] for name in ("input", "target") if name in named)][:2]
            same = any(torch.equal(part, one) for part in numbers for one in (result, result.mean(), result.sum()))
            return found, in_order(scores, targets, labels, per_word) if same else None

        @wraps(forward)  # what it takes is looked up
        def scored(*given: Any) -> Any:
            told = given[place] if len(given) > place else None
            if not isinstance(told, torch.Tensor) or told.dim() != (2 if per_word else 1):
                return forward(*given)
            before = torch.get_rng_state()
            labels, other = torch.zeros_like(told), torch.zeros_like(told)
            labels.view(-1)[1:2] = 1  # which tells (B, T) from (T, B)
            found, scores = read(given, labels)
            if scores is None:
                return found
            after = torch.get_rng_state()
            torch.set_rng_state(before)
            with torch.no_grad():
                again = read(given, other)[1]
            torch.set_rng_state(after)
            return scores if again is not None and torch.equal(scores, again) else found

        model.forward = scored
        return model

    return build


def in_order(scores: Any, targets: Any, labels: torch.Tensor, per_word: bool) -> torch.Tensor | None:
    """The scores in the order of the labels; None where there is not one for each of them, or none knows which."""
    if not isinstance(scores, torch.Tensor) or not isinstance(targets, torch.Tensor):
        return None
    if targets.is_floating_point() and targets.shape == scores.shape:  # rows with a single 1
        targets = targets.argmax(dim=-1)
    rows: torch.Tensor = scores.movedim(1, -1) if scores.dim() > 2 else scores
    if targets.numel() != labels.numel() or rows.shape[:-1].numel() != labels.numel():
        return None
    if torch.equal(targets.reshape(-1), labels.reshape(-1)):
        return rows.reshape((*labels.shape, -1))
    if per_word and torch.equal(targets.reshape(-1), labels.T.reshape(-1)):
        return rows.reshape((*labels.T.shape, -1)).transpose(0, 1)
    return None
