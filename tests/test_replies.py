"""Every check of the catalogue against a sandbox that answers nonsense: never a point, never a fault of ours."""

from __future__ import annotations

import dataclasses

import pytest

from grader.authoring.demands import NONSENSE, faults_of_nonsense
from grader.lessons import catalogue
from grader.lessons.uses import uses
from grader.model import Exercise, Lesson
from tests.drawing import drawn

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


def without_names(exercise: Exercise) -> Exercise:
    return dataclasses.replace(exercise, misconceptions=())


@drawn(6)
@pytest.mark.parametrize("names", [QUICK, pytest.param(tuple(NONSENSE), marks=pytest.mark.slow)], ids=["quick", "all"])
@pytest.mark.parametrize(("lesson", "exercise"), CASES)
def test_nonsense_is_a_finding_about_the_student(
    lesson: Lesson, exercise: Exercise, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer of any wrong type or shape breaks a check, and none earns everything."""
    nameless = without_names(exercise)  # the name of the mistake is looked for once: that takes long
    if names == QUICK:  # and that of an earlier exercise's, with the earlier exercise
        earlier = tuple(map(without_names, uses(exercise)))
        monkeypatch.setattr(
            "grader.judge.submission_examinations.uses", lambda e: earlier if e.id == exercise.id else ()
        )
    for name in names:
        named = names == tuple(NONSENSE) or (name == names[-1] and exercise.id not in MANY)
        assert not faults_of_nonsense(lesson, exercise if named else nameless, name)
