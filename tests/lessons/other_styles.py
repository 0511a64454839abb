"""Answers in other people's styles, put into our notebook one at a time."""

from __future__ import annotations

from pathlib import Path

from grader.grading import grade
from grader.model import Outcome, Report
from tests.notebooks import answer_cells, save, stub


def graded(lesson: str, exercise: str, answer: str, folder: Path) -> Report:
    """The report on our notebook with this answer in its cell."""
    notebook = stub(lesson)
    (cell,) = answer_cells(notebook, exercise)
    cell.source = answer
    return grade(save(notebook, folder), 3, (exercise,))


def earns_everything(lesson: str, exercise: str, answer: str, folder: Path) -> None:
    """Every point, and nobody has to look."""
    report = graded(lesson, exercise, answer, folder)
    assert report.score.full, [
        (f.check, f.outcome, f.rationale and f.rationale.en) for f in report.exercises[0].findings
    ]


def is_named(lesson: str, exercise: str, answer: str, name: str, folder: Path) -> None:
    """Something is lost, and this name alone is said."""
    findings = graded(lesson, exercise, answer, folder).exercises[0].findings
    assert {f.misconception.id for f in findings if f.misconception} == {name}
    assert [f for f in findings if f.outcome is not Outcome.PASSED]
