"""What a person's marks do to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.model import ExerciseReport, Finding, Mark, Report, Text, total

TOTAL = ("", "")  # the place of a mark that replaces the whole score


def marked(report: Report, marks: dict[tuple[str, str], Mark]) -> Report:
    """The report with what people decided in it, summed again. A mark for a check that is no more counts nowhere.

    A mark is worth at most what its check is worth today.
    """

    def decide(exercise: ExerciseReport, finding: Finding) -> Finding:
        mark = marks.get((exercise.id, finding.check))
        return (
            finding if mark is None else replace(finding, mark=replace(mark, points=min(mark.points, finding.points)))
        )

    decided: Sequence[tuple[ExerciseReport, tuple[Finding, ...]]]
    decided = [(e, tuple(decide(e, finding) for finding in e.findings)) for e in report.exercises]
    exercises = tuple(replace(e, findings=findings, score=total(findings)) for e, findings in decided)
    score = total(tuple(finding for _, findings in decided for finding in findings))
    remarks = report.remarks
    if TOTAL in marks:
        score = replace(score, earned=marks[TOTAL].points, pending=0.0)
        remarks = (by_hand(marks[TOTAL]), *remarks)
    return replace(report, exercises=exercises, score=score, remarks=remarks)


def by_hand(mark: Mark) -> Text:
    """Why the total is not the sum, for the student."""
    why = f": {mark.comment}" if mark.comment else ""
    return Text(
        en=f"The total of {mark.points:g} was set by {mark.by}, not summed up{why or '.'}",
        ja=f"合計の {mark.points:g} 点は、各演習の和ではなく {mark.by} が決めたものです{why or '。'}",
    )
