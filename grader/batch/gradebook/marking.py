"""A person's marks, checked before they go into the gradebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.batch.gradebook.absent import for_nothing, may_get_points
from grader.batch.gradebook.entries import FindingRow, Standing
from grader.batch.gradebook.marks import TOTAL
from grader.batch.gradebook.queries import findings, of_submission, one, report, standings
from grader.batch.gradebook.store import Gradebook
from grader.errors import UsageError
from grader.model import ExerciseReport, Finding, Mark, Outcome


def give(
    book: Gradebook,
    student: str,
    lesson: str | None,
    check: str | None,
    points: float | None,
    by: str,
    comment: str,
    bonus: bool = False,
) -> Standing:
    """Mark a check (`exercise.check`), or the whole score (None); take the mark away with points None.

    bonus: a whole score may be more than the lesson is worth. Of a group's hand-in all members get the mark.

    Returns where the student stands then. Raises UsageError for what does not exist or is worth less.
    """
    if check is None and points is not None and not any(standings(book, lesson, student)):
        standing = of_submission(book, for_nothing(book, student, lesson))
    else:
        standing = one(book, student, lesson)
    place = TOTAL if check is None else place_of(book, standing, check, points)
    if check is None and points is not None and not bonus:
        refuse_more_than(book, standing, points)
    if points is None and place not in book.marks(standing.submission):
        raise UsageError(
            f"{standing.label} has no mark there that could be taken away.",
            ja=f"{standing.label} のそこには、取り消せる手動採点がありません。",
        )
    book.mark(standing.submission, place, None if points is None else Mark(points, by, comment), by)
    return of_submission(book, standing.submission)


def refuse_more_than(book: Gradebook, standing: Standing, points: float) -> None:
    """Raises UsageError for a whole score beyond what the lesson is worth: 19 for 9 is a slip more often than a gift."""
    scored = [standing] if standing.score is not None else standings(book, standing.lesson)
    worth = max((one.score.possible for one in scored if one.score is not None), default=0.0)
    if worth and points > worth:
        raise UsageError(
            f"{points:g} is more than the {worth:g} points that {standing.lesson} is worth for {standing.label}; add --bonus if it is meant.",
            ja=f"{points:g} 点は、{standing.label} の {standing.lesson} の満点 {worth:g} 点を超えています。意図したものなら --bonus を付けてください。",
        )


def check_mark(
    book: Gradebook, student: str, lesson: str | None, check: str | None, points: float, bonus: bool = False
) -> Mark | None:
    """The mark that is there already, or None. Raises UsageError for what `give` would refuse; writes nothing."""
    if check is None and not any(standings(book, lesson, student)):
        may_get_points(book, student, lesson)
        return None
    standing = one(book, student, lesson)
    place = TOTAL if check is None else place_of(book, standing, check, points)
    if check is None and not bonus:
        refuse_more_than(book, standing, points)
    return book.marks(standing.submission).get(place)


@dataclass(frozen=True)
class Awaiting:
    """Something only a person can score. finding: with the student's own words in `answer` and the rubric in `help`."""

    student: str
    lesson: str
    exercise: ExerciseReport
    finding: Finding

    @property
    def place(self) -> str:
        return f"{self.exercise.id}.{self.finding.check}"


def awaiting(book: Gradebook, lesson: str | None = None, called: Callable[[str], str] = str) -> list[FindingRow]:
    """What awaits a person over the class, one question after the other, so that like is compared with like.

    called: the name by which students are in order, so that the order of aliases does not tell the names.
    """
    settled = {(s.student, s.lesson) for s in standings(book, lesson) if s.score is None or not s.score.pending}
    rows = [
        row
        for row in findings(book, lesson)
        if row.outcome is Outcome.NEEDS_REVIEW and not row.marked and (row.student, row.lesson) not in settled
    ]
    order = {place: i for i, place in enumerate(dict.fromkeys((r.lesson, r.exercise, r.check) for r in rows))}
    return sorted(rows, key=lambda row: (order[row.lesson, row.exercise, row.check], called(row.student)))


def looked_up(book: Gradebook, row: FindingRow) -> Awaiting | None:
    """The item with everything a person needs to score it; None where somebody else did meanwhile."""
    standing = one(book, row.student, row.lesson)
    found = report(book, standing.run)
    if found is None or (row.exercise, row.check) in book.marks(standing.submission):
        return None
    return next(
        (
            Awaiting(row.student, row.lesson, exercise, finding)
            for exercise in found.exercises
            for finding in exercise.findings
            if (exercise.id, finding.check) == (row.exercise, row.check)
        ),
        None,
    )


def place_of(book: Gradebook, standing: Standing, check: str, points: float | None) -> tuple[str, str]:
    found = report(book, standing.run)
    worth = {(e.id, f.check): f.points for e in (found.exercises if found else ()) for f in e.findings}
    exercise, _, name = check.partition(".")
    if points is None:
        return exercise, name
    if not worth:
        raise UsageError(
            f"{standing.label} has no checks that were graded; only a whole score can be given.",
            ja=f"{standing.label} には採点された確認項目がありません。付けられるのは総点だけです。",
        )
    if (exercise, name) not in worth:
        known = ", ".join(".".join(place) for place in worth) or "none"
        raise UsageError(
            f"{standing.label} has no check {check}; there are: {known}.",
            ja=f"{standing.label} に確認項目 {check} はありません。あるのは {known} です。",
        )
    if points > worth[exercise, name]:
        raise UsageError(
            f"{check} is worth 0 to {worth[exercise, name]:g} points, not {points:g}.",
            ja=f"{check} の点数は 0〜{worth[exercise, name]:g} 点です（{points:g} 点は付けられません）。",
        )
    return exercise, name
