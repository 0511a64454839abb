"""Rubric items: sentences with points that are used again for everybody, and changed for everybody at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.batch.gradebook.store import Gradebook, now
from grader.errors import UsageError

LONGEST = 500  # characters of an item
MOST_POINTS = 1000.0


@dataclass(frozen=True)
class RubricQuestion:
    """One check of one exercise, over the whole class."""

    lesson: str
    exercise: str
    check: str

    @property
    def place(self) -> tuple[str, str]:
        return self.exercise, self.check


@dataclass(frozen=True)
class RubricItem:
    """points: added where it is chosen, below zero for a deduction. version: grows with every change."""

    id: int
    points: float
    text: str
    by: str
    version: int


@dataclass(frozen=True)
class Rubric:
    """The items of one question, in the order in which they were made. down: points are taken from full ones, not added to none."""

    items: tuple[RubricItem, ...]
    down: bool

    def chosen(self, ids: Iterable[int]) -> tuple[RubricItem, ...]:
        wanted = set(ids)
        return tuple(item for item in self.items if item.id in wanted)

    def sum(self, ids: Iterable[int], worth: float) -> float:
        """What the chosen items come to: never below zero, never above what the check is worth."""
        total = (worth if self.down else 0.0) + sum(item.points for item in self.chosen(ids))
        return round(min(max(total, 0.0), worth), 4)


def rubric(book: Gradebook, question: RubricQuestion) -> Rubric:
    where = (question.lesson, *question.place)
    rows = book.rows(
        "SELECT * FROM rubric WHERE lesson = ? AND exercise = ? AND check_id = ? AND NOT retired ORDER BY id", *where
    )
    items = tuple(RubricItem(row["id"], row["points"], row["text"], row["by"], row["version"]) for row in rows)
    found = next(
        book.rows("SELECT down FROM counting WHERE lesson = ? AND exercise = ? AND check_id = ?", *where), None
    )
    return Rubric(items, bool(found and found["down"]))


def untouched(book: Gradebook, question: RubricQuestion) -> bool:
    """Whether nobody ever made an item for it."""
    sql = "SELECT 1 FROM rubric WHERE lesson = ? AND exercise = ? AND check_id = ? LIMIT 1"
    return next(book.rows(sql, question.lesson, *question.place), None) is None


def add(book: Gradebook, question: RubricQuestion, points: float, text: str, by: str) -> int:
    """A new item; its number. Raises UsageError for an empty text or points out of all bounds."""
    text = checked(text, points)
    with book.transaction():
        values = (question.lesson, *question.place, points, text, by, now())
        sql = "INSERT INTO rubric (lesson, exercise, check_id, points, text, by, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        return int(book.db.execute(sql, values).lastrowid or 0)


def checked(text: str, points: float) -> str:
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise UsageError(
            f"A rubric item needs a text of 1 to {LONGEST} characters.",
            ja=f"採点項目には 1〜{LONGEST} 文字の文が必要です。",
        )
    if not -MOST_POINTS <= points <= MOST_POINTS:  # NaN compares with nothing, so it is refused too
        raise UsageError(
            f"A rubric item is worth -{MOST_POINTS:g} to {MOST_POINTS:g} points.",
            ja=f"採点項目の点数は -{MOST_POINTS:g}〜{MOST_POINTS:g} 点です。",
        )
    return text
