"""Who was late, what it costs, and that what was earned stays as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.batch import summary as ending
from grader.batch.batch_run import BatchRun
from grader.batch.exports.plain import csv_of, json_of
from grader.batch.gradebook import attendance, database, queries, store
from grader.batch.gradebook.entries import Batch, Result, Status
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.store import open_book
from grader.batch.intake.hand_in import Handed
from grader.batch.intake.late import Allowance, Deadline, Lateness, Policy, due, lateness, policy
from grader.batch.intake.layout_facts import Layout
from grader.batch.intake.roster import Enrolled
from grader.batch.report_folder import ReportFolder
from grader.batch.workers.tasks import Plan
from grader.cli import main
from grader.errors import UsageError
from grader.model import Late, Outcome, Text
from grader.report import json
from tests.batch.intake.archives import packed, put
from tests.batch.test_gradebook import BATCH, enter, graded

DUE = datetime(2026, 11, 20, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "late", "rate"),
    [
        ("none", DAY, 0.0),
        ("zero", HOUR, 1.0),
        ("10%/day", HOUR, 0.1),
        ("10%/day", DAY, 0.1),
        ("10%/day", DAY + HOUR, 0.2),
        ("10 % per day, max 50%", 20 * DAY, 0.5),
        ("10%/day", 20 * DAY, 1.0),
        ("1%/hour", 2 * HOUR, 0.02),
        ("10%/DAY, grace 15m", timedelta(minutes=15), None),
        ("10%/day, grace 15 min", timedelta(minutes=16), 0.1),
        ("zero, max 30%", HOUR, 0.3),
        ("zero", timedelta(0), None),
    ],
)
def test_what_a_policy_takes(text: str, late: timedelta, rate: float | None) -> None:
    """Each day begun after the due time, no more than the most, nothing within the grace. rate None: not late at all."""
    found = Deadline(DUE, policy(text)).of(DUE + late, marked=False)
    assert found == (Lateness() if rate is None else Lateness(late.total_seconds(), pytest.approx(rate)))


@pytest.mark.parametrize(
    "text", ["", "ten", "10%", "10%/day,,", "-5%/day", "10%/day, 5%/day", "200%/day", "max", "10%/day;max 5%"]
)
def test_a_policy_that_is_none(text: str) -> None:
    """The sentence shows how to write one."""
    with pytest.raises(UsageError, match="grace 15m"):
        policy(text)


def test_a_due_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an offset, without one in this machine's zone, a date alone until its end; rubbish gets a sentence."""
    import time

    assert due("2026-11-20T23:59+09:00") == datetime(2026, 11, 20, 14, 59, tzinfo=UTC)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert due("2026-11-20 23:59") == datetime(2026, 11, 20, 14, 59, tzinfo=UTC)
        assert due("2026-11-20") == datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC)
    time.tzset()
    for text in ("yesterday", "2026-13-01", "", "20/11/2026"):
        with pytest.raises(UsageError, match="--due"):
            due(text)


def test_the_mark_of_an_lms() -> None:
    """Late without a number where no due time was given; with one, the time decides; without a time, the mark."""
    assert Deadline().of(None, marked=True) == Lateness(0.0, 0.0)
    assert Deadline(DUE, policy("zero")).of(DUE - HOUR, marked=True) == Lateness()
    assert Deadline(DUE, policy("zero")).of(None, marked=True) == Lateness(0.0, 0.0)
    assert Policy().rate(1e9) == 0.0


# -- in the gradebook -----------------------------------------------------------------------------------


class Crew:
    """Nobody: results are put into the book by the test."""


def evening(book: store.Gradebook, handed: list[Handed], deadline: Deadline | None = None, roster: list[Enrolled] | None = None, empty: Sequence[Handed] = ()) -> int:  # fmt: skip
    """Roll the class, and record a result of 2 of 4 points for whoever has none."""
    held = BatchRun(
        book, BATCH, Plan("g"), Crew, deadline=deadline or Deadline(), layout=Layout.MOODLE, roster=roster, empty=empty
    )  # type: ignore[arg-type]
    number = book.begin(Batch(7, "policy", "/class", "0.1.0", "teacher"))
    for line in held.roll(number, handed):
        book.record(number, line.submission, "one", 1, graded(Outcome.PASSED, Outcome.FAILED, sha=line.sha256), by="g")
    book.end(number)
    return number


def handed(
    tmp_path: Path, student: str, when: datetime | None, text: str = "", called: str = "", **identity: str
) -> Handed:
    path = put(tmp_path / "in" / student / f"hw{text}.ipynb", f"{student}{text}".encode())
    return Handed(student, path, when, name=path.name, identity=identity, called=called or student)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("2 days late", 172800.0), ("1 day 3 hours", 97200.0), ("1 day, 3 hours late", 97200.0), ("2", 172800.0), ("0,5", 43200.0),
        ("2日遅れ", 172800.0), ("late by 3 hours", 10800.0), ("1 day(s) 4 hours", 100800.0), ("en retard de 2 jours", 172800.0), ("Late: 1d 4h overdue", 100800.0), ("1日3時間", 97200.0), ("2 Tage verspätet", 172800.0), ("late", 0.0), ("yes", 0.0), ("遅延", 0.0),
        ("no", None), ("0", None), ("on time", None), ("0 days", None),
    ],
)  # fmt: skip
def test_how_late_as_a_person_writes_it(cell: str, seconds: float | None) -> None:
    """As LMSs show it, in days where no unit stands; what is none of this is refused with its line."""
    assert lateness(cell, "class.csv, line 2") == seconds
    with pytest.raises(UsageError, match=r"line 2: late 'a week or so'"):
        lateness("a week or so", "class.csv, line 2")


def test_the_roster_says_how_late_where_no_time_does(tmp_path: Path) -> None:
    """The policy takes what the column says less the extension, of the marked hand-in alone; a time that is known comes first."""
    people = [("ann", 172800.0, Allowance()), ("ben", 172800.0, Allowance(extension=86400.0)), ("cyd", None, Allowance()), ("dan", 0.0, Allowance()), ("eve", 172800.0, Allowance())]  # fmt: skip
    roster = [Enrolled(name, {"id": name}, own=own, late=late) for name, late, own in people]
    first = handed(tmp_path, "ann", None, "1")
    marked = [replace(handed(tmp_path, name, None), late=True, attempt=1) for name in ("ann", "ben", "cyd")]
    with open_book(tmp_path / "book") as book:
        rest = [handed(tmp_path, "dan", None), handed(tmp_path, "eve", DUE - HOUR)]
        evening(book, [first, *marked, *rest], Deadline(DUE, policy("10%/day")), roster)
        found = {place.student: (place.late, place.rate) for place in queries.standings(book)}
        (early,) = book.rows("SELECT late FROM submissions WHERE file = 'hw1.ipynb'")
    assert found == {
        "ann": (172800.0, 0.2),
        "ben": (86400.0, 0.1),
        "cyd": (0.0, 0.0),
        "dan": (0.0, 0.0),
        "eve": (None, 0.0),
    }
    assert early["late"] is None
    assert Deadline(None, policy("10%/day")).of(None, True, told=3600.0) == Lateness(3600.0, 0.1)


def test_a_penalty_stands_beside_the_score(tmp_path: Path) -> None:
    """Raw, penalty and final; another policy changes them without grading; a check marked by hand is in; a total is final."""
    ann = handed(tmp_path, "ann", DUE + HOUR)
    with open_book(tmp_path / "book") as book:
        evening(book, [ann], Deadline(DUE, policy("10%/day")))
        found = queries.one(book, "ann")
        assert (found.score.earned, found.penalty, found.final) == (2.0, 0.2, 1.8)  # type: ignore[union-attr]
        give(book, "ann", None, "ex.c1", 2.0, "mia", "")
        assert (queries.one(book, "ann").penalty, queries.one(book, "ann").final) == (0.4, 3.6)
        give(book, "ann", None, None, 3.0, "mia", "")
        assert (queries.one(book, "ann").penalty, queries.one(book, "ann").final) == (0.0, 3.0)
        give(book, "ann", None, None, None, "mia", "")
        evening(book, [ann], Deadline(DUE, policy("zero")))
        assert queries.one(book, "ann").final == 0.0
        told = [(c.before, c.after) for c in queries.changes(book) if c.what == "late penalty"]
        assert told == [("0%", "10%"), ("10%", "100%")]
        (raw,) = next(book.rows("SELECT earned FROM runs WHERE id = (SELECT max(id) FROM runs)"))
        assert raw == 2.0


def test_who_is_missing_and_who_unknown(tmp_path: Path) -> None:
    """Both are in the table and the JSON; who is missing has no points at all, not zero; the roster's identity is kept."""
    roster = [Enrolled("ann", {"id": "1", "email": "a@u"}), Enrolled("bob", {"id": "2"})]
    with open_book(tmp_path / "book") as book:
        assert attendance.missing(book) == [] and attendance.unknown(book) == set()
        number = evening(
            book, [handed(tmp_path, "ann", DUE), handed(tmp_path, "eve", DUE, moodle_participant="9")], roster=roster
        )
        assert attendance.missing(book) == [("bob", "lesson")] and attendance.unknown(book) == {"eve"}
        assert attendance.missing(book, "other") == [("ann", "other"), ("bob", "other")]
        lines = csv_of(book, None).splitlines()
        assert '"bob","lesson","","","missing","","","","","","","","","yes","",""' in lines
        assert next(line for line in lines if line.startswith('"eve"')).endswith('"no","",""')
        assert '"missing": [' in json_of(book, None) and '"unknown": [' in json_of(book, None)
        assert queries.identities(book)["bob"] == {"id": "2"}
        assert queries.identities(book, "lesson")["eve"] == {"moodle_participant": "9"}
        said = [note.en for note in ending.closing(book, number, {"eve": ("Eva",)})]
    assert "No notebook for lesson from 1 of 2: bob." in said and any("perhaps Eva?" in line for line in said)


def test_who_handed_in_twice(tmp_path: Path) -> None:
    """The latest counts and it is told; the same time twice is for a person to look at; late ones are named in both languages."""
    both = [handed(tmp_path, "ann", DUE - HOUR, "1"), replace(handed(tmp_path, "ann", DUE + HOUR, "2"), attempt=1)]
    tied = [handed(tmp_path, "bob", DUE, "1"), replace(handed(tmp_path, "bob", DUE, "2"), attempt=1, doubt=True)]
    with open_book(tmp_path / "book") as book:
        number = evening(book, [*both, *tied], Deadline(DUE, policy("10%/day")))
        notes = ending.closing(book, number, {})
    english = " ".join(note.en for note in notes)
    assert "ann handed in more than once for lesson: hw2.ipynb counts; hw1.ipynb not." in english
    assert "bob: nothing tells whether hw2.ipynb or hw1.ipynb is the later one; hw2.ipynb is proposed." in english
    assert "grade book count 'bob' FILE" in english and "ann: nothing tells" not in english
    assert "ann (lesson) was late by 1 h 0 min; 10% off: 0.2 points, 1.8 remain." in english
    assert any("遅れ: 1 時間 0 分。10% 減点（0.2 点）、残り 1.8 点。" in note.ja for note in notes)


def test_whose_file_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    """And what is late and has no points loses none: no sum of nothing is shown."""
    late = handed(tmp_path, "ann", DUE + HOUR)
    problem = Text(en="hw.ipynb is empty.", ja="hw.ipynb は空です。")
    with open_book(tmp_path / "book") as book:
        held = BatchRun(book, BATCH, Plan("g"), Crew, deadline=Deadline(DUE, policy("10%/day")))  # type: ignore[arg-type]
        number = book.begin(Batch(7, "policy", "/class", "0.1.0", "teacher"))
        for line in held.roll(number, [late]):
            unread = Result(Status.UNREADABLE, None, b"", problem)
            book.record(number, line.submission, "one", 1, unread, by="g")
        book.end(number)
        notes = ending.closing(book, number, {})
    assert [note.en for note in notes[:2]] == [
        "ann has no points: hw.ipynb is empty.",
        "ann (hw.ipynb) was late by 1 h 0 min; without points there is nothing to take off.",
    ]
    assert notes[0].ja == "ann には点数がありません。hw.ipynb は空です。" and "減点もありません" in notes[1].ja


def test_a_roster_that_comes_later_takes_the_marks_along(tmp_path: Path) -> None:
    """What was graded and marked under the LMS's name goes on under the roster's, ungraded, and it is recorded."""
    one = handed(tmp_path, "yamadataro", DUE, canvas_user="5")
    with open_book(tmp_path / "book") as book:
        evening(book, [one])
        give(book, "yamadataro", None, None, 3.0, "mia", "")
        renamed = Handed("山田 太郎", one.path, one.when, name=one.name, identity=one.identity, called="yamadataro")
        evening(book, [renamed], roster=[Enrolled("山田 太郎", {"id": "1"})])
        (found,) = queries.standings(book)
        assert (found.student, found.final, found.overridden) == ("山田 太郎", 3.0, True)
        assert [(c.before, c.after) for c in queries.changes(book) if c.what == "renamed"] == [
            ("yamadataro", "山田 太郎")
        ]
        assert queries.identities(book) == {"山田 太郎": {"canvas_user": "5", "id": "1"}}


# -- as typed -------------------------------------------------------------------------------------------


def typed(tmp_path: Path, *options: str) -> tuple[int, str]:
    put(tmp_path / "class.zip", packed(("Ann_1_assignsubmission_file_/a.ipynb", b"not a notebook")))
    command = ["batch", str(tmp_path / "class.zip"), "--book", str(tmp_path / "book"), "--no-sandbox", "--lang", "en"]
    result = CliRunner().invoke(main, [*command, *options])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--due", "soon"), "--due 'soon' is no date"),
        (("--due", "2026-11-20", "--late", "half"), "is not understood at 'half'"),
        (("--late", "zero"), "--late needs --due"),
        (("--roster", "none.csv"), "cannot be read"),
        (("--layout", "sakai"), "sakai"),
        (("--zone", "Mars/Crater"), "--zone 'Mars/Crater' is no time zone"),
    ],
)
def test_wrong_options_are_told_before_anything_is_done(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    """A sentence, exit code 2, and no gradebook."""
    code, said = typed(tmp_path, *options)
    assert code == 2 and words in said and not (tmp_path / "book").exists()


def test_a_gradebook_that_somebody_has_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`grade batch` on a locked one, and on one that is being graded into: a sentence, exit code 3, nothing lost."""
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    with open_book(tmp_path / "book") as book:
        evening(book, [handed(tmp_path, "ann", DUE)])
        with book.grading():
            assert typed(tmp_path, "--zone", "Asia/Tokyo") == (
                3,
                ANYWAY + "Error: " + BUSY.format(book=tmp_path / "book"),
            )
    with closing(sqlite3.connect(tmp_path / "book", isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        code, said = typed(tmp_path)
        assert code == 3 and "locked by another program" in said
    with open_book(tmp_path / "book", write=False) as book:
        assert queries.one(book, "ann").final == 2.0


ANYWAY = (
    "Read as Moodle: 1 student, 1 hand-in. (--layout to read it otherwise)\n"
    "Its times say no time zone and were read as Asia/Tokyo. (--zone to read them otherwise)\n"
)
BUSY = "Another `grade batch` is grading into {book}; wait for it, or name another gradebook with --book.\n"


def test_the_students_report_tells_the_penalty(tmp_path: Path) -> None:
    """The published page and its JSON have what is taken and what counts, and change when the penalty does."""
    with open_book(tmp_path / "book") as book:
        number = enter(book, "ann", Outcome.PASSED)
        outbox = ReportFolder(tmp_path / "out", "ja")
        for rate, told in ((0.25, "2 点から 25%（0.5 点）を引いて 1.5 点になります。"), (0.0, "")):
            attendance.note_lateness(book, {number: (7200.0, rate)}, "ta")
            outbox.publish(book, queries.one(book, "ann"))
            page = (tmp_path / "out" / "ann" / "lesson.html").read_text(encoding="utf-8")
            report = json.read((tmp_path / "out" / "ann" / "lesson.json").read_text(encoding="utf-8"))
            assert ("遅れた" in page) == bool(rate) and told in page
            assert report.late == (Late(7200.0, 0.25, 0.5, 1.5) if rate else None) and report.score.earned == 2.0
