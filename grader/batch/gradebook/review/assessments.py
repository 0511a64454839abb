"""The mark of one check as a reviewer makes it: chosen rubric items, or points that were typed, and a comment.

The mark itself stays where everything else looks for it, in `marks`; beside it is kept what it was made of. A mark that was
given elsewhere (`grade book mark`) takes the place of that: it is shown as points that were typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.batch.gradebook.exercise_points import factors
from grader.batch.gradebook.review.rubric import Rubric, RubricQuestion, checked, rubric
from grader.batch.gradebook.store import Gradebook
from grader.errors import GraderError, UsageError
from grader.model import Mark

LONGEST = 20_000  # characters of a comment


@dataclass(frozen=True)
class Assessment:
    """points: those that count, None while nobody has marked it. typed: None where they are the sum of the items."""

    points: float | None
    typed: float | None
    items: tuple[int, ...]
    comment: str
    by: str
    at: str
    version: int


class EditConflict(GraderError):
    """Somebody else changed it meanwhile; nothing was written."""

    def __init__(self, by: str) -> None:
        super().__init__(
            f"{by or 'Somebody else'} changed this meanwhile; nothing of it was overwritten.",
            ja=f"その間に {by} さんが変更したため、上書きしませんでした。"
            if by
            else "その間にほかの人が変更したため、上書きしませんでした。",
        )


def assessment(book: Gradebook, question: RubricQuestion, submission: int) -> Assessment:
    """Where a check stands."""
    where = (submission, *question.place)
    condition = "WHERE submission = ? AND exercise = ? AND check_id = ?"
    version = next(book.rows(f"SELECT version FROM versions {condition}", *where), None)
    made = next(book.rows(f"SELECT * FROM assessments {condition}", *where), None)
    items = tuple(row["item"] for row in book.rows(f"SELECT item FROM chosen {condition} ORDER BY item", *where))
    mark = next(book.rows(f"SELECT * FROM marks {condition}", *where), None)
    number = int(version["version"]) if version else 0
    typed: float | None = made["points"] if made else None
    comment = str(made["comment"]) if made else ""
    if mark is None:
        return Assessment(None, None, (), comment, "", "", number)
    known = rubric(book, question)
    follows = typed if typed is not None else known.sum(items, worth_of(book, submission, question)) if items else None
    if (mark["points"], mark["comment"]) != (follows, told(known, items, typed, comment)):
        items, typed, comment = (), mark["points"], mark["comment"]  # given elsewhere
    return Assessment(mark["points"], typed, items, comment, mark["by"], mark["at"], number)


def assess(book: Gradebook, question: RubricQuestion, submission: int, given: Assessment, by: str) -> Assessment:
    """Write what a reviewer gave, on top of the version they saw, and return where it stands then.

    Neither items nor points: there is no mark, and the comment is kept. Raises Overtaken, and UsageError for what cannot be.
    """
    worth = worth_of(book, submission, question)
    known = rubric(book, question)
    items = tuple(item.id for item in known.chosen(given.items))
    if given.typed is not None and not 0 <= given.typed <= worth:
        raise UsageError(
            f"It is worth 0 to {worth:g} points, not {given.typed:g}.",
            ja=f"点数は 0〜{worth:g} 点です（{given.typed:g} 点は付けられません）。",
        )
    comment = given.comment.strip()[:LONGEST]
    with book.transaction():
        before = assessment(book, question, submission)
        if before.version != given.version:
            raise EditConflict(before.by)
        if (before.typed, before.items, before.comment) == (given.typed, items, comment):
            return before
        keep(book, question, submission, given.typed, items, comment)
        settle(book, question, submission, known, worth, by)
    return assessment(book, question, submission)


def keep(
    book: Gradebook,
    question: RubricQuestion,
    submission: int,
    typed: float | None,
    items: tuple[int, ...],
    comment: str,
) -> None:
    where = (submission, *question.place)
    for table in ("assessments", "chosen"):
        book.db.execute(f"DELETE FROM {table} WHERE submission = ? AND exercise = ? AND check_id = ?", where)
    book.db.execute("INSERT INTO assessments VALUES (?, ?, ?, ?, ?)", (*where, typed, comment))
    book.db.executemany("INSERT INTO chosen VALUES (?, ?, ?, ?)", [(*where, item) for item in items])


def settle(book: Gradebook, question: RubricQuestion, submission: int, known: Rubric, worth: float, by: str) -> None:
    """Make the mark that follows from what is kept. It is written only where it is another one."""
    condition = "WHERE submission = ? AND exercise = ? AND check_id = ?"
    where = (submission, *question.place)
    made = next(book.rows(f"SELECT * FROM assessments {condition}", *where))
    items = tuple(row["item"] for row in book.rows(f"SELECT item FROM chosen {condition} ORDER BY item", *where))
    mark = None
    if made["points"] is not None or items:
        points = known.sum(items, worth) if made["points"] is None else made["points"]
        mark = Mark(points, by, told(known, items, made["points"], made["comment"]))
    before = book.marks(submission).get(question.place)
    if before is None or mark is None or (before.points, before.comment) != (mark.points, mark.comment):
        if before is None and mark is None:
            return
        book.put_mark(submission, question.place, mark, by)


def told(known: Rubric, items: tuple[int, ...], typed: float | None, comment: str) -> str:
    """The comment as the student reads it: the chosen items, with their points where these are what is summed, and the reviewer's words."""
    lines = [f"{item.text}{'' if typed is not None else signed(item.points)}" for item in known.chosen(items)]
    return "\n".join([*lines, comment] if comment else lines)


def signed(points: float) -> str:
    """` (+2)`, ` (−0.5)`; nothing for a remark without points."""
    return f" ({points:+g})".replace("-", "−") if points else ""


def worth_of(book: Gradebook, submission: int, question: RubricQuestion) -> float:
    """What the check is worth in the latest run, in the points that count. Raises UsageError where that run has no such check."""
    sql = (
        "SELECT f.points, s.possible FROM findings f JOIN scores s ON s.run = f.run AND s.exercise = f.exercise"
        " WHERE f.run = (SELECT max(id) FROM runs WHERE submission = ?) AND f.exercise = ? AND f.check_id = ?"
    )
    row = next(book.rows(sql, submission, *question.place), None)
    if row is None:
        raise UsageError(
            f"The hand-in has no check {'.'.join(question.place)}.",
            ja=f"この提出物に確認項目 {'.'.join(question.place)} はありません。",
        )
    by = factors({question.exercise: row["possible"]}, book.rules(submission).points)
    return float(row["points"]) * by.get(question.exercise, 1.0)


# --- rubric items that change what was given ---------------------------------------------------


def revise(
    book: Gradebook, question: RubricQuestion, item: int, points: float, text: str, version: int, by: str
) -> int:
    """Give an item other words or points, and everybody who has it the mark that follows; how many marks that changed.

    Raises Overtaken where somebody else revised it first.
    """
    text = checked(text, points)
    return changed(book, question, item, version, by, "points = ?, text = ?", (points, text))


def retire(book: Gradebook, question: RubricQuestion, item: int, version: int, by: str) -> int:
    """Take an item away. Whoever had it loses it, and has no mark where nothing else was given."""
    return changed(book, question, item, version, by, "retired = 1", ())


def changed(
    book: Gradebook, question: RubricQuestion, item: int, version: int, by: str, what: str, values: tuple[object, ...]
) -> int:
    where = (item, question.lesson, *question.place)
    with book.transaction():
        condition = "WHERE id = ? AND lesson = ? AND exercise = ? AND check_id = ? AND NOT retired"
        row = next(book.rows(f"SELECT version, by FROM rubric {condition}", *where), None)
        if row is None or row["version"] != version:
            raise EditConflict(row["by"] if row else "")
        holders = [r["submission"] for r in book.rows("SELECT submission FROM chosen WHERE item = ?", item)]
        shown = {number: assessment(book, question, number) for number in holders}
        book.db.execute(f"UPDATE rubric SET {what}, version = version + 1, by = ? WHERE id = ?", (*values, by, item))
        if what.startswith("retired"):
            book.db.execute("DELETE FROM chosen WHERE item = ?", (item,))
        return resettled(book, question, {n: one for n, one in shown.items() if item in one.items}, by)


def count(book: Gradebook, question: RubricQuestion, down: bool, by: str) -> int:
    """Whether the points of this question are taken from full ones or added to none; how many marks that changed."""
    sql = "SELECT DISTINCT submission FROM chosen WHERE exercise = ? AND check_id = ?"
    with book.transaction():
        holders = [r["submission"] for r in book.rows(sql, *question.place)]
        shown = {number: assessment(book, question, number) for number in holders if of_lesson(book, number, question)}
        values = (question.lesson, *question.place, int(down))
        book.db.execute("INSERT OR REPLACE INTO counting VALUES (?, ?, ?, ?)", values)
        return resettled(book, question, {n: one for n, one in shown.items() if one.items}, by)


def of_lesson(book: Gradebook, submission: int, question: RubricQuestion) -> bool:
    return bool(next(book.rows("SELECT lesson FROM submissions WHERE id = ?", submission))["lesson"] == question.lesson)


def resettled(book: Gradebook, question: RubricQuestion, shown: dict[int, Assessment], by: str) -> int:
    """The marks anew, of those whose mark was made of these items; the name below each stays that of its reviewer."""
    known, changes = rubric(book, question), 0
    for submission, before in shown.items():
        settle(book, question, submission, known, worth_of(book, submission, question), before.by or by)
        after = book.marks(submission).get(question.place)
        changes += after is None or after.points != before.points
    return changes
