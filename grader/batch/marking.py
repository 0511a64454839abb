"""A person's marks, checked before they go into the gradebook."""

from __future__ import annotations

from grader.batch.entries import Standing
from grader.batch.gradebook import Gradebook
from grader.batch.marks import TOTAL
from grader.batch.standings import of_submission, one, report
from grader.errors import UsageError
from grader.model import Mark


def give(
    book: Gradebook, student: str, lesson: str | None, check: str | None, points: float | None, by: str, comment: str
) -> Standing:
    """Mark a check (`exercise.check`), or the whole score (None); take the mark away with points None.

    Returns where the student stands then. Raises UsageError for what does not exist or is worth less.
    """
    standing = one(book, student, lesson)
    place = TOTAL if check is None else place_of(book, standing, check, points)
    if points is None and place not in book.marks(standing.submission):
        raise UsageError(f"{standing.label} has no mark there that could be taken away.")
    book.mark(standing.submission, place, None if points is None else Mark(points, by, comment), by)
    return of_submission(book, standing.submission)


def place_of(book: Gradebook, standing: Standing, check: str, points: float | None) -> tuple[str, str]:
    found = report(book, standing.run)
    worth = {(e.id, f.check): f.points for e in (found.exercises if found else ()) for f in e.findings}
    exercise, _, name = check.partition(".")
    if points is None:
        return exercise, name
    if (exercise, name) not in worth:
        known = ", ".join(".".join(place) for place in worth) or "none"
        raise UsageError(f"{standing.label} has no check {check}; there are: {known}.")
    if points > worth[exercise, name]:
        raise UsageError(f"{check} is worth 0 to {worth[exercise, name]:g} points, not {points:g}.")
    return exercise, name
