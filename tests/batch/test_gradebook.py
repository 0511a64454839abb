"""The gradebook: what it keeps, what it survives, and what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.gradebook import database, queries
from grader.batch.gradebook.entries import Batch, Result, Status
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.marks import TOTAL, marked
from grader.batch.gradebook.migrations import MIGRATIONS
from grader.batch.gradebook.store import Gradebook, open_book
from grader.errors import GradebookError, UsageError
from grader.model import ExerciseReport, Finding, Mark, Named, Outcome, Provenance, Report, Run, Text, total
from grader.report import json

ROOT = Path(__file__).parents[2]
BATCH = Batch(7, "policy", "/class", "0.1.0", "teacher")
WORDS = Text(en="words", ja="言葉")


def graded(*outcomes: Outcome, sha: str = "s") -> Result:
    findings = tuple(
        Finding(f"c{i}", WORDS, outcome, 2.0, misconception=Named("m", WORDS) if outcome is Outcome.FAILED else None)
        for i, outcome in enumerate(outcomes)
    )
    exercise = ExerciseReport("ex", WORDS, total(findings), findings)
    report = Report(
        "n.ipynb",
        sha,
        "lesson",
        WORDS,
        total(findings),
        (exercise,),
        Run((), 0.0),
        Provenance(1, "jail", "0.1.0", "3", "2"),
    )
    return Result(Status.GRADED, "lesson", json.render(report).encode(), seconds=1.5, worker="w:1")


def enter(book: Gradebook, student: str, *outcomes: Outcome, checks: str = "one", sha: str = "s", hour: int = 1) -> int:
    """Begin a batch, hand in and record; the number of the submission."""
    batch = book.begin(replace(BATCH, policy=checks))
    when = datetime(2026, 5, 1, hour, tzinfo=UTC)
    (submission,) = book.hand_in(batch, [(student, f"{student}.ipynb", sha, when)])
    book.record(batch, submission, checks, 1, graded(*outcomes, sha=sha), by="grader")
    book.end(batch)
    return submission


def scores(book: Gradebook) -> dict[str, tuple[float | None, float]]:
    return {s.student: (s.score.earned, s.score.possible) for s in queries.standings(book) if s.score}


PASSED, FAILED, REVIEW, BROKEN = Outcome.PASSED, Outcome.FAILED, Outcome.NEEDS_REVIEW, Outcome.BROKEN


def test_what_was_recorded_can_be_asked_for(tmp_path: Path) -> None:
    """Scores, findings with their misconceptions and the whole report come back as they went in."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, FAILED)
    with open_book(tmp_path / "book", write=False) as book:
        found = queries.one(book, "ann")
        assert scores(book) == {"ann": (2.0, 4.0)} and found.lesson == "lesson" and found.file == "ann.ipynb"
        assert [(f.check, f.outcome, f.earned, f.misconception) for f in queries.findings(book)] == [
            ("c0", PASSED, 2.0, None),
            ("c1", FAILED, 0.0, "m"),
        ]
        assert queries.report_text(book, found) == graded(PASSED, FAILED).report.decode()


def test_a_result_is_durable_when_record_returns(tmp_path: Path) -> None:
    """A process that is killed right after it announced a result has not lost it."""
    code = (
        "import sys; from pathlib import Path; from tests.batch.test_gradebook import *\n"
        "with open_book(Path(sys.argv[1])) as book:\n"
        "    batch = book.begin(BATCH)\n"
        "    for n in range(1000):\n"
        "        (s,) = book.hand_in(batch, [(f'student {n}', 'f', 's', None)])\n"
        "        book.record(batch, s, 'one', 1, graded(PASSED), by='grader')\n"
        "        print(n, flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "book")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    announced = [process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    with process:
        announced += process.stdout.readlines()
    with open_book(tmp_path / "book") as book:
        assert len(scores(book)) >= int(announced[-1]) + 1 >= 20


def test_a_result_that_arrives_twice_is_kept_once(tmp_path: Path) -> None:
    """The second is dropped and changes nothing; after one that broke, the next is kept."""
    with open_book(tmp_path / "book") as book:
        batch = book.begin(BATCH)
        (one, two) = book.hand_in(batch, [("ann", "a", "1", None), ("bob", "b", "2", None)])
        assert book.record(batch, one, "x", 1, graded(PASSED), by="g")
        assert not book.record(batch, one, "x", 1, graded(FAILED), by="g")
        assert book.record(batch, two, "x", 1, Result(Status.BROKEN, problem=Text(en="lost", ja="不明")), by="g")
        assert book.record(batch, two, "x", 1, graded(PASSED), by="g")
        assert scores(book) == {"ann": (2.0, 2.0), "bob": (2.0, 2.0)}
        assert [c.after for c in queries.changes(book)] == ["2/2", "broken", "2/2"]


def test_only_what_is_unchanged_and_not_broken_is_settled(tmp_path: Path) -> None:
    """Other checks, or a fault of ours, and it is run again."""
    with open_book(tmp_path / "book") as book:
        fine, ours = enter(book, "ann", PASSED), enter(book, "bob", PASSED, BROKEN, sha="t")
        assert book.settled(fine, lambda _: "one")
        assert not book.settled(fine, lambda _: "two")
        assert not book.settled(ours, lambda _: "one")
        assert queries.one(book, "bob").score == total(json.read(graded(PASSED, BROKEN).report).exercises[0].findings)


def test_marks_survive_a_regrading(tmp_path: Path) -> None:
    """A mark on a check and one on the whole score stay; both gradings and both marks are told, with who and what."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", FAILED, REVIEW)
        enter(book, "bob", FAILED, FAILED, sha="t")
        assert give(book, "ann", None, "ex.c1", 1.5, "mia", "well explained").score == replace(
            graded_score(), earned=1.5
        )
        give(book, "bob", "lesson", None, 3.0, "mia", "")
        enter(book, "ann", PASSED, REVIEW, checks="two")
        enter(book, "bob", FAILED, PASSED, checks="two", sha="t")
        assert scores(book) == {"ann": (3.5, 4.0), "bob": (3.0, 4.0)}
        text = queries.report_text(book, queries.one(book, "ann"))
        assert text is not None and json.read(text).exercises[0].findings[1].mark == Mark(1.5, "mia", "well explained")
        told = [(c.by, c.what, c.before, c.after) for c in queries.changes(book, "ann")]
        assert told == [
            ("grader", "graded", "", "0/4"),
            ("mia", "marked ex.c1", "", "1.5 well explained"),
            ("grader", "graded", "0/4", "2/4"),
        ]
        give(book, "bob", None, None, None, "mia", "")
        assert scores(book)["bob"] == (2.0, 4.0)


def graded_score() -> object:
    return json.read(graded(FAILED, REVIEW).report).score and replace(
        json.read(graded(FAILED, REVIEW).report).score, pending=0.0
    )


def test_a_mark_for_nothing_is_refused(tmp_path: Path) -> None:
    """No such student, no such check, too many points, nothing to take away: a sentence each."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", FAILED)
        for student, check, points, words in (
            ("eve", None, 1.0, "handed in nothing and is not in the roster"),
            ("ann", "ex.c9", 1.0, "there are: ex.c0"),
            ("ann", "ex.c0", 2.5, "0 to 2 points"),
            ("ann", "ex.c0", None, "no mark"),
        ):
            with pytest.raises(UsageError, match=words):
                give(book, student, None, check, points, "mia", "")


def test_a_mark_is_worth_what_its_check_is_worth_today() -> None:
    """A check that was made smaller caps the mark; one that is gone counts nowhere."""
    report = json.read(graded(FAILED).report)
    marks = {("ex", "c0"): Mark(9.0, "mia"), ("ex", "gone"): Mark(5.0, "mia")}
    assert marked(report, marks).score.earned == 2.0
    assert marked(report, {**marks, TOTAL: Mark(7.0, "mia")}).score.earned == 7.0


def test_a_mark_stays_the_same_share_when_a_check_changes(tmp_path: Path) -> None:
    """Half of a check is half of it when the lesson gives it other points, a whole score likewise, and both ways; the record says so."""

    def worth(points: float, checks: str) -> None:
        result = graded(FAILED, FAILED)
        report = json.read(result.report)
        findings = (replace(report.exercises[0].findings[0], points=points), report.exercises[0].findings[1])
        exercise = replace(report.exercises[0], findings=findings, score=total(findings))
        changed = replace(report, exercises=(exercise,), score=total(findings))
        batch = book.begin(replace(BATCH, policy=checks))
        numbers = book.hand_in(batch, [(who, f"{who}.ipynb", who, None) for who in ("ann", "ben")])
        for number in numbers:
            book.record(batch, number, checks, 1, replace(result, report=json.render(changed).encode()), by="grader")
        book.end(batch)

    with open_book(tmp_path / "book") as book:
        worth(2.0, "one")
        give(book, "ann", None, "ex.c0", 1.0, "ta", "half")
        give(book, "ben", None, None, 3.0, "ta", "three quarters")
        seen = []
        for number, points in enumerate((6.0, 6.0, 1.0, 2.0)):
            worth(points, f"another {number}")
            seen.append((scores(book)["ann"][0], scores(book)["ben"][0]))
        assert seen == [(3.0, 6.0), (3.0, 6.0), (0.5, 2.25), (1.0, 3.0)]
        said = [change.what for change in queries.changes(book, "ann") if "from now on" in change.what]
        assert len(said) == 3 and any("2 points are 6 from now on: ex.c0" in what for what in said)


def test_a_lost_run_moves_no_mark(tmp_path: Path) -> None:
    """A run that broke, or a lesson that asks for less for once, leaves the mark as it was when everything is asked again."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, FAILED)
        give(book, "ann", None, "ex.c1", 1.0, "ta", "")
        give(book, "ann", None, None, 3.0, "ta", "")
        enter(book, "ann", PASSED, BROKEN, checks="two")
        enter(book, "ann", PASSED, checks="three")
        enter(book, "ann", PASSED, FAILED, checks="four")
        found = book.marks(queries.one(book, "ann").submission)
        assert {place: mark.points for place, mark in found.items()} == {("ex", "c1"): 1.0, TOTAL: 3.0}


def test_the_record_of_changes_only_grows(tmp_path: Path) -> None:
    """Nobody can take back or rewrite what was done, not even in SQL."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED)
        for sql in ("DELETE FROM changes", "UPDATE changes SET by = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                book.db.execute(sql)


def test_the_latest_submission_counts(tmp_path: Path) -> None:
    """Of two files of a student the later counts, whichever was graded first; handing the old one in again counts again."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, sha="late", hour=9)
        batch = book.begin(replace(BATCH, policy="two"))
        both = [
            ("ann", "f", "late", datetime(2026, 5, 1, 9, tzinfo=UTC)),
            ("ann", "f", "early", datetime(2026, 5, 1, 1, tzinfo=UTC)),
        ]
        _, early = book.hand_in(batch, both)
        book.record(batch, early, "two", 1, graded(FAILED), by="g")
        book.end(batch)
        assert scores(book) == {"ann": (2.0, 2.0)}
        book.hand_in(book.begin(replace(BATCH, policy="three")), both[1:])
        assert scores(book) == {"ann": (0.0, 2.0)}


def test_two_batches_can_be_compared(tmp_path: Path) -> None:
    """What came out differently, what came new, and nothing else."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", FAILED, PASSED)
        enter(book, "ann", PASSED, PASSED, checks="two")
        enter(book, "bob", PASSED, checks="three", sha="t")
        found = [(d.student, d.check, d.before, d.after) for d in queries.compare(book, 1, 3)]
        assert found == [("ann", "c0", (FAILED, 0.0), (PASSED, 2.0)), ("bob", "c0", None, (PASSED, 2.0))]
        assert queries.compare(book, 2, 2) == []
        with pytest.raises(UsageError, match="no batch 9; there are: 1, 2, 3"):
            queries.compare(book, 1, 9)


def test_a_batch_that_was_stopped_is_gone_on_with(tmp_path: Path) -> None:
    """The same batch keeps its number until it has ended; another one gets its own."""
    with open_book(tmp_path / "book") as book:
        first = book.begin(BATCH)
        assert book.begin(BATCH) == first and book.seed() == 7
        book.end(first)
        assert book.begin(BATCH) == first + 1
        assert book.begin(replace(BATCH, seed=8)) == first + 2


def test_what_the_lms_calls_a_student_is_kept(tmp_path: Path) -> None:
    """Names stay, the later one counts; a number that the LMS gives for each assignment is that of the lesson asked for."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED)
        book.identify("ann", "moodle", {"name": "Ann A", "moodle_participant": "7", "folder": "Ann_7_"}, batch=1)
        book.begin(BATCH)
        book.identify("ann", "moodle", {"name": "Ann B", "moodle_participant": "8"}, batch=2)
        book.identify("eve", "roster", {"id": "e1"})
        later = {"name": "Ann B", "moodle_participant": "8", "folder": "Ann_7_"}
        assert queries.identities(book) == {"ann": later, "eve": {"id": "e1"}}
        assert queries.identities(book, "lesson")["ann"] == {**later, "moodle_participant": "7"}


# -- what can go wrong with the file ----------------------------------------------------------------


def test_a_locked_gradebook_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds a transaction: a sentence, and what was there is there."""
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    with open_book(tmp_path / "book") as book:
        submission = enter(book, "ann", PASSED)
        with closing(sqlite3.connect(tmp_path / "book", isolation_level=None)) as browser:
            browser.execute("BEGIN IMMEDIATE")
            with pytest.raises(GradebookError, match="locked by another program"):
                book.mark(submission, TOTAL, Mark(1.0, "mia"), "mia")
        assert scores(book) == {"ann": (2.0, 2.0)}


def test_a_full_database_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """The result that does not fit is not there at all, those before it are whole, and it fits once there is room."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED)
        (pages,) = book.db.execute("PRAGMA page_count").fetchone()
        book.db.execute(f"PRAGMA max_page_count = {pages}")
        batch = book.begin(BATCH)
        (bob,) = book.hand_in(batch, [("bob", "b", "t", None)])
        with pytest.raises(GradebookError, match="is full"):
            book.record(batch, bob, "one", 1, graded(*[PASSED] * 500), by="g")
        assert scores(book) == {"ann": (2.0, 2.0)}
        book.db.execute("PRAGMA max_page_count = 100000")
        assert book.record(batch, bob, "one", 1, graded(PASSED), by="g")


DISKS = """
mount -t tmpfs -o size=400k none "$1" || exit 77
"$2" -c '
import os, subprocess, sys; from pathlib import Path; from tests.batch.test_gradebook import *
book = Path(sys.argv[1]) / "book"
with open_book(book) as opened:
    enter(opened, "ann", PASSED)
try:
    with open_book(book) as opened:
        for n in range(10000): enter(opened, f"bob {n}", PASSED, sha=str(n))
except GradebookError as error: print("FULL", error)
os.unlink(book.with_name("ballast")) if book.with_name("ballast").exists() else None
' "$1"
mount -o remount,ro "$1"
"$2" -c '
import sys; from pathlib import Path; from tests.batch.test_gradebook import *
try:
    with open_book(Path(sys.argv[1]) / "book") as opened: enter(opened, "eve", PASSED, sha="e")
except GradebookError as error: print("READONLY", error)
' "$1"
mount -o remount,rw,size=4m "$1"
"$2" -c '
import sys; from pathlib import Path; from tests.batch.test_gradebook import *
with open_book(Path(sys.argv[1]) / "book") as opened:
    enter(opened, "eve", PASSED, sha="e"); print("LEFT", "ann" in scores(opened), len(scores(opened)))
' "$1"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs util-linux")
def test_a_real_full_disk_and_a_real_read_only_one(tmp_path: Path) -> None:
    """On a small disk of its own: full is said, read-only is said, and with room again everything recorded is there."""
    command = ["unshare", "-rm", "sh", "-c", DISKS, "sh", str(tmp_path), sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    lines = {line.partition(" ")[0]: line for line in done.stdout.splitlines()}
    assert "is full" in lines["FULL"], done
    assert "read-only" in lines["READONLY"], done
    assert lines["LEFT"].startswith("LEFT True") and int(lines["LEFT"].split()[-1]) > 5, done


REPORTS = """
mount -t tmpfs -o size=40k none "$1" || exit 77
"$2" -c '
import sys; from pathlib import Path; from tests.batch.test_gradebook import *
from grader.batch.report_folder import ReportFolder
with open_book(Path(sys.argv[2])) as book:
    enter(book, "ann", *[FAILED] * 200)
    for _ in range(2):
        try: ReportFolder(Path(sys.argv[1]) / "out", "en").publish(book, queries.one(book, "ann"))
        except UsageError as error: print("SAID", error)
        print("THERE", [p.suffix for p in Path(sys.argv[1]).rglob("*") if p.is_file()])
        subprocess.run(["mount", "-o", "remount,ro", sys.argv[1]], check=True)
    subprocess.run(["mount", "-o", "remount,rw,size=4m", sys.argv[1]], check=True)
    ReportFolder(Path(sys.argv[1]) / "out", "en").publish(book, queries.one(book, "ann"))
    print("THERE", *sorted(p.suffix for p in Path(sys.argv[1]).rglob("*") if p.is_file()))
' "$1" "$3"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs util-linux")
def test_reports_on_a_full_disk_and_on_a_read_only_one(tmp_path: Path) -> None:
    """Each is said, with what to do; nothing half-written goes by a report's name; with room the same again writes all."""
    (tmp_path / "disk").mkdir()
    command = [
        "unshare",
        "-rm",
        "sh",
        "-c",
        REPORTS,
        "sh",
        str(tmp_path / "disk"),
        sys.executable,
        str(tmp_path / "book"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    lines = done.stdout.splitlines()
    assert "No space left" in lines[0] and "results are in the gradebook" in lines[0], done
    assert "Read-only file system" in lines[2], done
    assert not {".html", ".json"} & set(lines[1].replace("'", " ").split()), done
    assert lines[-1] == "THERE .html .json", done


def test_two_graders_on_one_gradebook(tmp_path: Path) -> None:
    """The second is told; once the first is killed, the way is free."""
    code = (
        "import sys, time; from pathlib import Path; from grader.batch.gradebook.store import open_book\n"
        "with open_book(Path(sys.argv[1])) as book, book.grading(): print('in', flush=True); time.sleep(60)"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "book")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None and first.stdout.readline() == "in\n"
    with open_book(tmp_path / "book") as book:
        with pytest.raises(GradebookError, match="Another `grade batch`"), book.grading():
            pass
        first.kill()
        first.wait()
        with book.grading():
            enter(book, "ann", PASSED)
    first.stdout.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_gradebook_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """What it held is there and can be marked, what it was lies beside it, and reading alone changes nothing."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "MIGRATIONS", MIGRATIONS[:version])
        with open_book(tmp_path / "book") as book:
            written_long_ago(book)
    with pytest.raises(GradebookError, match="older version"), open_book(tmp_path / "book", write=False):
        pass
    with open_book(tmp_path / "book") as book:
        assert scores(book) == {"ann": (2.0, 2.0)}
        assert queries.one(book, "bob").problem == Text(en="No notebook.", ja="No notebook.")
        assert give(book, "ann", None, None, 1.0, "mia", "").overridden
    with closing(sqlite3.connect(tmp_path / f"book.v{version}")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (version,)
        assert copy.execute("SELECT student FROM submissions").fetchall() == [("ann",), ("bob",)]


def written_long_ago(book: Gradebook) -> None:
    """A graded submission and an unreadable one, in the columns of the first version."""
    with book.transaction():
        book.db.execute(
            "INSERT INTO batches (id, seed, policy, source, grader, by, started) VALUES"
            " (1, 7, 'policy', '/class', '0.1.0', 'teacher', '2026-05-01')"
        )
        for number, student, found in ((1, "ann", graded(PASSED)), (2, "bob", None)):
            hand_in = "INSERT INTO submissions (id, student, file, sha256, lesson, batch) VALUES (?, ?, 'n.ipynb', ?, 'lesson', 1)"
            book.db.execute(hand_in, (number, student, student))
            report = found.report.decode() if found else None
            known = (
                ("graded", 2.0, 2.0, 0.0, report, "") if found else ("unreadable", None, 0.0, 0.0, None, "No notebook.")
            )
            book.db.execute(
                "INSERT INTO runs (submission, batch, checks, seed, lesson, worker, seconds, graded, status, earned, possible,"
                " pending, report, problem) VALUES (?, 1, 'one', 1, 'lesson', 'w:1', 1.5, '2026-05-01', ?, ?, ?, ?, ?, ?)",
                (number, *known),
            )


def test_a_newer_gradebook_and_other_files_are_refused(tmp_path: Path) -> None:
    """A gradebook of a later version, somebody else's database, a text file, no file: a sentence each, and untouched."""
    with open_book(tmp_path / "newer") as book:
        book.db.execute("PRAGMA user_version = 99")
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE birds (name)")
    (tmp_path / "text").write_text("dear diary, " * 100)
    cases = {
        "newer": "newer grader",
        "other": "not a gradebook",
        "text": "not a gradebook",
        "no/such": "cannot be opened",
    }
    for name, words in cases.items():
        before = (tmp_path / name).read_bytes() if (tmp_path / name).exists() else None
        with pytest.raises(GradebookError, match=words), open_book(tmp_path / name):
            pass
        assert before is None or (tmp_path / name).read_bytes() == before
    with pytest.raises(UsageError, match="no gradebook"), open_book(tmp_path / "none", write=False):
        pass
    assert not os.path.exists(tmp_path / "none")
