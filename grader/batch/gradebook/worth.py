"""What each place of a hand-in is worth, so that a mark by hand stays the same share of it.

A check, an exercise and a whole lesson get other points by `class.toml`, by the choice of exercises, and by another version of the lesson.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.batch.gradebook.exercise_points import Points, factors
from grader.batch.gradebook.marks import TOTAL

Place = tuple[str, str]  # (exercise, check)
# A run without a score says nothing of what anything is worth: something of ours broke, or nobody could read the file. Where nothing
# was handed in, it says what the class was asked.
LATEST = """SELECT r.id, r.lesson FROM runs r JOIN submissions s ON s.id = r.submission
WHERE r.submission = ? AND (r.earned IS NOT NULL OR s.file = '') ORDER BY r.id DESC LIMIT 1"""


class Rows(Protocol):
    """Whatever can be asked for rows: a gradebook."""

    def rows(self, sql: str, *values: Any) -> Iterator[Any]: ...


@dataclass(frozen=True)
class Worth:
    """points: of each place, of `TOTAL` too."""

    lesson: str = ""
    points: Mapping[Place, float] = field(default_factory=dict)

    @classmethod
    def of(cls, lesson: str, exercises: Points, checks: Mapping[Place, float], points: Points) -> Worth:
        """exercises, checks: what they are worth by the lesson. points: of exercises, where they are worth something else."""
        by = factors(exercises, points)
        found = {place: worth * by.get(place[0], 1.0) for place, worth in checks.items()}
        return cls(lesson, {**found, TOTAL: sum(most * by.get(name, 1.0) for name, most in exercises.items())})

    def moved(self, place: Place, later: Worth) -> float:
        """By what a mark there is multiplied: 1.0 where it stays, where the place is not in both, and where it counts for nothing."""
        before, after = self.points.get(place, 0.0), later.points.get(place, 0.0)
        known = before and after and (place != TOTAL or self.lesson == later.lesson)
        return after / before if known else 1.0


def worth_of(book: Rows, submission: int, points: Points) -> Worth:
    """By the latest run that has a score, in the points that count. points: of exercises, where they are not the lesson's own."""
    run = next(book.rows(LATEST, submission), None)
    if run is None:
        return Worth()
    rows = book.rows("SELECT exercise, check_id, points FROM findings WHERE run = ?", run["id"])
    checks = {(row["exercise"], row["check_id"]): row["points"] for row in rows}
    return Worth.of(str(run["lesson"] or ""), exercises_of(book, run["id"]), checks, points)


def exercises_of(book: Rows, run: int) -> dict[str, float]:
    """What each exercise of a run was worth, by its checks."""
    rows = book.rows("SELECT exercise, possible FROM scores WHERE run = ?", run)
    return {str(row["exercise"]): float(row["possible"]) for row in rows}
