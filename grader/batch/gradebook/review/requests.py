"""What students ask about their marks: kept with the check in question, answered by a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.batch.gradebook.review.assessments import LONGEST, EditConflict, worth_of
from grader.batch.gradebook.review.rubric import RubricQuestion
from grader.batch.gradebook.store import Gradebook, now
from grader.errors import UsageError


@dataclass(frozen=True)
class Request:
    """answer: empty while nobody answered. version: grows with every change."""

    id: int
    submission: int
    exercise: str
    check: str
    words: str
    came: str
    answer: str
    by: str
    version: int


def requests(book: Gradebook, submission: int | None = None) -> Iterator[Request]:
    """All of them, or those about one hand-in, in the order in which they came."""
    sql = "SELECT * FROM requests WHERE ? IS NULL OR submission = ? ORDER BY id"
    for row in book.rows(sql, submission, submission):
        yield Request(
            row["id"], row["submission"], row["exercise"], row["check_id"], row["words"], row["came"], row["answer"],
            row["by"], row["version"],
        )  # fmt: skip


def ask(book: Gradebook, hand_in: int, sha256: str, exercise: str, check: str, words: str) -> bool:
    """Keep what a student asks about a hand-in. False: it was there already.

    hand_in: the number of the submission; sha256: of the hand-in or of the notebook in it, so that the number alone opens nothing.
    Raises UsageError for a hand-in or a check that the gradebook does not know.
    """
    sql = (
        "SELECT s.id, s.lesson FROM submissions s WHERE s.id = :id AND (s.sha256 = :sha OR EXISTS"
        " (SELECT 1 FROM runs r WHERE r.submission = s.id AND json_extract(r.report, '$.sha256') = :sha))"
    )
    row = next(book.rows(sql, {"id": hand_in, "sha": sha256}), None)
    if row is None:
        raise UsageError(
            "It is about a hand-in that this gradebook does not have.", ja="この採点簿にない提出物についての質問です。"
        )
    question = RubricQuestion(row["lesson"] or "", exercise, check)
    worth_of(book, row["id"], question)
    with book.transaction():
        values = (row["id"], *question.place, words, now())
        sql = "INSERT OR IGNORE INTO requests (submission, exercise, check_id, words, came) VALUES (?, ?, ?, ?, ?)"
        added = book.db.execute(sql, values).rowcount > 0
        if added:
            book.change("student", f"asked about {'.'.join(question.place)}", row["id"], "", words)
    return added


def answer(book: Gradebook, submission: int, number: int, text: str, version: int, by: str) -> None:
    """Answer a request; an empty text opens it again. Raises Overtaken where somebody else answered first."""
    with book.transaction():
        row = next(book.rows("SELECT * FROM requests WHERE id = ? AND submission = ?", number, submission), None)
        if row is None or row["version"] != version:
            raise EditConflict(row["by"] if row else "")
        text = text.strip()[:LONGEST]
        sql = "UPDATE requests SET answer = ?, by = ?, at = ?, version = version + 1 WHERE id = ?"
        book.db.execute(sql, (text, by, now(), number))
        book.change(by, f"answered about {row['exercise']}.{row['check_id']}", row["submission"], row["answer"], text)
