"""Questions to lm_loss: what it is handed, and whether its labels are smoothed."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from grader.checks import Draw, Student, Text, own_scores
from grader.lessons.transformer_lm._fakes import own_model
from grader.lessons.transformer_lm._training_views import LOSS, number


def is_smoothed(student: Student, share: float, logits: Tensor, targets: Tensor) -> bool:
    """Whether the same share explains other losses too: one loss alone is explained by some share, whatever is wrong with it."""
    if not 0.001 < share < 0.9:
        return False
    with student.unrecorded():
        for other in (2 * logits, -logits, logits.roll(1, dims=-1)):
            found = student.call("lm_loss", other, targets, view=number(LOSS))
            if abs(smoothing_of(found, other, targets) - share) > 0.002:
                return False
    return True


def what_its_loss_is_handed(student: Student, draw: Draw) -> Callable[[Tensor], Tensor]:
    """Logits as they are, or their log-softmax where the student's own model and loss agree on that."""
    scores, targets = draw.normal(1, 2, 5), torch.tensor([[3, 1]])
    own = own_model(5, 8)
    in_logs = own_scores.in_logs(
        student,
        lambda logits: student.call("lm_loss", logits, targets, view=number(LOSS)),
        scores,
        lambda: student.module(own.name, **own.sizes)(targets),
    )
    return (lambda logits: logits.log_softmax(dim=-1)) if in_logs else (lambda logits: logits)


LOSS_STEPS = Text(
    en="logits (B, T, V) become B * T rows of V, targets (B, T) become B * T ids, in the same order; F.cross_entropy takes both and gives "
    "their mean. For logits that are all 0 the loss is ln V.",
    ja="logits (B, T, V) を V 個ずつの B * T 行に、targets (B, T) を同じ順の B * T 個の ID にして、F.cross_entropy に渡すと平均が出ます。logits が全部 0 なら損失は "
    "ln V です。",
)


def smoothing_of(found: float, logits: Tensor, targets: Tensor) -> float:
    """What share of its target each character would have to give to all of them, if that is what makes the loss differ."""
    shares = logits.double().log_softmax(dim=-1)
    sharp, even = -shares.gather(-1, targets[..., None]).mean(), -shares.mean()
    return float((found - sharp) / (even - sharp))
