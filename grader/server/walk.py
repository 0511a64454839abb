"""What there is to review: one exercise after the other, and of each the hand-ins one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.marks import TOTAL
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.review.requests import requests
from grader.batch.gradebook.store import Gradebook
from grader.model import Outcome


@dataclass(frozen=True)
class ReviewStop:
    """One exercise of one hand-in. open: how many of its checks await a person; asked: the student asks about one."""

    standing: Standing
    who: str
    exercise: str
    open: int
    asked: bool = False

    @property
    def done(self) -> bool:
        return not self.open and not self.asked


@dataclass(frozen=True)
class Round:
    """One exercise over the class, in the order in which it is walked."""

    lesson: str
    exercise: str
    stops: tuple[ReviewStop, ...]

    @property
    def open(self) -> int:
        return sum(not stop.done for stop in self.stops)

    def index(self, submission: int) -> int | None:
        return next((i for i, stop in enumerate(self.stops) if stop.standing.submission == submission), None)

    def next_open(self, after: int) -> ReviewStop | None:
        """The next that awaits somebody, beginning again at the front, and none that stands there already."""
        ring = [*self.stops[after + 1 :], *self.stops[: max(after, 0)]]
        return next((stop for stop in ring if not stop.done), None)


@dataclass
class Walk:
    """Asks the gradebook. shown: what a student is called on the page. lesson: only this one."""

    book: Gradebook
    shown: Callable[[str], str] = str
    lesson: str | None = None
    seen: tuple[int | str, ...] = ()
    counting: list[Standing] = field(default_factory=list)

    def standings(self) -> list[Standing]:
        """Everybody's hand-in that counts; asked anew where something was graded, or another was chosen, since."""
        sql = """SELECT (SELECT count(*) FROM submissions), (SELECT max(id) FROM runs), (SELECT max(id) FROM batches),
            (SELECT max(at) FROM decided)"""
        state = tuple(next(self.book.rows(sql)))
        if state != self.seen:
            self.counting = [s for s in standings(self.book, self.lesson) if s.lesson]
            self.seen = state
        return self.counting

    def rounds(self) -> list[Round]:
        """Every exercise of which something awaits a person, was marked by one, or is asked about."""
        by_run = {standing.run: standing for standing in self.standings()}
        marks = {(r["submission"], r["exercise"], r["check_id"]) for r in self.book.rows("SELECT * FROM marks")}
        asked = {(r.submission, r.exercise): True for r in requests(self.book)}
        unanswered = {(r.submission, r.exercise) for r in requests(self.book) if not r.answer}
        found: dict[tuple[str, str], dict[int, int]] = {}
        for row in self.book.rows("SELECT run, exercise, check_id, outcome FROM findings ORDER BY run, position"):
            standing = by_run.get(row["run"])
            if standing is None or standing.lesson is None:
                continue
            own = standing.submission
            marked = (own, row["exercise"], row["check_id"]) in marks
            needs = row["outcome"] == Outcome.NEEDS_REVIEW
            if needs or marked or (own, row["exercise"]) in asked:
                stops = found.setdefault((standing.lesson, row["exercise"]), {})
                awaits = needs and not marked and (own, *TOTAL) not in marks
                stops[own] = stops.get(own, 0) + awaits
        by_number = {standing.submission: standing for standing in self.standings()}
        return [
            Round(lesson, exercise, self.stops(by_number, exercise, stops, unanswered))
            for (lesson, exercise), stops in found.items()
        ]

    def stops(
        self, by_number: dict[int, Standing], exercise: str, open_: dict[int, int], unanswered: set[tuple[int, str]]
    ) -> tuple[ReviewStop, ...]:
        """One for each hand-in. open_: how many checks of each await a person."""
        return in_order(
            ReviewStop(by_number[n], self.shown(by_number[n].student), exercise, count, (n, exercise) in unanswered)
            for n, count in open_.items()
        )

    def round_with(self, lesson: str, exercise: str, submission: int) -> Round | None:
        """The round with this hand-in in it, even where nothing of it awaits anybody. None for what the gradebook does not have."""
        found = next((r for r in self.rounds() if (r.lesson, r.exercise) == (lesson, exercise)), None)
        found = found or Round(lesson, exercise, ())
        if found.index(submission) is not None:
            return found
        standing = next((s for s in self.standings() if (s.submission, s.lesson) == (submission, lesson)), None)
        has = "SELECT 1 FROM findings WHERE run = ? AND exercise = ?"
        if standing is None or next(self.book.rows(has, standing.run, exercise), None) is None:
            return None
        return replace(
            found, stops=in_order([*found.stops, ReviewStop(standing, self.shown(standing.student), exercise, 0)])
        )


def in_order(stops: Iterable[ReviewStop]) -> tuple[ReviewStop, ...]:
    """By the name that is shown: where names are hidden, the order tells nothing about them."""
    return tuple(sorted(stops, key=lambda stop: (natural(stop.who), stop.standing.submission)))


def natural(name: str) -> tuple[str, int]:
    """`Student 9` before `Student 10`."""
    head = name.rstrip("0123456789")
    return head, int(name[len(head) :][:9] or 0)
