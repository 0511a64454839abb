"""Every check of the catalogue against a sandbox that answers nonsense: never a point, never a fault of ours."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from grader.judge.judging import judge
from grader.lessons import catalogue
from grader.lessons.uses import uses
from grader.model import Exercise, Lesson, Outcome, Reply, Submission
from grader.sandbox.guest.codec import Handle, Opaque
from grader.sandbox.local import LocalSandbox

NONSENSE: dict[str, Any] = {
    "none": None,
    "text": "passed",
    "number": 3,
    "nan": float("nan"),
    "big": 10**30,
    "list": [1, "a", None, [2.5]],
    "empty": [],
    "dict": {"score": 1, 3: None},
    "opaque": Opaque("builtins.object", "<object>"),
    "handle": Handle(1),
    "scalar": torch.tensor(1.0),
    "void": torch.zeros(0),
    "nans": torch.full((3, 5), float("nan")),
    "ints": torch.arange(12).reshape(3, 4),
    "bools": torch.ones(7, 7, dtype=torch.bool),
    "complex": torch.ones(3, 3, dtype=torch.complex64),
    "tuple": (torch.zeros(2, 3), None),
    "pair": (torch.zeros(3, 5, 7), torch.ones(3, 5, 7) / 7),
    "deep": torch.zeros(1, 1, 1, 1, 1, 1),
    "series": {"loss": [1.0, float("inf")], "accuracy": ["x"]},
}
CASES = [pytest.param(lesson, e, id=e.id) for lesson in catalogue() for e in lesson.exercises]
# Dozens of right answers to look for a name in, or long ones: seconds to minutes, in the slow suite.
MANY = (
    "encoder_decoder",
    "masked_lm",
    "transformer",
    "attn_decoder",
    "knock82",
    "knock83",
    "knock87",
    "knock89",
    "fine_tuning",
)
QUICK = ("list", "opaque", "nans", "pair")  # of each kind one; the slow suite has them all


class Liar(LocalSandbox):
    """A sandbox in which every question gets the same answer, and every class has two parameters."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    @contextmanager
    def branch(self) -> Iterator[Any]:
        yield self

    def ask(self, request: dict[str, Any]) -> Reply:
        if request["op"] == "describe":
            return Reply({"kind": "class", "parameters": [], "own": True})
        weights = {"weight": torch.ones(5, 3), "bias": torch.ones(5)}
        gradients = {"inputs": [self.value], "parameters": {"weight": self.value}}
        extras = {"handle": Handle(1), "weights": weights, "inputs": [self.value], "gradients": gradients}
        return Reply(self.value, None, extras)


def without_names(exercise: Exercise) -> Exercise:
    return dataclasses.replace(exercise, misconceptions=())


@pytest.mark.parametrize("names", [QUICK, pytest.param(tuple(NONSENSE), marks=pytest.mark.slow)], ids=["quick", "all"])
@pytest.mark.parametrize(("lesson", "exercise"), CASES)
def test_nonsense_is_a_finding_about_the_student(
    lesson: Lesson, exercise: Exercise, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer of any wrong type or shape breaks a check, and none earns everything."""
    submission = Submission("liar", "0" * 64, "en", lesson.id, ())
    nameless = without_names(exercise)  # the name of the mistake is looked for once: that takes long
    if names == QUICK:  # and that of an earlier exercise's, with the earlier exercise
        earlier = tuple(map(without_names, uses(exercise)))
        monkeypatch.setattr(
            "grader.judge.submission_examinations.uses", lambda e: earlier if e.id == exercise.id else ()
        )
    for name in names:
        value = NONSENSE[name]
        named = names == tuple(NONSENSE) or (name == names[-1] and exercise.id not in MANY)
        asked = exercise if named else nameless
        alone = dataclasses.replace(lesson, exercises=(asked,))
        report = judge(submission, Liar(value), alone, seed=4, only=(exercise.id,))
        broken = [
            (f.check, f.rationale.en)
            for f in report.exercises[0].findings
            if f.outcome is Outcome.BROKEN and f.rationale
        ]
        assert not broken, (name, broken)
        assert report.score.earned is not None and report.score.earned < report.score.possible, name
