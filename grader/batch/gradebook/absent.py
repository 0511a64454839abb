"""Points for a student who handed in nothing: a line in the gradebook that a person's mark can stand on.

It is a submission without a file. The student is still missing, and whatever is handed in later takes its place.
"""

from __future__ import annotations

from grader import lessons
from grader.batch.gradebook.attendance import enrolled
from grader.batch.gradebook.store import Gradebook, now
from grader.batch.gradebook.worth import exercises_of
from grader.errors import UsageError
from grader.model import Text

ASKED = """SELECT r.id, r.possible FROM runs r JOIN submissions s ON s.id = r.submission
WHERE r.lesson = ? AND r.possible > 0 AND s.file <> '' ORDER BY r.batch DESC, r.possible DESC LIMIT 1"""
OF_NOTHING = """SELECT s.id AS submission, s.lesson, r.id AS run FROM submissions s JOIN runs r ON r.submission = s.id
WHERE s.file = ''"""
SCORES = "INSERT INTO scores SELECT ?, exercise, NULL, possible, 0 FROM scores WHERE run = ?"
NOTHING = Text(en="No notebook was handed in.", ja="ノートブックの提出がありません。")


def for_nothing(book: Gradebook, student: str, lesson: str | None) -> int:
    """Make that line, and return the number of the submission. Raises UsageError as `may_get_points`."""
    name = may_get_points(book, student, lesson)
    with book.transaction():
        batch = next(book.rows("SELECT max(id) AS id FROM batches"))["id"]
        book.db.execute(
            "INSERT OR IGNORE INTO submissions (student, file, sha256, lesson, batch) VALUES (?, '', ?, ?, ?)",
            (student, f"nothing for {name}", name, batch),
        )
        row = next(
            book.rows("SELECT id FROM submissions WHERE student = ? AND sha256 = ?", student, f"nothing for {name}")
        )
        known = next(book.rows("SELECT 1 FROM runs WHERE submission = ?", row["id"]), None)
        if known is None:
            run_of_nothing(book, row["id"], name, batch)
    return int(row["id"])


def may_get_points(book: Gradebook, student: str, lesson: str | None) -> str:
    """For which lesson. Raises UsageError for a student whom the roster does not have, or where the lesson is not clear."""
    if student not in enrolled(book):
        raise UsageError(
            f"{student} has handed in nothing and is not in the roster; give the roster to `grade batch --roster` first.",
            ja=f"{student} の提出はなく、名簿にもありません。先に grade batch --roster で名簿を指定してください。",
        )
    if lesson is None:
        return only_lesson(book, student)
    if lesson not in handed_in(book):
        lessons.lesson(lesson)  # known, though nobody handed it in yet
    return lesson


def run_of_nothing(book: Gradebook, submission: int, lesson: str, batch: int) -> None:
    """With what the lesson is worth, as it was asked of the others."""
    other = next(book.rows(ASKED, lesson), None)
    made = book.db.execute(
        "INSERT INTO runs (submission, batch, checks, seed, status, lesson, possible, pending, problem, problem_ja, worker,"
        " seconds, graded) VALUES (?, ?, '', 0, 'unreadable', ?, ?, 0, ?, ?, '', 0, ?)",
        (submission, batch, lesson, other["possible"] if other else 0.0, NOTHING.en, NOTHING.ja, now()),
    )
    if other is not None:
        book.db.execute(SCORES, (made.lastrowid, other["id"]))


def follow_the_class(book: Gradebook) -> None:
    """What is asked of the others now counts for those, too, who handed in nothing; their marks stay the same share."""
    for row in list(book.rows(OF_NOTHING)):
        other = next(book.rows(ASKED, row["lesson"]), None)
        if other is None or exercises_of(book, other["id"]) == exercises_of(book, row["run"]):
            continue
        with book.transaction(), book.worth_kept(row["submission"]):
            book.db.execute("UPDATE runs SET possible = ? WHERE id = ?", (other["possible"], row["run"]))
            book.db.execute("DELETE FROM scores WHERE run = ?", (row["run"],))
            book.db.execute(SCORES, (row["run"], other["id"]))


def handed_in(book: Gradebook) -> list[str]:
    """The lessons that anybody handed in."""
    sql = "SELECT DISTINCT lesson FROM submissions WHERE lesson IS NOT NULL ORDER BY lesson"
    return [str(row["lesson"]) for row in book.rows(sql)]


def only_lesson(book: Gradebook, student: str) -> str:
    """Raises UsageError where several lessons were handed in by the class, or none."""
    there = handed_in(book)
    if len(there) == 1:
        return there[0]
    raise UsageError(
        f"{student} has handed in nothing; say with --lesson which lesson the points are for: {', '.join(there) or 'any'}.",
        ja=f"{student} の提出がありません。どの課題の点数か --lesson で指定してください: {', '.join(there)}",
    )
