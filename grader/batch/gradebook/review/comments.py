"""Comments at a cell of a hand-in, or at a line of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.batch.gradebook.review.assessments import LONGEST, EditConflict
from grader.batch.gradebook.store import Gradebook, now
from grader.model import Comment


@dataclass(frozen=True)
class CommentPlace:
    """Where a comment stands. cell counts from 0, line from 1 within it; quote: what stands there."""

    cell: int
    line: int | None = None
    exercise: str = ""
    quote: str = ""


@dataclass(frozen=True)
class StoredComment:
    """A comment as it is kept. version: grows with every change."""

    id: int
    spot: CommentPlace
    text: str
    by: str
    at: str
    version: int


def comments(book: Gradebook, submission: int) -> Iterator[StoredComment]:
    """In the order of the hand-in."""
    sql = "SELECT * FROM comments WHERE submission = ? ORDER BY cell, coalesce(line, 0), id"
    for row in book.rows(sql, submission):
        spot = CommentPlace(row["cell"], row["line"], row["exercise"], row["quote"])
        yield StoredComment(row["id"], spot, row["text"], row["by"], row["at"], row["version"])


def write(book: Gradebook, submission: int, spot: CommentPlace, text: str, by: str) -> int:
    """A new comment; its number."""
    with book.transaction():
        values = (submission, spot.exercise, spot.cell, spot.line, spot.quote, text[:LONGEST], by, now())
        sql = "INSERT INTO comments (submission, exercise, cell, line, quote, text, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        number = int(book.db.execute(sql, values).lastrowid or 0)
        book.change(by, f"commented cell {spot.cell + 1}", submission, "", text[:LONGEST])
    return number


def rewrite(book: Gradebook, submission: int, number: int, text: str, version: int, by: str) -> None:
    """Other words for a comment; none take it away. Raises Overtaken where somebody else changed it first."""
    with book.transaction():
        row = next(book.rows("SELECT * FROM comments WHERE id = ? AND submission = ?", number, submission), None)
        if row is None or row["version"] != version:
            raise EditConflict(row["by"] if row else "")
        if text:
            sql = "UPDATE comments SET text = ?, by = ?, at = ?, version = version + 1 WHERE id = ?"
            book.db.execute(sql, (text[:LONGEST], by, now(), number))
        else:
            book.db.execute("DELETE FROM comments WHERE id = ?", (number,))
        book.change(by, f"commented cell {row['cell'] + 1}", row["submission"], row["text"], text[:LONGEST])


def for_report(book: Gradebook, submission: int) -> tuple[Comment, ...]:
    """What people wrote at this hand-in, as its report has it."""
    at_cells = [
        Comment(c.text, c.by, c.spot.exercise, cell=c.spot.cell, line=c.spot.line, quote=c.spot.quote)
        for c in comments(book, submission)
    ]
    sql = "SELECT * FROM requests WHERE submission = ? AND answer <> '' ORDER BY id"
    answers = [
        Comment(row["answer"], row["by"], row["exercise"], row["check_id"], asked=row["words"])
        for row in book.rows(sql, submission)
    ]
    return (*at_cells, *answers)
