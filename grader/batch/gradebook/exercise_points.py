"""Exercises worth other points than their checks add up to: a report, a score and findings, scaled.

Runs keep the points of the checks. What an exercise is worth is applied where a run is read, so that another choice needs no
grading, and everything that shows points (reports, pages, exports, a marker's questions) shows the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from grader.errors import UsageError
from grader.model import ExerciseReport, Report, Score, total

DIGITS = 6  # behind the point: thirds add up to a whole again
NOTES = "notes"  # a part of several lessons
Points = Mapping[str, float]


def factors(possible: Mapping[str, float], points: Points) -> dict[str, float]:
    """By what the points of each exercise are multiplied. possible: what its checks add up to."""
    return {name: points[name] / own for name, own in possible.items() if name in points and own}


def scaled(report: Report, points: Points) -> Report:
    """The report in the points that count."""
    by = factors({e.id: e.score.possible for e in report.exercises}, points)
    if not by:
        return report
    exercises = tuple(one_scaled(e, by[e.id]) if e.id in by else e for e in report.exercises)
    score = rounded(total(tuple(finding for e in exercises for finding in e.findings)))
    return replace(report, exercises=exercises, score=score)


def one_scaled(exercise: ExerciseReport, by: float) -> ExerciseReport:
    findings = tuple(replace(finding, points=finding.points * by) for finding in exercise.findings)
    return replace(exercise, findings=findings, score=rounded(total(findings)))


def summed(scores: Iterable[tuple[str, Score]], points: Points) -> Score:
    """The whole score of the scores of the exercises. One without a score leaves none."""
    rows = list(scores)
    by = factors({name: score.possible for name, score in rows}, points)
    possible = sum(score.possible * by.get(name, 1.0) for name, score in rows)
    if any(score.earned is None for _, score in rows):
        return rounded(Score(None, possible))
    earned = sum((score.earned or 0.0) * by.get(name, 1.0) for name, score in rows)
    return rounded(Score(earned, possible, sum(score.pending * by.get(name, 1.0) for name, score in rows)))


def rounded(score: Score) -> Score:
    earned = None if score.earned is None else round(score.earned, DIGITS)
    return Score(earned, round(score.possible, DIGITS), round(score.pending, DIGITS))


def decided(points: Points, weights: Points, asked: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """What each exercise is worth, from points and weights as they were said.

    asked: for each lesson its exercises, and what the checks of each add up to. Weights are shares of what a lesson is worth
    in all; they need not add up to 1 or 100. All names are known. Raises UsageError.
    """
    both = sorted(set(points) & set(weights))
    if both:
        raise UsageError(
            f"{both[0]} has points and a weight; say one of the two.",
            ja=f"{both[0]} に点数と重みの両方があります。どちらか一方にしてください。",
        )
    found = dict(points)
    for exercises in asked.values():
        if set(weights) & set(exercises) - {NOTES}:
            found |= shares(weights, {name: own for name, own in exercises.items() if name not in points})
    return found


def shares(weights: Points, exercises: Mapping[str, float]) -> dict[str, float]:
    """The points of one lesson, shared out by weight. Raises UsageError where an exercise has none, or all are 0."""
    without = [name for name in exercises if name not in weights]
    if without:
        raise UsageError(
            f"There are weights, but none for {', '.join(without)}; give each exercise one (0: it does not count).",
            ja=f"{', '.join(without)} の重みがありません。すべての演習に重みを付けてください（0 なら数えません）。",
        )
    sum_of = sum(weights[name] for name in exercises)
    if not sum_of:
        raise UsageError("All weights are 0: nothing would count.", ja="重みがすべて 0 です。何も点数になりません。")
    whole = sum(exercises.values())
    return {name: whole * weights[name] / sum_of for name in exercises}


def unknown(name: str, known: Iterable[str]) -> UsageError:
    there = ", ".join(sorted(known))
    return UsageError(
        f"There is no exercise {name} in what is graded; there are: {there}.",
        ja=f"採点対象に演習 {name} はありません。あるのは {there} です。",
    )
