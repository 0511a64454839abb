"""How much of a report its student sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from grader.batch.gradebook.course_rules import Show
from grader.model import Finding, Outcome, Report, Text

A_PERSON = Text(
    en="This could not be judged by itself; a person looks at it.", ja="自動では判定できないため、人が確認します。"
)


def shown(report: Report, show: Show, hide: Collection[str] = ()) -> Report:
    """all: everything. mistakes: what a mistake is called, without values and hints. points: what was earned, and a person's words.

    hide: exercises and checks (`EXERCISE.CHECK`) of which the points are all that is seen.
    """
    if show == "all" and not hide:
        return report
    exercises = tuple(
        replace(exercise, findings=tuple(seen_of(exercise.id, finding, show, hide) for finding in exercise.findings))
        for exercise in report.exercises
    )
    return replace(report, exercises=exercises)


def seen_of(exercise: str, finding: Finding, show: Show, hide: Collection[str]) -> Finding:
    hidden = exercise in hide or f"{exercise}.{finding.check}" in hide
    return cut(finding, "points") if hidden else finding if show == "all" else cut(finding, show)


def cut(finding: Finding, show: Show) -> Finding:
    """The values that were asked with, and what came back, tell the next class what is asked."""
    named = finding.misconception if show == "mistakes" else None
    advice = finding.advice if show == "mistakes" else ()
    follows = finding.follows if show == "mistakes" else ()
    why = A_PERSON if finding.outcome is Outcome.NEEDS_REVIEW and finding.mark is None else None
    return replace(
        finding, rationale=why, help=None, evidence=(), place=None, misconception=named, advice=advice, follows=follows
    )
