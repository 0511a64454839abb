"""A loss of the student's and the model of theirs that it is for: logits with cross-entropy, or log-probabilities with NLL.

    return F.log_softmax(self.head(x), dim=-1)     # the model, in one cell
    return F.nll_loss(scores.flatten(0, 1), ...)   # its loss, in another: together as right as the other pair

Either pair is right, and half of one with half of the other is not. So a loss that takes log-probabilities is handed these
where the student's own model gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from grader.checks.exchange import CallFailed
from grader.errors import Failure, ReplyRefused

if TYPE_CHECKING:
    from grader.checks.student import Student

Asks = Callable[[Tensor], Any]


def in_logs(student: Student, loss: Asks, scores: Tensor, model: Callable[[], Any]) -> bool:
    """Whether the student's loss takes log-probabilities and their own model gives them.

    loss: asks their loss of such scores. model: asks their own model, and gives its raw output. Nothing of it stays among the
    exchanges.
    """
    with student.unrecorded():
        return takes_log_probabilities(loss, scores) and gives_log_probabilities(model)


def takes_log_probabilities(loss: Asks, scores: Tensor) -> bool:
    """Whether the loss falls by one where all scores rise by one: cross-entropy stays as it is."""
    try:
        before, after = (float(loss(one)) for one in (scores, scores + 1))
    except (CallFailed, Failure, ReplyRefused):
        return False
    return abs(before - after - 1) < 1e-3


def gives_log_probabilities(model: Callable[[], Any]) -> bool:
    """Whether the exponentials of what the model gives sum to one."""
    try:
        given = model()
    except (CallFailed, Failure, ReplyRefused):
        return False
    if not isinstance(given, Tensor) or not given.is_floating_point() or given.dim() == 0:
        return False
    total = given.logsumexp(dim=-1)
    return torch.allclose(total, torch.zeros_like(total), atol=1e-4)
