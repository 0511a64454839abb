"""Which of a student's several hand-ins counts, where a person decides it."""

from __future__ import annotations

from typing import Any

from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.find_student import who
from grader.batch.gradebook.queries import of_submission
from grader.batch.gradebook.store import Gradebook, now
from grader.errors import UsageError


def choose(book: Gradebook, student: str, file: str, lesson: str | None, by: str) -> Standing:
    """Let this hand-in count for its lesson. file: its name, or its number. Raises UsageError where that is none, or several.

    It counts among what came with the same batch: a later hand-in comes before it.
    """
    student = who(book, student)
    there = handed_in(book, student, lesson)
    found = [row for row in there if file in (row["file"], str(row["id"]))]
    if len(found) != 1:
        shown = ", ".join(label(row) for row in there) or "-"
        raise UsageError(
            f"{student} has {'no' if not found else 'several'} hand-ins {file}; there are: {shown}.",
            ja=f"{student} の提出物に {file} {'はありません' if not found else 'が複数あります'}。あるのは {shown} です。",
        )
    (chosen,) = found
    others = [row["id"] for row in there if row["slot"] == chosen["slot"] and row["id"] != chosen["id"]]
    with book.transaction():
        book.db.executemany("DELETE FROM decided WHERE submission = ?", [(number,) for number in others])
        book.db.execute("INSERT OR REPLACE INTO decided VALUES (?, ?, ?)", (chosen["id"], by, now()))
        book.change(by, "counts", chosen["id"], "", chosen["file"])
    return of_submission(book, chosen["id"])


def handed_in(book: Gradebook, student: str, lesson: str | None) -> list[Any]:
    """What the student handed in with the latest batch, graded, for the lesson or for any."""
    sql = """SELECT s.*, coalesce(r.lesson, '') AS slot FROM submissions s JOIN runs r ON r.submission = s.id
        WHERE r.id = (SELECT max(id) FROM runs WHERE submission = s.id) AND s.student = ? ORDER BY s.id"""
    rows = list(book.rows(sql, student))
    latest = {slot: max(row["batch"] for row in rows if row["slot"] == slot) for slot in {row["slot"] for row in rows}}
    return [row for row in rows if row["batch"] == latest[row["slot"]] and lesson in (None, row["slot"])]


def label(row: Any) -> str:
    """`hw.ipynb (number 7, 2026-11-20 10:11 UTC)`."""
    when = f", {row['handed_in'][:16].replace('T', ' ')} UTC" if row["handed_in"] else ""
    return f"{row['file']} (number {row['id']}{when})"
