"""Readings of a reply: from what a student may reasonably return to the one form that is compared.

A view takes the raw reply and gives the canonical value, or raises `Failure` where it cannot be read so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.checks import properties
from grader.model import Text

LOGITS = Text(en="the output", ja="出力")


def tensor(*shape: int, what: Text = properties.OUTPUT, letters: str = "") -> Callable[[Any], Tensor]:
    """A floating-point tensor of this shape."""

    def view(value: Any) -> Tensor:
        return properties.is_floating(properties.has_shape(first(value), shape, what, letters), what)

    return view


def class_scores(*shape: int, what: Text = LOGITS, letters: str = "(B, L)") -> Callable[[Any], Tensor]:
    """Logits, log-probabilities or probabilities over the last axis, all read as log-probabilities.

    The softmax of logits, the exponential of log-probabilities and probabilities themselves are one distribution;
    log_softmax leaves log-probabilities as they are.
    """

    def view(value: Any) -> Tensor:
        scores = properties.is_floating(properties.has_shape(first(value), shape, what, letters), what)
        return log_probabilities(properties.finite(scores, what))

    return view


def log_probabilities(scores: Tensor) -> Tensor:
    """See `class_scores`. Probabilities are known by being non-negative and summing to one."""
    scores = scores.double()
    if (scores >= 0).all() and torch.allclose(scores.sum(-1), torch.ones_like(scores.sum(-1)), atol=1e-4):
        return scores.clamp_min(1e-30).log()
    return scores.log_softmax(-1)


def first(value: Any) -> Any:
    """The output itself, where a state, lengths or weights come with it in a tuple, or a loss in a mapping."""
    if isinstance(value, dict) and isinstance(value.get("logits"), Tensor):
        return value["logits"]
    if isinstance(value, list | tuple) and value and isinstance(value[0], Tensor):
        return value[0]
    return value
