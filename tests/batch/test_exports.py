"""What the LMS gets: each file as that LMS wants it back, and nobody's zero where there is no score."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from grader.batch.exports.lists import parted
from grader.batch.exports.sheet import read
from grader.batch.gradebook.attendance import note_lateness
from grader.batch.gradebook.entries import Result, Status
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.store import Gradebook, open_book
from grader.cli import main
from grader.errors import UsageError
from grader.model import Outcome, Text
from tests.batch.test_gradebook import BATCH, enter

PASSED, FAILED, REVIEW, BROKEN = Outcome.PASSED, Outcome.FAILED, Outcome.NEEDS_REVIEW, Outcome.BROKEN
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Six students: all right, half late, one marked by hand, one that awaits a person, one broken, one unreadable.

    ann 4 of 4; bob 2 of 4 less half for lateness; eve overridden to 3; kim 2 of 4 and 2 pending; lee broken; 山田 unreadable.
    """
    with open_book(tmp_path / "book") as book:
        for number, (student, *outcomes) in enumerate(
            [("ann", PASSED, PASSED), ("bob", PASSED, FAILED), ("eve", FAILED, FAILED), ("kim", PASSED, REVIEW),
             ("lee", PASSED, BROKEN)], 1
        ):  # fmt: skip
            submission = enter(book, student, *outcomes, sha=student)
            if student == "bob":
                note_lateness(book, {submission: (7200.0, 0.5)}, "grader")
            identify(book, student, number)
        give(book, "eve", None, None, 3.0, "mia", "")
        batch = book.begin(BATCH)
        (one,) = book.hand_in(batch, [("山田 太郎", "page.ipynb", "w", None)])
        book.record(
            batch,
            one,
            "x",
            1,
            Result(
                Status.UNREADABLE, problem=Text(en="page.ipynb is a web page.", ja="page.ipynb は Web ページです。")
            ),
            by="g",
        )
        book.end(batch)
        identify(book, "山田 太郎", 6)
    return tmp_path / "book"


def identify(book: Gradebook, student: str, number: int) -> None:
    known = {"moodle_participant": f"{1000 + number}", "canvas_user": f"{70 + number}", "canvas_submission": f"{900 + number}",
             "email": f"s{number}@example.org", "id": f"{number:04}"}  # fmt: skip
    book.identify(student, "moodle", known)


@pytest.fixture
def run(path: Path, tmp_path: Path) -> Run:
    """`grade book ...` as typed: exit code, stdout, stderr."""

    def typed(*args: str | Path) -> tuple[int, str, str]:
        chosen = [] if "--lang" in args else ["--lang", "en"]
        result = CliRunner().invoke(main, ["book", *map(str, args), "--book", str(path), *chosen])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return typed


ENGLISH = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
    '"Participant 1001","Ann ""A"" Lee",,"Submitted for grading",,10.00,Yes,"Monday, 1 June 2026, 9:00 AM",-,\r\n'
    '"Participant 1002",Bob,,"Submitted for grading",7.00,10.00,Yes,"Monday, 1 June 2026, 9:00 AM","Tuesday, 2 June 2026, 9:00 AM",\r\n'
    '"Participant 1003",Eve,,"Submitted for grading",,10.00,No,-,-,\r\n'
    '"Participant 9999",Kim,s4@example.org,"Submitted for grading",,10.00,Yes,-,-,"Come and see me."\r\n'
    '"Participant 1005",Lee,,"Submitted for grading",5.00,10.00,Yes,-,-,\r\n'
    '"Participant 1006","Taro Yamada",,"Submitted for grading",,10.00,Yes,-,-,\r\n'
    '"Participant 7777",Zoe,,"No submission",,10.00,Yes,-,-,\r\n'
)


def rows_of(content: bytes, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def test_moodle_gets_its_worksheet_back(run: Run, tmp_path: Path) -> None:
    """Grades are scaled to the maximum; every other byte stays; who has no score keeps what was there; all of it is told."""
    sheet, filled = tmp_path / "sheet.csv", tmp_path / "filled.csv"
    sheet.write_bytes(b"\xef\xbb\xbf" + ENGLISH.encode())
    code, _, said = run("export", "--format", "moodle", "--worksheet", sheet, "-o", filled, "--overwrite")
    assert code == 0 and filled.read_bytes().startswith(b"\xef\xbb\xbfIdentifier")
    before, after = rows_of(sheet.read_bytes()), rows_of(filled.read_bytes())
    assert [row[4] for row in after[1:]] == ["10", "2.5", "", "5", "5.00", "", ""]
    assert all(old[:4] + old[5:9] == new[:4] + new[5:9] for old, new in zip(before, after, strict=True)), (
        "nothing else may change"
    )
    assert after[1][9].startswith("Score: 4 / 4<br>") and "1 of them are taken for lateness" in after[2][9]
    assert after[4][9] == "Come and see me."
    lines, old_lines = filled.read_bytes().split(b"\r\n"), sheet.read_bytes().split(b"\r\n")
    assert [n for n, (a, b) in enumerate(zip(old_lines, lines, strict=True)) if a != b] == [1, 2, 4]
    for words in ("Eve: Moodle says", "Kim: there is a comment", "2 points still await", "Lee: there is no score",
                  "page.ipynb is a web page.", "Zoe: not in the gradebook", "Scores filled in: 3."):  # fmt: skip
        assert words in said, words


def test_a_line_of_two_students_gets_no_grade(run: Run, tmp_path: Path) -> None:
    """A number that is ann's beside the address of kim: whoever it is, one of them would get the other's grade. It is said."""
    head = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
    lines = (
        "Participant 1001,kim,s4@example.org,Submitted,,10.00,\nParticipant 1002,bob,s2@example.org,Submitted,,10.00,\n"
    )
    (tmp_path / "sheet.csv").write_text(head + lines)
    filled = tmp_path / "filled.csv"
    code, _, said = run("export", "--format", "moodle", "--worksheet", tmp_path / "sheet.csv", "-o", filled)
    assert code == 0 and [row[4] for row in rows_of(filled.read_bytes())[1:]] == ["", "2.5"], said
    assert "kim: the number, name and address in this line are those of different students" in said


def test_a_worksheet_is_read_as_one_says(run: Run, tmp_path: Path) -> None:
    """--encoding decides how a worksheet is read and written; without a worksheet, or with no encoding of that name, it is refused."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(ENGLISH.replace("Ann", "Äñn").encode("cp1252"))
    asked = ("export", "--format", "moodle", "--worksheet", sheet, "-o", tmp_path / "filled.csv", "--encoding")
    code, _, said = run(*asked, "cp1252")
    assert code == 0 and "it was read as" not in said
    assert "Äñn" in (tmp_path / "filled.csv").read_bytes().decode("cp1252")
    code, _, said = run(*asked, "klingon")
    assert code == 2 and "no encoding 'klingon'" in said
    code, _, said = run("export", "--encoding", "cp1252")
    assert code == 2 and "--encoding goes with --worksheet." in said


def test_filling_in_twice_changes_only_what_changed(run: Run, path: Path, tmp_path: Path) -> None:
    """Our own comment of last time is replaced, a person's is not."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(ENGLISH.encode())
    run("export", "--format", "moodle", "--worksheet", sheet, "-o", sheet)
    once = sheet.read_bytes()
    run("export", "--format", "moodle", "--worksheet", sheet, "-o", sheet)
    assert sheet.read_bytes() == once
    with open_book(path) as book:
        give(book, "ann", None, None, 2.0, "mia", "")
    run("export", "--format", "moodle", "--worksheet", sheet, "-o", sheet)
    assert rows_of(sheet.read_bytes())[1][4] == "5" and "Score: 2 / 4" in rows_of(sheet.read_bytes())[1][9]


JAPANESE = (
    "ID,フルネーム,メールアドレス,ステータス,評点,最大評点,評点を変更できます,最終更新日時 (提出),最終更新日時 (評定),フィードバックコメント\n"
    "参加者1001,アン,,評定のため提出,,100.00,はい,-,-,\n"
    "参加者1002,ボブ,,評定のため提出,,100.00,いいえ,-,-,\n"
    "参加者1003,イブ,,評定のため提出,,100.00,はい,-,-,\n"
)
GERMAN = (
    "Kennung;Vollständiger Name;Gruppe;Status;Bewertung;Bestwertung;Bewertung kann geändert werden;Zuletzt geändert (Abgabe);"
    "Zuletzt geändert (Bewertung);Feedback als Kommentar\n"
    "Teilnehmer/in1001;Ann;1;Abgegeben;;10,00;Ja;-;-;\n"
    "Teilnehmer/in1002;Bob;2;Abgegeben;3,50;10,00;Ja;Montag, 1. Juni 2026, 09:00;-;\n"
)


def test_moodle_in_japanese_and_in_a_language_nobody_knew(run: Run, tmp_path: Path) -> None:
    """Headers of Japanese, old encodings, semicolons and decimal commas stay; unknown headers are told by their columns."""
    sheet, filled = tmp_path / "sheet.csv", tmp_path / "filled.csv"
    for text, encoding in ((JAPANESE, "cp932"), (JAPANESE.replace("\n", "\r\n"), "utf-16-le"), (GERMAN, "utf-8")):
        mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
        sheet.write_bytes(mark + text.encode(encoding))
        code, _, said = run(
            "export", "--format", "moodle", "--worksheet", sheet, "-o", filled, "--overwrite", "--lang", "ja"
        )
        assert code == 0 and filled.read_bytes().startswith(mark), said
        content = filled.read_bytes().removeprefix(mark).decode(encoding)
        assert content.splitlines()[0] == text.splitlines()[0] and content.count("\r\n") == text.count("\r\n")
        grades = [line.replace(";", ",|").split(",|" if ";" in text else ",")[4] for line in content.splitlines()[1:]]
        assert grades == (["10", "2,5"] if text is GERMAN else ["100", "", "75"])
        assert "得点: 4 / 4<br>" in content and "kim: 採点済みですが" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no columns"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1,2\n", "not a grading worksheet"),
        (b"\x98,\x81\n1,2\n", "in no known encoding"),
        (ENGLISH.replace("10.00", "Pass").encode(), "not a number"),
    ],
)
def test_what_is_no_worksheet_is_said(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    """One sentence, and nothing written."""
    (tmp_path / "sheet.csv").write_bytes(content)
    code, _, said = run("export", "--format", "moodle", "--worksheet", tmp_path / "sheet.csv", "-o", tmp_path / "x.csv")
    assert code == 2 and words in said and not (tmp_path / "x.csv").exists()


def test_options_that_do_nothing_are_refused(run: Run, tmp_path: Path) -> None:
    """A worksheet for a format that has none, a format without its worksheet, a lesson that nobody handed in."""
    for args in (("csv", "--worksheet", "x"), ("nbgrader", "--assignment", "x"), ("moodle",), ("canvas",), ("feedback",),
                 ("moodle", "--worksheet", tmp_path / "no.csv"), ("feedback", "-o", tmp_path / "f.zip", "--lesson", "no")):  # fmt: skip
        assert run("export", "--format", *args)[0] == 2, args


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (501),Homework 2 (502),Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,20.00,8.00,(read only)\n"
    '"Lee, Ann",71,,ann@example.org,A,12.00,1.00,55\n'
    '"Ross, Bob",72,,,A,EX,EX,0\n'
    '"Doe, Eve",,,s3@example.org,A,,,\n'
    '"Kim, Kim",74,,,A,,5.00,\n'
    '"Lee, Lee",75,,,A,,3.00,\n'
    '"Student, Test",1,,,A,,,\n'
)


def test_canvas_gets_one_column(run: Run, tmp_path: Path) -> None:
    """The chosen column is filled and scaled to its points; excused, broken and unknown stay; every other cell stays."""
    (tmp_path / "canvas.csv").write_text(CANVAS)
    args = ("export", "--format", "canvas", "--worksheet", tmp_path / "canvas.csv", "--overwrite")
    code, _, said = run(*args)
    assert code == 2 and "Homework 1 (501), Homework 2 (502)" in said
    for chosen in ("502", "Homework 2", "Homework 2 (502)"):
        code, out, said = run(*args, "--assignment", chosen)
        after = [line.rsplit(",", 2) for line in out.splitlines()]
        assert [row[1] for row in after] == ["Homework 2 (502)", "", "8.00", "8", "EX", "6", "4", "3.00", ""]
        before = [line.rsplit(",", 2) for line in CANVAS.splitlines()]
        assert all(old[0] == new[0] and old[2] == new[2] for old, new in zip(before, after, strict=True))
    for words in ("Ross, Bob: excused", "Lee, Lee: there is no score", "Student, Test: not in the gradebook"):
        assert words in said, words
    assert run(*args, "--assignment", "503")[0] == 2


def test_canvas_from_scratch(run: Run) -> None:
    """Where the ids are known a file of one column is made; without a score the cell is empty."""
    code, out, _ = run("export", "--format", "canvas", "--assignment", "Attention, please (77)")
    rows = list(csv.reader(io.StringIO(out)))
    assert code == 0 and rows[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert rows[0][5] == "Attention, please (77)" and rows[1][0] == "    Points Possible" and rows[1][5] == "4"
    assert {row[1]: row[5] for row in rows[2:]} == {"71": "4", "72": "1", "73": "3", "74": "2", "75": "", "76": ""}
    assert run("export", "--format", "canvas", "--assignment", "Attention")[0] == 2


def test_nbgrader(run: Run) -> None:
    """The columns of nbgrader's own exporter; raw score, penalty and score add up; no score is no number."""
    code, out, _ = run("export", "--format", "nbgrader")
    rows = {row["student_id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert code == 0 and out.startswith(
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score\n"
    )
    bob = rows["0002"]
    assert (bob["raw_score"], bob["late_submission_penalty"], bob["score"], bob["max_score"]) == (
        "2.0",
        "1.0",
        "1.0",
        "4.0",
    )
    assert bob["timestamp"] == "2026-05-01 01:00:00.000000" and bob["assignment"] == "lesson"
    assert rows["0005"]["score"] == rows["0005"]["raw_score"] == "" and rows["0006"]["last_name"] == "山田"


def test_names_are_parted_as_people_write_them() -> None:
    """Family name first in Japanese, last in English, and before a comma."""
    for name, wanted in {
        "山田　太郎": ("山田", "太郎"), "Taro Yamada": ("Yamada", "Taro"), "Yamada, Taro": ("Yamada", "Taro"),
        "Ann Mary Lee": ("Lee", "Ann Mary"), "ann": ("ann", ""), "佐藤": ("佐藤", ""), "": ("", ""),
    }.items():  # fmt: skip
        assert parted(name) == wanted


# https://www.imsglobal.org/spec/lti-ags/v2p0/openapi/
SCORE: dict[str, Any] = {
    "type": "object",
    "required": ["userId", "timestamp", "activityProgress", "gradingProgress"],
    "additionalProperties": False,
    "dependentRequired": {"scoreGiven": ["scoreMaximum"]},
    "properties": {
        "userId": {"type": "string", "minLength": 1},
        "scoreGiven": {"type": "number", "minimum": 0},
        "scoreMaximum": {"type": "number", "exclusiveMinimum": 0},
        "comment": {"type": "string"},
        "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}(Z|[+-]\d\d:\d\d)$"},
        "activityProgress": {"enum": ["Initialized", "Started", "InProgress", "Submitted", "Completed"]},
        "gradingProgress": {"enum": ["FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"]},
    },
}


def test_lti_scores(run: Run) -> None:
    """One object a line that follows the specification; what a person still decides is PendingManual, what broke is Failed."""
    code, out, _ = run("export", "--format", "lti")
    found = {score["userId"]: score for score in map(json.loads, out.splitlines())}
    for score in found.values():
        jsonschema.Draft202012Validator(SCORE).validate(score)
    assert code == 0 and found["0002"]["scoreGiven"] == 1.0 and found["0002"]["scoreMaximum"] == 4.0
    assert found["0004"]["gradingProgress"] == "PendingManual" and found["0001"]["gradingProgress"] == "FullyGraded"
    assert found["0005"]["gradingProgress"] == "Failed" and "scoreGiven" not in found["0005"]


def test_feedback_finds_its_way_back(run: Run, path: Path, tmp_path: Path) -> None:
    """Each report lies where the LMS had the submission: Moodle's folder, Canvas' beginning of the name, a folder of one's own."""
    with open_book(path) as book:
        book.identify("ann", "moodle", {"folder": "Ann Lee_1001_assignsubmission_file_", "canvas_submission": ""})
        book.identify("bob", "canvas", {"folder": "rossbob_LATE_72_902_"})
        book.identify("eve", "plain", {"folder": "../..", "canvas_submission": ""})
        book.identify("kim", "google", {"folder": "Kim Kim - ", "canvas_submission": ""})
        book.identify("lee", "plain", {"folder": "..", "canvas_submission": ""})
    code, _, said = run("export", "--format", "feedback", "-o", tmp_path / "f.zip", "--lang", "ja")
    assert code == 0 and "山田 太郎: レポートがない" in said and "6 件" in said
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        assert set(archive.namelist()) == {
            "Ann Lee_1001_assignsubmission_file_/report.html", "rossbob_LATE_72_902_report.html", ".._../report.html",
            "Kim Kim - report.html", "lee/report.html", "山田 太郎/report.txt",
        }  # fmt: skip
        page = archive.read("rossbob_LATE_72_902_report.html").decode()
        assert page.startswith("<!doctype html>") and '<html lang="ja">' in page
        assert "Web ページ" in archive.read("山田 太郎/report.txt").decode()
    assert not list(tmp_path.glob("*.part"))


def test_two_students_in_one_folder_lose_nothing(run: Run, path: Path, tmp_path: Path) -> None:
    """Who would overwrite another's report is left out and named."""
    with open_book(path) as book:
        for student in ("ann", "bob"):
            book.identify(student, "moodle", {"folder": "Same_1_assignsubmission_file_", "canvas_submission": ""})
    _, _, said = run("export", "--format", "feedback", "-o", tmp_path / "f.zip")
    assert "another student's already" in said
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        assert len(archive.namelist()) == len(set(archive.namelist())) == 5


def test_cells_stay_as_they_stand() -> None:
    """What is not replaced comes back byte for byte, whatever the quoting, the row ends and the last line are."""
    for text in ('a,b\n1,2', 'a,b\r\n"1 ""x""\n",\r\n\r\n', '"a";b\r1;"2"\r', 'a\tb\n"broken\t2\n', "a,b\n,\n", 'a,b\n"x"y,2\n'):  # fmt: skip
        assert read(text.encode(), "x").content() == text.encode()
    sheet = read(b'a,b,c\n1,"2",3\n4\n', "x")
    sheet.put(1, 0, 'say "hi", you')
    sheet.put(1, 1, "5")
    sheet.put(2, 2, "=1")
    assert sheet.content() == b'a,b,c\n"say ""hi"", you","5",3\n4,,=1\n'
    with pytest.raises(UsageError):
        read(b"just words", "x")
