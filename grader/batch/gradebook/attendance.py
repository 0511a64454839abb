"""Who should have handed in, who did not, and who was late: kept in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.batch.gradebook.entries import Enrolment, Status
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import Gradebook
from grader.errors import UsageError

LEFT = -1  # the place in the roster of who is in it no longer


def enrol(book: Gradebook, students: Sequence[Enrolment]) -> None:
    """From now on these are the class, in this order. Who was in it before stays known as one who left."""
    rows = [(one.student, place, one.due, one.extension, one.team, one.section) for place, one in enumerate(students)]
    with book.transaction():
        book.db.execute("UPDATE roster SET position = ?", (LEFT,))
        book.db.executemany(
            "INSERT OR REPLACE INTO roster (student, position, due, extension, team, section) VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )


def enrolments(book: Gradebook) -> dict[str, Enrolment]:
    """The class by name, in the order of the roster; empty where no roster was ever given."""
    return {
        row["student"]: Enrolment(
            row["student"], row["due"], row["extension"] or 0.0, row["team"] or "", row["section"] or ""
        )
        for row in book.rows("SELECT * FROM roster WHERE position > ? ORDER BY position", LEFT)
    }  # fmt: skip


def enrolled(book: Gradebook) -> list[str]:
    """The names of the class, in the order of the roster."""
    return list(enrolments(book))


def of_section(book: Gradebook, section: str | None) -> set[str] | None:
    """The students of a part of the class; None for all. Raises UsageError for a part that the roster does not have."""
    if section is None:
        return None
    parts: dict[str, set[str]] = {}
    for one in enrolments(book).values():
        for part in one.section.split("; "):  # of who is in two
            parts.setdefault(part, set()).add(one.student)
    if section not in parts:
        there = ", ".join(sorted(filter(None, parts))) or "-"
        raise UsageError(
            f"The roster has no section {section}; it has: {there}.",
            ja=f"名簿にセクション {section} はありません。あるのは {there} です。",
        )
    return parts[section]


def left(book: Gradebook) -> list[str]:
    """Who was in an earlier roster, handed in, and is not in the roster any more."""
    sql = "SELECT student FROM roster WHERE position = ? AND student IN (SELECT student FROM submissions) ORDER BY student"
    return [row["student"] for row in book.rows(sql, LEFT)]


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
    """Give what was handed in under one name to another, with its marks: who the roster says it is. names: from old to new.

    All at once: two students may have changed their names for each other's.
    """
    here = {row["student"] for row in book.rows("SELECT student FROM submissions UNION SELECT student FROM identities")}
    moves = [(old, f"\0{number}", new) for number, (old, new) in enumerate(names.items()) if old != new and old in here]
    with book.transaction():
        for old, between, _ in moves:
            move(book, old, between)
        for old, between, new in moves:
            for number in move(book, between, new):
                book.change(by, "renamed", number, old, new)


def move(book: Gradebook, old: str, new: str) -> list[int]:
    """The submissions that are the new one's now. A file that both handed in stays with both."""
    sql = "UPDATE OR IGNORE submissions SET student = ? WHERE student = ? RETURNING id"
    numbers = [int(row["id"]) for row in book.db.execute(sql, (new, old)).fetchall()]
    book.db.execute("UPDATE OR IGNORE roster SET student = ? WHERE student = ?", (new, old))
    book.db.execute("UPDATE OR IGNORE identities SET student = ? WHERE student = ?", (new, old))
    book.db.execute("DELETE FROM identities WHERE student = ?", (old,))
    return numbers
