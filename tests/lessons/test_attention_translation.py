"""Attention and translation: the reference against obviously right loops, and checks that survive any reply."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from grader.box.local import LocalBox
from grader.draw import Draw
from grader.judge import judge
from grader.lessons import load, source
from grader.model import Exercise, Outcome, Submission

LESSON = load("attention_translation")
EXERCISES = [exercise.id for exercise in LESSON.exercises]


def reference(name: str) -> Any:
    scope = source.namespace("attention_translation")
    assert scope is not None
    return scope[name]


def attended(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Attention as sums over single numbers."""
    out, weights = torch.zeros(*q.shape[:2], v.shape[2]), torch.zeros(*q.shape[:2], k.shape[1])
    for b in range(q.shape[0]):
        for i in range(q.shape[1]):
            allowed = [j for j in range(k.shape[1]) if mask[b, i, j]]
            score = {j: sum(float(x * y) for x, y in zip(q[b, i], k[b, j], strict=True)) for j in allowed}
            power = {j: math.exp(s / math.sqrt(q.shape[2])) for j, s in score.items()}
            for j in allowed:
                weights[b, i, j] = power[j] / sum(power.values())
                out[b, i] += weights[b, i, j] * v[b, j]
    return out, weights


def test_dot_attention_is_the_loop() -> None:
    """The reference attention equals the sum over single numbers, a fully masked row included."""
    draw = Draw(7)
    q, k, v = draw.qkv()
    mask = draw.mask(q.shape[0], q.shape[1], k.shape[1])
    mask[0, 1] = False
    for mine, theirs in zip(
        reference("scaled_dot_product_attention")(q, k, v, mask), attended(q, k, v, mask), strict=True
    ):
        assert torch.allclose(mine, theirs, atol=1e-5)


def test_a_hidden_row_leaves_gradients_finite() -> None:
    """A query that may look nowhere gives the reference no NaN in its gradients."""
    q, k, v = (part.requires_grad_() for part in Draw(8).qkv())
    mask = torch.zeros(q.shape[0], q.shape[1], k.shape[1], dtype=torch.bool)
    out, weights = reference("scaled_dot_product_attention")(q, k, v, mask)
    (out.sum() + weights.sum()).backward()
    assert all(torch.isfinite(part.grad).all() for part in (q, k, v) if part.grad is not None)


@pytest.mark.parametrize("exercise", LESSON.exercises, ids=EXERCISES)
def test_mistakes_can_be_made_in_any_right_answer(exercise: Exercise) -> None:
    """Each mistake, made in any right answer where its edits find their place, gives a file that runs."""
    for base in ((), *(variant.edits for variant in exercise.accepted)):
        for mistake in exercise.misconceptions:
            source.namespace(LESSON.id, exercise.id, base + mistake.edits)


class Anything:
    """Built from anything, called with anything, and answers with the same thing always."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.reply


NESTED: list[Any] = [[], ()]
REPLIES = {
    "none": None,
    "text": "attention",
    "number": 3.5,
    "integers": torch.arange(6).reshape(2, 3),
    "empty": torch.zeros(0),
    "nan": torch.full((3, 5, 7), float("nan")),
    "pair": (torch.zeros(2, 3), None),
    "triple": (torch.zeros(2), "state", {"weights": [1]}),
    "texts": ["a", "b"],
    "nested": [NESTED, {"a": NESTED, 3: (None,)}],
    "object": object(),
}


@pytest.mark.parametrize("name", list(REPLIES))
@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_reply_breaks_a_check(exercise: str, name: str) -> None:
    """Whatever is returned, a check says what is wrong with it; it never breaks and never awards a point."""
    wanted = next(e for e in LESSON.exercises if e.id == exercise)
    scope = {"__name__": "__main__", **{asked: Anything(REPLIES[name]) for asked in wanted.names}}
    submission = Submission(name, "0" * 64, "en", LESSON.id, ())
    with LocalBox(scope) as box:
        report = judge(submission, box, LESSON, seed=5, only=(exercise,))
    for finding in report.exercises[0].findings:
        assert finding.outcome not in (Outcome.BROKEN, Outcome.PASSED), (finding.check, finding.rationale)
