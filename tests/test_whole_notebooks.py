"""Whole right notebooks, each lesson in ten other styles, through a real kernel: every point that a machine can give."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade
from grader.lessons import catalogue
from grader.model import Outcome
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.notebooks import save
from tests.whole_notebooks import in_style, styles

CASES = [
    pytest.param(part.id, number, marks=pytest.mark.slow if number else ())
    for part in catalogue()
    if any(exercise.accepted for exercise in part.exercises)
    for number in range(10)
]


@pytest.mark.slow
@drawn(1)
@pytest.mark.parametrize(("lesson", "number"), CASES)
def test_a_right_notebook_in_another_style_loses_nothing(
    lesson: str, number: int, tmp_path: Path, host: KernelFactory | None
) -> None:
    """Whoever wrote each answer, and whatever the layers are called, all that a machine judges is passed."""
    report = grade(save(in_style(lesson, number), tmp_path), seed=number, host=host)
    answers = styles(lesson, number)
    lost = [
        (answers[e.id], f.check, f.outcome.value, f.rationale)
        for e in report.exercises
        if e.id in answers
        for f in e.findings
        if f.outcome is not Outcome.PASSED
    ]
    assert not lost
