"""Grades that a person typed into the LMS's sheet: they stay, unless one says otherwise.

The gradebook remembers each grade that it wrote for an LMS. What stands in the sheet and is neither that nor today's grade
was put there by somebody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.batch.decimals import decimal
from grader.batch.exports.people import ExportedStudent, note
from grader.batch.gradebook.store import Gradebook, now
from grader.model import Text

NONE = ("", "-", "–")  # how a sheet says that there is no grade
KEPT = Text(
    en="{who}: {there} was typed into the sheet and stays, here it is {ours}; --overwrite writes that.",
    ja="{who}: 表に手入力された {there} を残しました（採点結果は {ours}）。--overwrite を付けると書き換えます。",
)


@dataclass
class WrittenScores:
    """What was written for an LMS before, and what is written now. place: which column of which sheet. overwrite: as told."""

    book: Gradebook
    format: str
    place: str = ""
    overwrite: bool = False
    now: dict[tuple[str, str], str] = field(default_factory=dict)

    def refused(self, person: ExportedStudent, who: str, there: str, ours: str) -> Text | None:
        """Why a grade must not be written over what is there; None where it may be, and is remembered."""
        if there.strip() not in NONE and not self.overwrite and not self.is_ours(person, there, ours):
            return note(KEPT, who=who, there=there.strip(), ours=ours)
        self.now[person.standing.student, person.standing.lesson or ""] = ours
        return None

    def is_ours(self, person: ExportedStudent, there: str, ours: str) -> bool:
        key = (person.standing.student, person.standing.lesson or "", self.format, self.place)
        sql = "SELECT value FROM exported WHERE student = ? AND lesson = ? AND format = ? AND place = ?"
        before = next(self.book.rows(sql, *key), None)
        return same(there, ours) or (before is not None and same(there, before["value"]))

    def remember(self) -> None:
        with self.book.transaction():
            for (student, lesson), value in self.now.items():
                row = (student, lesson, self.format, self.place, value, now())
                self.book.db.execute("INSERT OR REPLACE INTO exported VALUES (?, ?, ?, ?, ?, ?)", row)


def same(one: str, other: str) -> bool:
    """`17,14`, `17.14` and `17.140` are the same grade."""
    numbers = decimal(one), decimal(other)
    if None in numbers:
        return one.strip() == other.strip()
    return abs((numbers[0] or 0.0) - (numbers[1] or 0.0)) < 0.005
