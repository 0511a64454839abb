"""The gradebook: one SQLite file that holds what was handed in, what was found, what people decided, and who changed what.

Theory of operation. Every public method is one transaction (or reads only), and a transaction that has been committed
is on the disk (WAL with synchronous=FULL), so a result can be announced once `record` has returned. One process grades
at a time: it holds a lock that the operating system takes away when the process ends, however it ends. Others may read,
and give marks, while it does. What SQLite says is turned into a sentence here and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grader.batch.gradebook.course_rules import Rules
from grader.batch.gradebook.database import Database, connect, told
from grader.batch.gradebook.entries import Batch, Result, Status
from grader.batch.gradebook.migrations import MIGRATIONS
from grader.batch.gradebook.worth import Worth, worth_of
from grader.errors import GradebookError, UsageError
from grader.model import Mark, Report, Score, Text
from grader.report import json

# Two students are of one group where the latest that is known of both is the same word.
SAME_WORK = """
WITH grouped AS (
  SELECT student, value FROM identities i WHERE key = 'group' AND value <> ''
    AND batch = (SELECT max(batch) FROM identities WHERE student = i.student AND key = 'group')
)
SELECT other.id, other.student FROM submissions s
JOIN grouped mine ON mine.student = s.student
JOIN grouped theirs ON theirs.value = mine.value AND theirs.student <> s.student
JOIN submissions other ON other.student = theirs.student AND other.sha256 = s.sha256
WHERE s.id = ? AND s.file <> '' ORDER BY other.id
"""
MARKED = "SELECT DISTINCT submission FROM marks"
RULES = """SELECT b.settings FROM submissions s JOIN batches b ON b.id =
 coalesce((SELECT max(o.batch) FROM submissions o WHERE o.lesson = s.lesson), s.batch) WHERE s.id = ?"""

# (student, file, sha256, when), and if known the place among the student's hand-ins and whether a person must confirm it
HandIn = tuple[str, str, str, datetime | None] | tuple[str, str, str, datetime | None, int, bool]


@contextmanager
def open_book(path: Path, write: bool = True, new: bool = True) -> Iterator[Gradebook]:
    """The gradebook in `path`, made if it is not there and brought to this version if it is older.

    write: False only reads. new: False makes none. Both raise UsageError where there is no file. Raises GradebookError with
    a sentence.
    """
    if not (write and new) and not path.is_file():
        raise UsageError(
            f"There is no gradebook {path}; name it with --book, or make one with `grade batch`.",
            ja=f"採点簿 {path} がありません。--book で指定するか、grade batch で作ってください。",
        )
    with told(path), closing(connect(path, "rwc" if write else "ro")) as db:
        book = Gradebook(db, path)
        if write:
            book.migrate()
        elif book.version() < len(MIGRATIONS):
            raise GradebookError(
                f"{path} is of an older version; `grade batch` or `grade book mark` brings it up to date.",
                ja=f"{path} は古い版の採点簿です。grade batch か grade book mark を実行すると新しくなります。",
            )
        yield book


class Gradebook(Database):
    """An open gradebook. Make one with `open_book`; `queries` has what can be asked of it."""

    # -- what was handed in -------------------------------------------------------------------

    def seed(self) -> int | None:
        """The seed of the latest batch, which the next one uses too."""
        row = next(self.rows("SELECT seed FROM batches ORDER BY id DESC LIMIT 1"), None)
        return None if row is None else int(row["seed"])

    def begin(self, batch: Batch) -> int:
        """The number of this batch: a new one, or the latest where that was stopped in the middle and is the same."""
        with self.transaction():
            last = next(self.rows("SELECT * FROM batches ORDER BY id DESC LIMIT 1"), None)
            kept = ("seed", "policy", "source", "grader", "settings")
            same = last and all(last[name] == getattr(batch, name) for name in kept)
            if last and same and last["ended"] is None:
                return int(last["id"])
            made = self.db.execute(
                "INSERT INTO batches (seed, policy, source, grader, by, started, settings) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (batch.seed, batch.policy, batch.source, batch.grader, batch.by, now(), batch.settings),
            )
            return int(made.lastrowid or 0)

    def keep_notes(self, batch: int, notes: Iterable[Text]) -> None:
        """What a batch said, in the place of what it said before."""
        with self.transaction():
            self.db.execute("DELETE FROM notes WHERE batch = ?", (batch,))
            rows = [(batch, place, note.en, note.ja) for place, note in enumerate(notes)]
            self.db.executemany("INSERT INTO notes VALUES (?, ?, ?, ?)", rows)

    def published(self, folder: str, files: Iterable[str]) -> None:
        """Remember which reports were written into a folder, before they are."""
        with self.transaction():
            self.db.executemany("INSERT OR IGNORE INTO published VALUES (?, ?)", [(folder, file) for file in files])

    def published_in(self, folder: str) -> list[str]:
        return [row["file"] for row in self.rows("SELECT file FROM published WHERE folder = ? ORDER BY file", folder)]

    def forget(self, folder: str, files: Iterable[str]) -> None:
        with self.transaction():
            sql = "DELETE FROM published WHERE folder = ? AND file = ?"
            self.db.executemany(sql, [(folder, file) for file in files])

    def rules(self, submission: int) -> Rules:
        """Those of the latest batch that anything for this lesson was in, so that they are the same for the whole class."""
        return Rules.of(str(next(self.rows(RULES, submission))["settings"]))

    def end(self, batch: int) -> None:
        with self.transaction():
            self.db.execute("UPDATE batches SET ended = ? WHERE id = ?", (now(), batch))

    def hand_in(self, batch: int, handed: Iterable[HandIn]) -> list[int]:
        """Note each, and return the numbers of the submissions."""
        with self.transaction(), self.worth_kept():
            return [self.note(batch, *one) for one in handed]

    def note(
        self,
        batch: int,
        student: str,
        file: str,
        sha256: str,
        when: datetime | None,
        attempt: int = 0,
        doubt: bool = False,
    ) -> int:
        row = self.db.execute(
            "INSERT INTO submissions (student, file, sha256, handed_in, batch, attempt, doubt) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (student, sha256) DO UPDATE SET file = excluded.file, handed_in = excluded.handed_in,"
            " batch = excluded.batch, attempt = excluded.attempt, doubt = excluded.doubt RETURNING id",
            (student, file, sha256, when.astimezone(UTC).isoformat() if when else None, batch, attempt, doubt),
        ).fetchone()
        return int(row["id"])

    def identify(self, student: str, layout: str, known: Mapping[str, str], batch: int = 0) -> None:
        """Keep what a student is called elsewhere: a value for each key of `entries.IDENTITY`. The later batch replaces."""
        self.identify_all(layout, {student: known}, batch)

    def identify_all(self, layout: str, students: Mapping[str, Mapping[str, str]], batch: int = 0) -> None:
        """The same for many. What was known already is not written again."""
        sql = (
            "INSERT INTO identities (student, key, batch, layout, value) SELECT :student, :key, :batch, :layout, :value"
            " WHERE :value IS NOT (SELECT value FROM identities WHERE student = :student AND key = :key AND batch <= :batch"
            " ORDER BY batch DESC LIMIT 1) ON CONFLICT DO UPDATE SET layout = excluded.layout, value = excluded.value"
        )
        with self.transaction():
            for student, known in students.items():
                for key, value in known.items():
                    row = {"student": student, "key": key, "batch": batch, "layout": layout, "value": value}
                    self.db.execute(sql, row)

    # -- what was found -----------------------------------------------------------------------

    def settled(self, submission: int, checks: Callable[[str | None], str]) -> bool:
        """Whether its latest run says what these checks would say. checks: from a lesson to the digest of its checks."""
        run = next(self.rows("SELECT * FROM runs WHERE submission = ? ORDER BY id DESC LIMIT 1", submission), None)
        return run is not None and not broken(run) and run["checks"] == checks(run["lesson"])

    def record(self, batch: int, submission: int, checks: str, seed: int, result: Result, by: str) -> bool:
        """Keep a result, for good when this returns. False: it was there already, and nothing was changed."""
        report = json.read(result.report) if result.report else None
        with self.transaction(), self.worth_kept(submission):
            key = "WHERE submission = ? AND batch = ? AND checks = ?"
            old = next(self.rows(f"SELECT * FROM runs {key}", submission, batch, checks), None)
            if old is not None and not broken(old):
                return False
            before = self.summary(submission)
            self.db.execute(f"DELETE FROM runs {key}", (submission, batch, checks))
            score = report.score if report else Score(None, 0.0)
            run = self.db.execute(
                "INSERT INTO runs (submission, batch, checks, seed, status, lesson, earned, possible, pending, report,"
                " problem, problem_ja, worker, seconds, graded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (submission, batch, checks, seed, result.status.value, result.lesson, score.earned, score.possible,
                 score.pending, result.report.decode() if report else None,
                 result.problem.en if result.problem else "", result.problem.ja if result.problem else "",
                 result.worker, result.seconds, now()),
            ).lastrowid  # fmt: skip
            self.keep_findings(int(run or 0), report)
            sql = "UPDATE submissions SET lesson = coalesce(?, lesson) WHERE id = ?"
            self.db.execute(sql, (result.lesson, submission))
            self.change(by, "graded", submission, before, self.summary(submission))
        return True

    def keep_findings(self, run: int, report: Report | None) -> None:
        exercises = report.exercises if report else ()
        scores = [(run, e.id, e.score.earned, e.score.possible, e.score.pending) for e in exercises]
        self.db.executemany("INSERT INTO scores VALUES (?, ?, ?, ?, ?)", scores)
        found = [(e.id, f) for e in exercises for f in e.findings]
        self.db.executemany(
            "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(run, position, exercise, f.check, f.outcome.value, f.points, f.earned,
              f.misconception.id if f.misconception else None, f.seconds)
             for position, (exercise, f) in enumerate(found)],
        )  # fmt: skip

    def summary(self, submission: int) -> str:
        """The latest run in a few words, for the record of changes."""
        run = next(self.rows("SELECT * FROM runs WHERE submission = ? ORDER BY id DESC LIMIT 1", submission), None)
        if run is None:
            return ""
        return f"{run['earned']:g}/{run['possible']:g}" if run["earned"] is not None else str(run["status"])

    # -- what people decide -------------------------------------------------------------------

    def marks(self, submission: int) -> dict[tuple[str, str], Mark]:
        """What people decided, by (exercise, check); `marks.TOTAL` is the place of the whole score."""
        found = self.rows("SELECT * FROM marks WHERE submission = ?", submission)
        return {(m["exercise"], m["check_id"]): Mark(m["points"], m["by"], m["comment"]) for m in found}

    def mark(self, submission: int, place: tuple[str, str], mark: Mark | None, by: str) -> None:
        """Put a person's mark on a check or on the total, or take it away (None)."""
        with self.transaction():
            self.put_mark(submission, place, mark, by)

    def put_mark(self, submission: int, place: tuple[str, str], mark: Mark | None, by: str) -> None:
        """As `mark`, within a transaction that is open already. What a group handed in is marked for all its members."""
        for number in (submission, *self.same_work(submission)):
            before = self.marks(number).get(place)
            self.db.execute(
                "DELETE FROM marks WHERE submission = ? AND exercise = ? AND check_id = ?", (number, *place)
            )
            if mark is not None:
                values = (number, *place, mark.points, mark.by, mark.comment, now())
                self.db.execute("INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            what = f"marked {'.'.join(place).strip('.') or 'the total'}"
            self.change(by, what, number, words(before), words(mark))

    def same_work(self, submission: int) -> dict[int, str]:
        """The same hand-in of the other members of a group: the number of each, and the student."""
        return {int(row["id"]): str(row["student"]) for row in self.rows(SAME_WORK, submission)}

    @contextmanager
    def worth_kept(self, graded: int = 0) -> Iterator[None]:
        """What is done here may bring other rules for anybody, and other checks for the submission that is graded; marks follow them."""
        rules = {int(row["submission"]): self.rules(row["submission"]).points for row in self.rows(MARKED)}
        before = worth_of(self, graded, rules[graded]) if graded in rules else Worth()
        yield
        for submission, points in rules.items():
            new = self.rules(submission).points
            if submission == graded or new != points:
                old = before if submission == graded else worth_of(self, submission, points)
                self.keep_worth(submission, old, worth_of(self, submission, new))

    def keep_worth(self, submission: int, old: Worth, new: Worth) -> None:
        """Where something is worth other points from now on, a mark stays the same share of what it was given for."""
        for place, mark in self.marks(submission).items():
            by = old.moved(place, new)
            if abs(by - 1.0) > 1e-9:
                moved = replace(mark, points=round(mark.points * by, 6))
                where = "submission = ? AND exercise = ? AND check_id = ?"
                self.db.execute(f"UPDATE marks SET points = ? WHERE {where}", (moved.points, submission, *place))
                before, after = (one.points[place] for one in (old, new))
                what = f"{before:g} points are {after:g} from now on: {'.'.join(place).strip('.') or 'the total'}"
                self.change(mark.by, what, submission, words(mark), words(moved))

    def change(self, by: str, what: str, submission: int, before: str, after: str) -> None:
        values = (now(), by, what, submission, before, after)
        self.db.execute(
            "INSERT INTO changes (at, by, what, submission, before, after) VALUES (?, ?, ?, ?, ?, ?)", values
        )


def broken(run: sqlite3.Row) -> bool:
    """Whether something of ours broke: then there is no score, and it is tried again."""
    return run["status"] == Status.BROKEN or (run["status"] == Status.GRADED and run["earned"] is None)


def words(mark: Mark | None) -> str:
    return "" if mark is None else " ".join(filter(None, (f"{mark.points:g}", mark.comment)))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
