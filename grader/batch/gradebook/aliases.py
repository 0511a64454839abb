"""Names that say nothing: a number for each student, drawn by lot, so that a marker does not see whose work it is.

The number is kept in the gradebook, stays with a student who is renamed, and leads back to the student in every command.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable

from grader.batch.gradebook.store import Gradebook
from grader.model import Language, Text

LOWEST, HIGHEST = 100, 999  # three digits; a large class gets more
WORDS = Text(en="Student {number}", ja="学生 {number}")
ALIAS = re.compile(r"(?:student|学生)\s*(\d+)")
Hidden = Callable[[str], str]


def hidden(book: Gradebook, language: Language) -> Hidden:
    """From a student's name to the alias, for everybody in the gradebook. The book must be open for writing."""
    numbers = drawn(book)
    return lambda student: WORDS.in_(language).format(number=numbers[student]) if student in numbers else student


def drawn(book: Gradebook) -> dict[str, int]:
    """Everybody's number; whoever has none yet gets one."""
    with book.transaction():
        numbers = {row["student"]: int(row["number"]) for row in book.rows("SELECT * FROM aliases")}
        new = [student for student in everybody(book) if student not in numbers]
        free = by_lot(len(new), taken=numbers.values())
        book.db.executemany("INSERT INTO aliases VALUES (?, ?)", zip(new, free, strict=True))
    return numbers | dict(zip(new, free, strict=True))


def everybody(book: Gradebook) -> list[str]:
    """Who handed in, and who is in the roster."""
    sql = "SELECT student FROM submissions UNION SELECT student FROM roster ORDER BY student"
    return [row["student"] for row in book.rows(sql)]


def by_lot(count: int, taken: Iterable[int]) -> list[int]:
    """Numbers that nobody has, in no order: one drawn by the alphabet would tell who it is."""
    used = set(taken)
    highest = HIGHEST
    while highest - LOWEST + 1 < 2 * (len(used) + count):
        highest = highest * 10 + 9
    free = [number for number in range(LOWEST, highest + 1) if number not in used]
    return secrets.SystemRandom().sample(free, count)


def behind(book: Gradebook, said: str) -> str | None:
    """The student whose alias this is (`Student 417`, `学生 417`), or None."""
    match = ALIAS.fullmatch(unicodedata.normalize("NFKC", said).strip().casefold())
    if match is None:
        return None
    row = next(book.rows("SELECT student FROM aliases WHERE number = ?", int(match[1])), None)
    return None if row is None else str(row["student"])
