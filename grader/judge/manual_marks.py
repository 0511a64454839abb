"""A person's marks put into a report: a new report, with the score summed again."""

from __future__ import annotations

from dataclasses import replace

from grader.errors import UsageError
from grader.model import ExerciseReport, Finding, Mark, Outcome, Report, total


def open_items(report: Report) -> list[tuple[ExerciseReport, Finding]]:
    """The findings that await a person, in order."""
    return [
        (exercise, finding)
        for exercise in report.exercises
        for finding in exercise.findings
        if finding.outcome is Outcome.NEEDS_REVIEW and finding.mark is None
    ]


def with_mark(report: Report, exercise: str, check: str, points: float, by: str, comment: str = "") -> Report:
    """The report with a person's mark on one finding. Raises UsageError for points outside 0..possible."""
    found = [f for e in report.exercises if e.id == exercise for f in e.findings if f.check == check]
    if not found:
        raise UsageError(
            f"The report has no finding {check} in {exercise}.", ja=f"レポートの {exercise} に {check} はありません。"
        )
    if not 0 <= points <= found[0].points:
        raise UsageError(
            f"{check} is worth 0 to {found[0].points:g} points, not {points:g}.",
            ja=f"{check} の点数は 0〜{found[0].points:g} 点です（{points:g} 点は付けられません）。",
        )
    mark = Mark(points, by, comment)
    exercises = tuple(
        rescored(e, tuple(replace(f, mark=mark) if f.check == check else f for f in e.findings))
        if e.id == exercise
        else e
        for e in report.exercises
    )
    return replace(report, exercises=exercises, score=total(tuple(f for e in exercises for f in e.findings)))


def rescored(exercise: ExerciseReport, findings: tuple[Finding, ...]) -> ExerciseReport:
    return replace(exercise, findings=findings, score=total(findings))
