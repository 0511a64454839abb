"""The lists that LMSs export of a class, with what is in them beside the class."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.batch.gradebook.attendance import of_section
from grader.batch.gradebook.store import open_book
from grader.batch.intake import ClassIntake, take_in
from grader.batch.intake.roster import load
from grader.errors import UsageError
from tests.batch.intake.archives import packed, put
from tests.batch.intake.test_late import evening
from tests.batch.intake.test_people import roster


def intake(tmp_path: Path, names: tuple[str, ...], text: str) -> ClassIntake:
    """These files in a zip, and this roster."""
    people = load(put(tmp_path / "class.csv", text.encode())).people
    with take_in(put(tmp_path / "given.zip", packed(*((name, b"x") for name in names)))) as taken:
        return ClassIntake.of(taken, people)


def test_the_worksheet_of_blind_marking_is_a_roster(tmp_path: Path) -> None:
    """Moodle gives numbers and no names: they are who it is."""
    text = 'Identifier,Status,Grade,"Maximum Grade"\n"Participant 1234",Submitted,,100\n"Participant 1235",-,,100\n'
    found = intake(tmp_path, ("Participant 1234_1234_assignsubmission_file_/hw.ipynb",), text)
    assert [one.student for one in found.handed] == ["Participant 1234"] and not found.unknown
    assert [one.student for one in found.roster or ()] == ["Participant 1234", "Participant 1235"]


def test_the_test_student_of_canvas_is_nobody(tmp_path: Path) -> None:
    """Canvas exports the teacher's own test student with the class; a student of that name has a number of the school."""
    head = "Student,ID,SIS User ID,SIS Login ID,Section,HW (1)\n    Points Possible,,,,,20\n"
    both = '"Student, Test",99,,0f3c,A,\n"Student, Test",98,s98,test,A,\n"Berg, Anna",55,s55,anna,A,\n'
    assert [one.identity["canvas_user"] for one in roster(tmp_path, head + both).people] == ["98", "55"]


def test_a_student_in_two_sections_is_one(tmp_path: Path) -> None:
    """Two lines that differ in nothing else are one student in both; a number that two people have is refused."""
    found = roster(tmp_path, "id,name,section\n1,Anna Berg,A\n2,Bo Li,A\n1,Anna Berg,B\n").people
    assert [(one.student, one.section) for one in found] == [("Anna Berg", "A; B"), ("Bo Li", "A")]
    with open_book(tmp_path / "book") as book:
        evening(book, [], roster=list(found))
        assert [of_section(book, name) for name in "AB"] == [{"Anna Berg", "Bo Li"}, {"Anna Berg"}]
    for other in ("Bo Li,B,", "Anna Berg,B,3 days"):
        with pytest.raises(UsageError, match="id 1 more than once"):
            roster(tmp_path, f"id,name,section,extension\n1,Anna Berg,A,\n1,{other}\n")


@pytest.mark.parametrize("logins", [("a_berg", "a_cole"), ("a_berg", "b_cole"), ("berg", "cole")])
def test_logins_that_all_begin_alike(tmp_path: Path, logins: tuple[str, str]) -> None:
    """Nobody can see where the assignment's name ends, and the roster knows; `berg` of the roster is not `a_berg`."""
    names = tuple(f"HW_3_{login}_attempt_2026-11-20-10-11-12_hw.ipynb" for login in logins)
    found = intake(tmp_path, names, f"id,name,login\n1,Anna Berg,{logins[0]}\n2,Alf Cole,{logins[1]}\n3,Ida Fox,fox\n")
    assert {one.student for one in found.handed} == {"Anna Berg", "Alf Cole"} and not found.unknown
    cloned = tuple(f"x/lab-1-{login.replace('_', '-')}/hw.ipynb" for login in (*logins, "a-fox"))
    people = "".join(f"{n},{login.replace('_', '-')}\n" for n, login in enumerate((*logins, "a-fox")))
    assert not intake(tmp_path / "git", cloned, f"id,login\n{people}").unknown
