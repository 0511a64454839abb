"""Who should have handed in, who did not, and who was late: kept in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.batch.entries import Status
from grader.batch.gradebook import Gradebook
from grader.batch.standings import standings


def enrol(book: Gradebook, students: Sequence[str]) -> None:
    """From now on these are the class, in this order."""
    with book.transaction():
        book.db.execute("DELETE FROM roster")
        book.db.executemany("INSERT INTO roster VALUES (?, ?)", [(name, place) for place, name in enumerate(students)])


def enrolled(book: Gradebook) -> list[str]:
    """The class, in the order of the roster; empty where no roster was ever given."""
    return [row["student"] for row in book.rows("SELECT student FROM roster ORDER BY position")]


def missing(book: Gradebook, lesson: str | None = None) -> list[tuple[str, str]]:
    """(student, lesson) of the class without a submission, for each lesson that somebody handed in, or for the one asked for.

    A student whose file is of no known lesson did hand in something, so is not missing anywhere.
    """
    came: dict[str, set[str]] = {}
    for place in standings(book):
        there = came.setdefault(place.lesson or "", set())
        if place.status is not Status.ABSENT:
            there.add(place.student)
    unclear = came.pop("", set())
    lessons = [lesson] if lesson is not None else sorted(came) or [""]
    everybody = enrolled(book)
    return [(s, name) for name in lessons for s in everybody if s not in came.get(name, set()) and s not in unclear]


def unknown(book: Gradebook) -> set[str]:
    """Who handed in and is not in the class. Empty where no roster was ever given."""
    known = set(enrolled(book))
    return {place.student for place in standings(book)} - known if known else set()


def note_lateness(book: Gradebook, late: Mapping[int, tuple[float | None, float]], by: str) -> None:
    """Keep (late, rate) for each submission. A rate that is another one than before goes into the record of changes."""
    with book.transaction():
        for submission, (seconds, rate) in late.items():
            before = book.db.execute("SELECT late, rate FROM submissions WHERE id = ?", (submission,)).fetchone()
            if (before["late"], before["rate"]) != (seconds, rate):
                book.db.execute("UPDATE submissions SET late = ?, rate = ? WHERE id = ?", (seconds, rate, submission))
            if before["rate"] != rate:
                book.change(by, "late penalty", submission, f"{before['rate']:.0%}", f"{rate:.0%}")


def rename(book: Gradebook, names: Mapping[str, str], by: str) -> None:
    """Give what was handed in under one name to another, with its marks: who the roster says it is. names: from old to new."""
    here = {row["student"] for row in book.rows("SELECT DISTINCT student FROM submissions")}
    with book.transaction():
        for old, new in names.items():
            if old == new or old not in here:
                continue
            sql = "UPDATE OR IGNORE submissions SET student = ? WHERE student = ? RETURNING id"
            for row in book.db.execute(sql, (new, old)).fetchall():
                book.change(by, "renamed", row["id"], old, new)
            book.db.execute("UPDATE OR IGNORE identities SET student = ? WHERE student = ?", (new, old))
            book.db.execute("DELETE FROM identities WHERE student = ?", (old,))
