"""What can be asked of a gradebook: who stands where, what was found, what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from typing import Any

from grader.batch.gradebook.entries import PER_BATCH, Change, Difference, FindingRow, Standing, Status
from grader.batch.gradebook.exercise_points import Points, factors, scaled, summed
from grader.batch.gradebook.find_student import who
from grader.batch.gradebook.marks import TOTAL, marked
from grader.batch.gradebook.review.comments import for_report
from grader.batch.gradebook.store import Gradebook
from grader.errors import UsageError
from grader.model import Late, Mark, Outcome, Report, Score, Text
from grader.report import json

# What a submission and its run tell of where a student stands.
COLUMNS = """s.*, r.id AS run, r.status, r.earned, r.possible, r.pending, r.problem, r.problem_ja, r.seconds, r.graded,
 coalesce(r.lesson, '') AS slot, r.batch AS run_batch, (SELECT count(*) FROM marks m WHERE m.submission = s.id) AS marks,
 (SELECT count(*) FROM decided d WHERE d.submission = s.id) AS decided"""
# The latest submission of each student in each lesson, with its latest run: as of a batch, or as of today. A file of no
# known lesson counts while nothing later came from that student.
LATEST = f"""
WITH seen AS (
  SELECT {COLUMNS}, row_number() OVER (PARTITION BY s.id ORDER BY r.id DESC) AS age
  FROM submissions s JOIN runs r ON r.submission = s.id
  WHERE r.batch <= :batch AND (:student IS NULL OR s.student = :student)
), latest AS (
  SELECT *, row_number() OVER (PARTITION BY student, slot ORDER BY min(batch, :batch) DESC, decided DESC, attempt DESC,
           handed_in DESC, id DESC) AS place,
         first_value(slot) OVER (PARTITION BY student ORDER BY min(batch, :batch) DESC, attempt DESC, handed_in DESC,
           id DESC) AS newest
  FROM seen WHERE age = 1
)
SELECT * FROM latest WHERE place = 1 AND (slot <> '' OR newest = '') ORDER BY student, slot
"""
# The other files of a student for the same lesson, the later first. Where nothing was handed in there is nothing to compare.
ATTEMPTS = f"""
SELECT {COLUMNS} FROM submissions s JOIN runs r ON r.submission = s.id
WHERE r.id = (SELECT max(id) FROM runs WHERE submission = s.id AND batch <= :batch)
  AND s.student = :student AND r.lesson = :lesson AND s.id <> :last AND s.file <> ''
ORDER BY s.batch DESC, s.attempt DESC, s.handed_in DESC, s.id DESC
"""
NOW = 1 << 62  # later than every batch


def standings(
    book: Gradebook, lesson: str | None = None, student: str | None = None, batch: int = NOW
) -> Iterator[Standing]:
    """Everybody's latest, with the marks in it, by student and lesson. batch: as it was after that one."""
    for row in book.rows(LATEST, {"batch": batch, "student": student}):
        if lesson in (None, row["slot"]) and (row["file"] or row["marks"]):
            place = standing(book, row)
            yield place if row["decided"] else counting(book, place, batch)


def counting(book: Gradebook, last: Standing, batch: int) -> Standing:
    """The attempt that counts where nobody decided it: the last, or the best where that is the rule. A total that a person set is never passed over."""
    if last.attempt != "best" or last.lesson is None:
        return last
    rows = book.rows(
        ATTEMPTS, {"batch": batch, "student": last.student, "lesson": last.lesson, "last": last.submission}
    )
    attempts = [last, *(standing(book, row) for row in rows)]
    return max(attempts, key=lambda one: (one.overridden, -1.0 if one.final is None else one.final))


def of_submission(book: Gradebook, submission: int) -> Standing:
    """One submission with its latest run, whether or not it is the student's latest."""
    sql = f"SELECT {COLUMNS} FROM submissions s JOIN runs r ON r.submission = s.id WHERE s.id = ? ORDER BY r.id DESC LIMIT 1"
    return standing(book, next(book.rows(sql, submission)))


def lessons_of(book: Gradebook, hashes: Collection[str]) -> set[str]:
    """Of which lessons these hand-ins were, by the latest run of each that knew."""
    sql = "SELECT s.sha256, r.lesson FROM submissions s JOIN runs r ON r.submission = s.id WHERE r.lesson IS NOT NULL ORDER BY r.id"
    latest = {row["sha256"]: str(row["lesson"]) for row in book.rows(sql)}
    return {lesson for sha256, lesson in latest.items() if sha256 in hashes}


def standing(book: Gradebook, row: Any) -> Standing:
    marks = book.marks(row["id"]) if row["marks"] else {}
    rules = book.rules(row["id"])
    score: Score | None = None
    if TOTAL in marks or row["status"] == Status.GRADED:
        score = Score(row["earned"], row["possible"], row["pending"])
        if rules.points:
            score = summed(scores(book, row["run"]), rules.points)
        if marks:
            score = with_marks(book, row["run"], score, marks)
    return Standing(
        submission=row["id"], run=row["run"], student=row["student"], lesson=row["slot"] or None, file=row["file"],
        sha256=row["sha256"], handed_in=row["handed_in"], graded=row["graded"], batch=row["run_batch"],
        status=Status(row["status"]) if row["file"] else Status.ABSENT, score=score, problem=problem(row), seconds=row["seconds"],
        marks=len(marks), overridden=TOTAL in marks, late=row["late"], rate=row["rate"],
        doubt=bool(row["doubt"]) and not row["decided"],
        attempt=rules.attempt,
    )  # fmt: skip


def scores(book: Gradebook, run: int) -> list[tuple[str, Score]]:
    """The exercises of a run, in the points of their checks."""
    rows = book.rows("SELECT * FROM scores WHERE run = ?", run)
    return [(row["exercise"], Score(row["earned"], row["possible"], row["pending"])) for row in rows]


def problem(row: Any) -> Text | None:
    """Why there is no score. In English only, where the gradebook is from before both were kept."""
    return Text(en=row["problem"], ja=row["problem_ja"] or row["problem"]) if row["problem"] else None


def with_marks(book: Gradebook, run: int, score: Score, marks: dict[tuple[str, str], Mark]) -> Score:
    found = report(book, run)
    if found is not None:
        return marked(found, marks).score
    return Score(marks[TOTAL].points, score.possible)  # nothing was graded, and a person gave points all the same


def flat(place: Standing) -> dict[str, Any]:
    """A standing as one flat row for another program: the score in it, the penalty, and what counts in the end."""
    score = asdict(place.score) if place.score else dict.fromkeys(("earned", "possible", "pending"))
    told = {key: value for key, value in asdict(place).items() if key != "score"}
    why = place.problem.en if place.problem else ""
    return {**told, **score, "problem": why, "penalty": place.penalty, "final": place.final}


def one(book: Gradebook, student: str, lesson: str | None = None) -> Standing:
    """student: as the gradebook calls them, or as `whois` knows them.

    Raises UsageError where there is no such student, or several lessons to choose from.
    """
    student = who(book, student)
    found = list(standings(book, lesson, student))
    if not found:
        where, of = (f" in {lesson}", f"{lesson} の") if lesson else ("", "")
        raise UsageError(
            f"The gradebook has nothing from {student}{where}; `grade book list` shows what it has.",
            ja=f"採点簿に {student} の{of}提出はありません。grade book list で一覧を確かめてください。",
        )
    if len(found) > 1:
        several = ", ".join(s.lesson or s.file for s in found)
        raise UsageError(
            f"{student} has several lessons: {several}; choose one with --lesson.",
            ja=f"{student} は複数の課題（{several}）を提出しています。--lesson で 1 つ選んでください。",
        )
    return found[0]


def report_text(book: Gradebook, place: Standing) -> str | None:
    """The JSON of a student's report, with marks, comments and the penalty in it. None where nothing could be graded."""
    text = next(book.rows("SELECT report FROM runs WHERE id = ?", place.run))["report"]
    if text is None:
        return None
    points, comments = points_of(book, place.run), for_report(book, place.submission)
    if not (place.marks or place.penalty or points or comments):
        return str(text)
    found = scaled(json.read(text), points)
    if place.marks:
        found = marked(found, book.marks(place.submission))
    return json.render(replace(found, late=late(place), comments=comments))


def late(place: Standing) -> Late | None:
    """What being late costs; None where it costs nothing."""
    if not place.penalty or place.final is None:
        return None
    return Late(place.late or 0.0, place.rate, place.penalty, place.final)


def report(book: Gradebook, run: int) -> Report | None:
    """A run's report, as it was judged, in the points that count. None where nothing could be graded."""
    text = next(book.rows("SELECT report FROM runs WHERE id = ?", run))["report"]
    return None if text is None else scaled(json.read(text), points_of(book, run))


def points_of(book: Gradebook, run: int) -> Points:
    """What the exercises of a run are worth by the rules; empty where they are worth what their checks are."""
    return book.rules(next(book.rows("SELECT submission FROM runs WHERE id = ?", run))["submission"]).points


def latest_run(book: Gradebook, submission: int) -> int:
    return int(next(book.rows("SELECT max(id) AS id FROM runs WHERE submission = ?", submission))["id"])


def findings(book: Gradebook, lesson: str | None = None, batch: int = NOW) -> Iterator[FindingRow]:
    """What the latest run of everybody found, check by check, with the marks in it."""
    for place in standings(book, lesson, batch=batch):
        marks = book.marks(place.submission) if place.marks else {}
        own = {name: score.possible for name, score in scores(book, place.run)}
        by = factors(own, points_of(book, place.run))
        for row in book.rows("SELECT * FROM findings WHERE run = ? ORDER BY position", place.run):
            mark = marks.get((row["exercise"], row["check_id"]))
            points, earned = (row[name] * by.get(row["exercise"], 1.0) for name in ("points", "earned"))
            yield FindingRow(
                place.student, place.lesson or "", row["exercise"], row["check_id"], Outcome(row["outcome"]), points,
                min(mark.points, points) if mark else earned, row["misconception"], row["seconds"], mark is not None,
            )  # fmt: skip


def identities(book: Gradebook, lesson: str | None = None) -> dict[str, dict[str, str]]:
    """What each student is called elsewhere: `entries.IDENTITY` -> value, as far as it is known.

    lesson: with the numbers and names that the LMS gave for this lesson's assignment, where a student handed it in.
    """
    handed = {}
    if lesson is not None:
        sql = "SELECT student, max(batch) AS batch FROM submissions WHERE lesson = ? GROUP BY student"
        handed = {row["student"]: row["batch"] for row in book.rows(sql, lesson)}
    found: dict[str, dict[str, str]] = {}
    for row in book.rows("SELECT * FROM identities ORDER BY batch"):
        if row["key"] not in PER_BATCH or row["batch"] <= handed.get(row["student"], NOW):
            found.setdefault(row["student"], {})[row["key"]] = row["value"]
    return found


def batches(book: Gradebook) -> Iterator[dict[str, Any]]:
    """The batches there were, and how many runs each brought."""
    sql = "SELECT b.*, (SELECT count(*) FROM runs r WHERE r.batch = b.id) AS runs FROM batches b ORDER BY id"
    yield from (dict(row) for row in book.rows(sql))


def changes(book: Gradebook, student: str | None = None) -> Iterator[Change]:
    """Who changed what and when, from the beginning."""
    sql = "SELECT c.*, s.student, s.lesson FROM changes c JOIN submissions s ON s.id = c.submission ORDER BY c.id"
    for row in book.rows(sql):
        if student in (None, row["student"]):
            yield Change(row["at"], row["by"], row["what"], row["student"], row["lesson"], row["before"], row["after"])


def compare(book: Gradebook, before: int, after: int) -> list[Difference]:
    """Every check that came out differently as of one batch and as of another. Raises UsageError for no such batch."""
    known = [row["id"] for row in batches(book)]
    for number in (before, after):
        if number not in known:
            there = ", ".join(map(str, known))
            raise UsageError(
                f"There is no batch {number}; there are: {there or 'none'}.",
                ja=f"{number} 回目の採点はありません。あるのは {there} です。"
                if there
                else "採点はまだ一度もありません。",
            )
    old, new = (outcomes(book, number) for number in (before, after))
    places = sorted(set(old) | set(new))
    return [Difference(*place, old.get(place), new.get(place)) for place in places if old.get(place) != new.get(place)]


def outcomes(book: Gradebook, batch: int) -> dict[tuple[str, str, str, str], tuple[Outcome, float]]:
    return {(f.student, f.lesson, f.exercise, f.check): (f.outcome, f.earned) for f in findings(book, batch=batch)}
