"""A right model earns everything whatever its layers are called and in whatever order they are declared."""

from __future__ import annotations

import time

import pytest

from grader.judge.judging import judge
from grader.lessons import exercise as exercise_called
from grader.lessons import lesson as lesson_called
from grader.model import Outcome, Submission
from grader.sandbox.local import LocalSandbox
from tests.naming_schemes import ASKED, Scheme, schemes

ALL = list(schemes())
DRAWN = {scheme.name for exercise in ASKED for scheme in [s for s in ALL if s.exercise == exercise][20::51]}
SECONDS = 15  # of CPU for one model, on the slowest machine


@pytest.mark.parametrize(
    "scheme",
    [pytest.param(s, id=s.name, marks=() if s.name in DRAWN else pytest.mark.slow) for s in ALL],
)
def test_names_decide_nothing(scheme: Scheme) -> None:
    """Every check passes, and the search for the matching is short."""
    lesson = lesson_called(exercise_called(scheme.exercise).lesson)
    submission = Submission(scheme.name, "0" * 64, "en", lesson.id, ())
    began = time.process_time()
    with LocalSandbox(scheme.scope()) as sandbox:
        report = judge(submission, sandbox, lesson, seed=7, only=(scheme.exercise,))
    for finding in report.exercises[0].findings:
        assert finding.outcome is Outcome.PASSED, (finding.check, finding.rationale)
    assert time.process_time() - began < SECONDS


def test_there_are_enough_of_them() -> None:
    """Three hundred at least, no two alike."""
    assert len(ALL) >= 300
    assert len({scheme.name for scheme in ALL}) == len(ALL)
