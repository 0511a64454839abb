"""Tables of marks in and out, numbers as people write them, and grades that somebody typed into the LMS's sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.batch.decimals import decimal, mark_of, written
from grader.batch.gradebook.attendance import enrol
from grader.batch.gradebook.entries import Enrolment
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import open_book
from grader.cli import main
from grader.model import Outcome
from tests.batch.test_gradebook import enter

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
Call = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Anna 4 of 4, Ben 2 of 4, both known by number, login and address; Cara handed in nothing."""
    with open_book(tmp_path / "book") as book:
        enter(book, "Anna Berg", PASSED, PASSED, sha="a")
        enter(book, "Ben Cole", PASSED, FAILED, sha="b")
        enrol(book, [*map(Enrolment, ("Anna Berg", "Ben Cole", "Cara Dietz"))])
        for number, name in enumerate(("Anna Berg", "Ben Cole", "Cara Dietz"), 1):
            login = name.split()[0].lower()
            known = {
                "name": name,
                "id": f"s{number}",
                "login": login,
                "email": f"{login}@x.org",
                "canvas_user": f"5{number}",
            }
            book.identify(name, "roster", known)
    return tmp_path / "book"


@pytest.fixture
def call(path: Path) -> Call:
    return lambda *words: CliRunner().invoke(main, ["book", *map(str, words), "--book", str(path)], env={"LC_ALL": "C"})


def final(path: Path) -> dict[str, float | None]:
    with open_book(path, write=False) as book:
        return {place.student: place.final for place in standings(book)}


@pytest.mark.parametrize(
    ("text", "number"),
    [("7.5", 7.5), ("7,5", 7.5), ("７，５", 7.5), ("1.000,50", 1000.5), ("1,000.50", 1000.5), ("1 000,5", 1000.5), (",5", 0.5),
     ("1,250", 1.25), ("-1", -1.0), ("1e3", None), ("nan", None), ("1,2,3", None), ("1/2", None), ("", None), ("3 points", None)],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, number: float | None) -> None:
    """A point or a comma before the decimals, wide digits, groups of three; nothing else is a number."""
    assert decimal(text) == number


def test_decimals_as_the_sheet_has_them() -> None:
    """By most of its numbers; without any, semicolons speak for commas."""
    assert mark_of(["20,00", "7,50", ""]) == "," and mark_of(["20.00", "7"]) == "."
    assert mark_of(["20"], ";") == "," and mark_of(["20.00"], ";") == "." and written(17.1428, ",") == "17,14"


def test_a_table_goes_in_with_its_comments(call: Call, path: Path, tmp_path: Path) -> None:
    """By name, number, login or address, with decimal commas; the same table again changes nothing."""
    table = tmp_path / "marks.csv"
    table.write_text(
        'student,check,points,comment\nAnna Berg,ex.c0,1,oral\nBEN@x.org,ex.c1,"0,5",half\ns3,,3,oral exam\n'
    )
    done = call("marks", table)
    assert done.exit_code == 0 and "put in: 3" in done.output, done.output
    assert final(path) == {"Anna Berg": 3.0, "Ben Cole": 2.5, "Cara Dietz": 3.0}
    done = call("marks", table)
    assert "put in: 0; there already: 3" in done.output


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_a_japanese_sheet_with_semicolons(call: Call, path: Path, tmp_path: Path, encoding: str) -> None:
    """Excel's encodings, Japanese headers, wide digits."""
    table = tmp_path / "marks.csv"
    table.write_bytes("学籍番号;項目;点数;コメント\r\ns2;ex.c1;０，５;よくできました\r\n".encode(encoding))
    assert call("marks", table).exit_code == 0 and final(path)["Ben Cole"] == 2.5


BAD = """id;name;check;points;comment
s1;Anna Berg;ex.c0;1;right
s9;;ex.c0;1;

s1;Ben Cole;ex.c0;1;two people
s2;;ex.c9;1;
s2;;ex.c0;many;
s2;;ex.c0;-1;
s2;;ex.c0;3;too many
s2;;ex.c0;;no points
s2;;ex.c1;;
s3;;ex.c0;1;handed in nothing
s1;;ex.c0;2;something else
"""


def test_wrong_rows_are_refused_by_line_and_the_others_go_in(call: Call, path: Path, tmp_path: Path) -> None:
    """Each wrong row is named with its line and why; a row without points is no mark; a rehearsal writes nothing."""
    table = tmp_path / "bad.csv"
    table.write_text(BAD)
    for dry_run in (True, False):
        done = call("marks", table, *(["--dry-run"] if dry_run else []))
        assert done.exit_code == 2
        for line, words in ((3, "called s9"), (5, "two students"), (6, "no check ex.c9"), (7, "'many'"), (8, "'-1'"),
                            (9, "0 to 2 points"), (10, "without points"), (12, "nothing from Cara"), (13, "Line 2 says")):  # fmt: skip
            assert any(f"bad.csv, line {line}: " in said and words in said for said in done.output.splitlines()), line
        assert "rows without points: 1; refused: 9" in done.output
        assert final(path)["Anna Berg"] == (4.0 if dry_run else 3.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "no marks"), ("student,check\na,b\n", "no column points"), ("check,points\na,1\n", "no column student"),
     ("student,points\n", "no marks"), ('student,points\n"a,1\n', "no CSV")],
)  # fmt: skip
def test_what_is_no_table_of_marks_is_said(call: Call, tmp_path: Path, text: str, words: str) -> None:
    """One sentence, and exit code 2."""
    (tmp_path / "marks.csv").write_text(text)
    done = call("marks", tmp_path / "marks.csv")
    assert done.exit_code == 2 and words in done.output, done.output


def test_marks_of_somebody_else_are_told_when_replaced(call: Call, path: Path, tmp_path: Path) -> None:
    """And what goes out can come in again."""
    with open_book(path) as book:
        give(book, "Ben Cole", None, "ex.c1", 1.0, "mia", "kind")
    out = call("export", "--format", "marks").output
    (tmp_path / "marks.csv").write_text(out)
    assert "there already: 1" in call("marks", tmp_path / "marks.csv").output
    (tmp_path / "marks.csv").write_text(out.replace("1.0", "0.5").replace("mia", "tom"))
    assert "0.5 takes the place of the 1 that mia gave" in call("marks", tmp_path / "marks.csv").output


def test_a_column_for_each_exercise(call: Call, path: Path, tmp_path: Path) -> None:
    """With its maximum, with number, login and address; who handed in nothing has a line; with commas on demand."""
    rows = list(csv.DictReader(io.StringIO(call("export", "--format", "exercises").output)))
    assert (
        [row["ex (max 4)"] for row in rows] == ["4", "2", ""]
        and rows[1]["login"] == "ben"
        and rows[2]["status"] == "missing"
    )
    call("mark", "s2", "2,5", "--comment", "oral")
    call("export", "--format", "exercises", "--decimal", "comma", "-o", tmp_path / "x.csv")
    content = (tmp_path / "x.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid;login;") and b";2,5;" in content


CANVAS = (
    "\ufeffStudent;ID;SIS User ID;SIS Login ID;Section;HW 3 (1234);HW 2 (1233)\r\n    Points Possible;;;;;20,00;10,00\r\n"
    "Berg, Anna;51;s1;anna;A;15,50;7,50\r\nCole, Ben;52;s2;ben;A;;\r\nDietz, Cara;53;s3;cara;A;;\r\n"
)


def test_canvas_with_semicolons_and_commas_keeps_a_typed_grade(call: Call, path: Path, tmp_path: Path) -> None:
    """Scores come back with commas; one that somebody typed stays and is told; ours of last time is replaced; or all on demand."""
    sheet = tmp_path / "gb.csv"
    sheet.write_bytes(CANVAS.encode())
    words = ("export", "--format", "canvas", "--worksheet", sheet, "--assignment", "1234", "-o", sheet)
    call("mark", "Cara Dietz", "3,3", "--comment", "oral")
    done = call(*words)
    assert "Anna: 15,50 was typed into the sheet and stays, here it is 20" in done.output.replace("Berg, ", ""), (
        done.output
    )
    filled = sheet.read_bytes().decode()
    assert filled == CANVAS.replace("ben;A;;", "ben;A;10;").replace("cara;A;;", "cara;A;16,5;")
    call("mark", "Ben Cole", "3", "--comment", "again")
    call(*words)
    assert "ben;A;15;" in sheet.read_bytes().decode() and "15,50" in sheet.read_bytes().decode()
    call(*words, "--overwrite")
    assert "anna;A;20;" in sheet.read_bytes().decode()


def test_moodle_shows_a_mark_for_nothing_with_its_comment(call: Call, tmp_path: Path) -> None:
    """The grade and the teacher's words are in the worksheet."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed","Last modified (grade)",'
        '"Feedback comments"\n"Participant 13","Cara Dietz",cara@x.org,x,,100.00,Yes,-,\n'
    )
    call("mark", "Cara Dietz", "3", "--comment", "oral exam")
    call("export", "--format", "moodle", "--worksheet", sheet, "-o", sheet)
    text = sheet.read_text()
    assert ",75," in text and "oral exam" in text and "No notebook was handed in." in text
