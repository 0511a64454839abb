"""Who is who when encodings, names, teams and the class itself change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.batch import summary as ending
from grader.batch.encodings import decoded
from grader.batch.exports import sheet
from grader.batch.extensions import extend
from grader.batch.gradebook import attendance, queries
from grader.batch.gradebook.entries import Batch
from grader.batch.gradebook.find_student import who
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.store import open_book
from grader.batch.intake import ClassIntake, Handed, Layout, TakenIn
from grader.batch.intake.late import Deadline, policy, zone
from grader.batch.intake.matching import match
from grader.batch.intake.roster import Enrolled, Roster, load
from grader.errors import UsageError
from tests.batch.intake.archives import put
from tests.batch.intake.test_late import DUE, evening, handed

# -- encodings --------------------------------------------------------------------------------------------

SAVED = [
    ("cp1252", "id;name\n7001;Ida Nuñez\n7002;Max Häberle\n", ["Ida Nuñez", "Max Häberle"]),
    ("cp1252", "id;name\n1;François Lefèvre\n2;Søren Ægir\n", ["lefevrefrancois", "Søren Ægir", "François Lefèvre"]),
    ("cp1250", "id;name\n1;Zoë Žižek\n2;Łukasz Wójcik\n", ["Łukasz Wójcik"]),
    ("cp1250", "id;last name;first name\n1;Novák;Jiří\n2;Dvořák;Zdeněk\n", ["dvořákzdeněk"]),
    ("cp1251", "id;name\n1;Анна Иванова\n", ["Анна Иванова"]),
    ("cp932", "id,name\n1,山田 太郎\n2,佐藤 花子\n", ["佐藤 花子"]),
    ("cp932", "学籍番号,氏名\n1,山田 太郎\n2,ﾔﾏﾀﾞ\n", []),
    ("euc_jp", "学籍番号,氏名\n1,山田 太郎\n", []),
    ("utf-16", "id\tname\n1\tIda Nuñez\n", []),
    ("cp949", "id,name\n1,김민수\n", ["김민수"]),
    ("mac_roman", "id;name\n1;Ida Nuñez\n", ["Ida Nuñez"]),
    ("cp1250", "id;name\n1;Łukasz Wójcik\n2;Żaneta Źdźbło\n", ["Lukasz Wojcik"]),
    ("cp1254", "id;name\n1;Işıl Şahin\n2;Ağca Öztürk\n", ["Işıl Şahin"]),
]


@pytest.mark.parametrize(("encoding", "text", "came"), SAVED)
def test_an_encoding_is_told_by_the_names(tmp_path: Path, encoding: str, text: str, came: list[str]) -> None:
    """Each roster as a spreadsheet of its country saves it: the names are whole, and what was assumed is said."""
    found = load(put(tmp_path / "class.csv", text.encode(encoding)), came)
    assert decoded(text.encode(encoding), "x", came, known=lambda line: "氏名" in line).text == text
    assert [encoding in note.en for note in found.notes] == ([] if encoding == "utf-16" else [True])
    assert len(found.people) == text.count("\n") - 1


def test_an_encoding_that_a_person_says(tmp_path: Path) -> None:
    """It is taken; one that does not exist or does not fit is refused, with the line."""
    path = put(tmp_path / "class.csv", "id;name\n1;Ann\n2;Zoë Žižek\n".encode("cp1250"))
    assert load(path, ["Ida Nuñez"], "cp1250").people[1].student == "Zoë Žižek" and not load(path, (), "cp1250").notes
    with pytest.raises(UsageError, match="no encoding 'klingon'"):
        load(path, (), "klingon")
    with pytest.raises(UsageError, match="not in utf-8: line 3"):
        load(path, (), "utf-8")


def test_a_worksheet_keeps_its_encoding() -> None:
    """It is told by the students' names as a roster is, and comes back byte for byte."""
    content = '"Full name";Grade\r\nIda Nuñez;\r\nMax Häberle;\r\n'.encode("cp1252")
    found = sheet.read(content, "grades.csv", ["Ida Nuñez", "Max Häberle"])
    assert found.value(1, 0) == "Ida Nuñez" and found.content() == content and "cp1252" in found.notes()[0].en


# -- columns ----------------------------------------------------------------------------------------------


def roster(tmp_path: Path, text: str) -> Roster:
    return load(put(tmp_path / "class.csv", text.encode()), zone=zone("+09:00"))


def test_who_has_more_time_keeps_it(tmp_path: Path) -> None:
    """An extension and a due time of one's own take nothing from who is in time by them, also in later runs without the roster."""
    text = "id,name,due,extension\n1,Ann,,\n2,Ben,,3 days\n3,Cy,2026-11-23,\n4,Di,,12時間\n"
    people = roster(tmp_path, text).people
    late = DUE + timedelta(days=2)
    came = [handed(tmp_path, name, late) for name in ("Ann", "Ben", "Cy", "Di")]
    with open_book(tmp_path / "book") as book:
        for given in (list(people), None):
            evening(book, came, Deadline(DUE, policy("10%/day")), roster=given)
            rates = {place.student: place.rate for place in queries.standings(book)}
            assert rates == {"Ann": 0.2, "Ben": 0.0, "Cy": 0.0, "Di": 0.2}
    assert people[2].own.due == datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC)


def test_who_used_an_extension_is_told(tmp_path: Path) -> None:
    """Late for the class and in time by what was allowed: said by name, with what it cost: nothing."""
    with open_book(tmp_path / "book") as book:
        extend(book, {"Ann": DUE + timedelta(days=3)}, DUE, "mia")
        came = [handed(tmp_path, "Ann", DUE + timedelta(days=2)), handed(tmp_path, "Ben", DUE)]
        number = evening(book, [*came, handed(tmp_path, "Cy", DUE + timedelta(days=2))], Deadline(DUE, policy("zero")))
        told = [note.en for note in ending.closing(book, number, {}, DUE) if "extension" in note.en]
    assert told == ["After the due time, and in time by an extension or the grace: Ann. Nothing is taken off."]


def test_the_later_of_two_extensions_counts(tmp_path: Path) -> None:
    """The roster's column and `--extension` (or class.toml's table) for one student: whichever leaves more time, in either order."""
    people = roster(tmp_path, "id,name,extension\n1,Ann,1 day\n2,Ben,3 days\n3,Cy,\n").people
    came = [handed(tmp_path, name, DUE + timedelta(days=2)) for name in ("Ann", "Ben", "Cy")]
    with open_book(tmp_path / "book") as book:
        extend(book, {"Ann": DUE + timedelta(days=3), "Ben": DUE + timedelta(days=1)}, DUE, "mia")
        for given in (list(people), None):
            evening(book, came, Deadline(DUE, policy("10%/day")), roster=given)
            rates = {place.student: place.rate for place in queries.standings(book)}
            assert rates == {"Ann": 0.0, "Ben": 0.0, "Cy": 0.2}


@pytest.mark.parametrize("cell", ["soon", "3 moons", "-2 days", "20.11.2026"])
def test_an_extension_that_is_none(tmp_path: Path, cell: str) -> None:
    """Refused with the line, and how to write it."""
    with pytest.raises(UsageError, match=r"class\.csv, line 3: the extension .* 3 days"):
        roster(tmp_path, f"id,name,extension\n1,Ann,\n2,Ben,{cell}\n")


@pytest.mark.parametrize(
    ("cell", "days"), [("3", 3), ("2 days", 2), ("1 week", 7), ("48h", 2), ("1,5 Tage", 1.5), ("２日", 2), ("+1d", 1)]
)
def test_how_an_extension_is_written(tmp_path: Path, cell: str, days: float) -> None:
    """In days, or with a unit, in the ways people write it."""
    (ann,) = roster(tmp_path, f"id;name;extension\n1;Ann;{cell}\n").people
    assert ann.own.extension == days * 86400


def test_a_section_is_a_part_of_the_class(tmp_path: Path) -> None:
    """Only its students are listed; one that is not there is refused."""
    people = roster(tmp_path, "id,name,section\n1,Ann,A\n2,Ben,B\n").people
    with open_book(tmp_path / "book") as book:
        evening(book, [handed(tmp_path, "Ann", DUE), handed(tmp_path, "Ben", DUE)], roster=list(people))
        assert attendance.of_section(book, "A") == {"Ann"} and attendance.of_section(book, None) is None
        with pytest.raises(UsageError, match="no section C; it has: A, B"):
            attendance.of_section(book, "C")


# -- teams ------------------------------------------------------------------------------------------------


def came(tmp_path: Path, name: str, number: int, content: str = "x") -> Handed:
    path = put(tmp_path / "in" / str(number) / "hw.ipynb", content.encode())
    return Handed(name, path, identity={"name": name, "moodle_participant": str(number)}, called=name, name="hw.ipynb")


def received(people: list[Enrolled] | None, *all_: Handed, layout: Layout = Layout.MOODLE) -> ClassIntake:
    return ClassIntake.of(TakenIn(layout, all_), people)


ANNA, BEN, CARA = (Enrolled(name, {"name": name, "id": str(n)}) for n, name in enumerate(("Anna Berg", "Ben Cole", "Cara Dietz")))  # fmt: skip


@pytest.mark.parametrize("team", ["Team 3", "Gruppe A", "Default group", "班1", "Team-3", "The Lions"])
def test_a_team_before_the_name(tmp_path: Path, team: str) -> None:
    """Moodle's team is no part of a name; a name that says nothing is known by the roster's column group."""
    people = [replace(one, group="The Lions") for one in (ANNA, BEN)] if team == "The Lions" else [ANNA, BEN]
    found = received(people, came(tmp_path, f"{team}-Anna Berg", 1), came(tmp_path, f"{team}-Ben Cole", 2))
    assert [one.student for one in found.handed] == ["Anna Berg", "Ben Cole"] and not found.unknown
    assert {one.group for one in found.handed} == {team}


def test_a_team_with_different_work_is_told(tmp_path: Path) -> None:
    """Each keeps their own, and that is said, with a roster and without one."""
    for people in (None, [ANNA, BEN]):
        found = received(people, came(tmp_path, "Team 3-Anna Berg", 1), came(tmp_path, "Team 3-Ben Cole", 2, "other"))
        (note,) = found.notes
        assert "Team 3: Anna Berg, Ben Cole handed in different work" in note.en


def test_a_hyphen_is_no_team(tmp_path: Path) -> None:
    """`Anna-Lena Berg` is nobody else than herself, also where the roster has a Lena Berg."""
    lena = Enrolled("Lena Berg", {"name": "Lena Berg", "id": "9"})
    found = received([lena, ANNA], came(tmp_path, "Anna-Lena Berg", 1))
    assert found.handed[0].student == "Anna-Lena Berg" and "Anna-Lena Berg" in found.unknown
    jean = Enrolled("Jean-Luc Picard", {"name": "Jean-Luc Picard", "id": "1"})
    assert received([jean], came(tmp_path, "Team 4-Jean-Luc Picard", 2)).handed[0].student == "Jean-Luc Picard"


def test_a_groups_hand_in_is_everybodys(tmp_path: Path) -> None:
    """One member uploads, all get it, it is told, graded once, and never told as alike; a section is no group."""
    group = [replace(one, group="7") for one in (ANNA, BEN, CARA)]
    found = received(group, came(tmp_path, "Ben Cole", 1))
    assert {one.student for one in found.handed} == {"Anna Berg", "Ben Cole", "Cara Dietz"}
    assert "the hand-in of Ben Cole counts for Anna Berg, Cara Dietz too" in found.notes[0].en
    many = [replace(ANNA, student=f"S{n}", identity={"name": f"S{n}"}, group="A") for n in range(30)]
    alone = received(many, came(tmp_path, "S3", 1))
    assert len(alone.handed) == 1 and "30 students have the group A" in alone.notes[0].en
    named = Handed("lions", tmp_path / "x", identity={"name": "lions", "canvas_user": "5"}, called="lions")
    both = received([replace(one, group="Lions") for one in (ANNA, BEN)], named, layout=Layout.CANVAS)
    assert {one.student for one in both.handed} == {"Anna Berg", "Ben Cole"} and not both.unknown


def test_different_work_in_one_group_stays_apart(tmp_path: Path) -> None:
    """Nobody is given one of two works: it is told."""
    group = [replace(one, group="7") for one in (ANNA, BEN, CARA)]
    found = received(group, came(tmp_path, "Ben Cole", 1, "x"), came(tmp_path, "Anna Berg", 2, "y"))
    assert {one.student for one in found.handed} == {"Anna Berg", "Ben Cole"}
    assert "different work" in found.notes[0].en and "Cara Dietz" in found.notes[0].en


# -- two of one name --------------------------------------------------------------------------------------


def test_two_of_one_name_are_never_one(tmp_path: Path) -> None:
    """Two in the LMS for one of the roster match neither, and the advice (an alias) works; so does the LMS's number."""
    two = [replace(came(tmp_path, "Bo Li", n, str(n)), student=f"Bo Li ({n})", called=f"Bo Li ({n})") for n in (1, 2)]
    first, second = (Enrolled(f"Bo Li ({n})", {"name": "Bo Li", "id": n}) for n in ("b1", "b2"))
    assert set(received([replace(first, student="Bo Li")], *two).unknown) == {"Bo Li (1)", "Bo Li (2)"}
    found = received([replace(first, alias=("Bo Li (2)",)), replace(second, alias=("Bo Li (1)",))], *two)
    assert [one.identity["id"] for one in found.handed] == ["b2", "b1"] and not found.unknown
    numbered = [replace(e, identity={**e.identity, "moodle_participant": n}) for e, n in ((first, "2"), (second, "1"))]
    assert [one.identity["id"] for one in received(numbered, *two).handed] == ["b2", "b1"]
    teams = [came(tmp_path, f"Team {n}-Bo Li", n, str(n)) for n in (1, 2)]
    assert len({one.student for one in received(None, *teams).handed}) == 2


# -- a class that changes ---------------------------------------------------------------------------------


def enrolled(*people: tuple[str, str]) -> list[Enrolled]:
    return [Enrolled(name, {"id": number, "name": name}) for number, name in people]


def by_folder(tmp_path: Path, number: str, people: list[Enrolled]) -> Handed:
    one = handed(tmp_path, number, DUE, folder=number)
    return ClassIntake.of(TakenIn(Layout.PLAIN, (one,)), people).handed[0]


def test_marks_follow_the_number(tmp_path: Path) -> None:
    """One is renamed, one left, one joined, two swapped names: nobody is doubled, and who left is told, with the marks kept."""
    before = enrolled(("1", "Anna Berg"), ("2", "Ben Cole"), ("3", "Kim A"), ("4", "Kim B"))
    after = enrolled(("1", "Anna Winter"), ("3", "Kim B"), ("4", "Kim A"), ("5", "Dora"))
    with open_book(tmp_path / "book") as book:
        evening(book, [by_folder(tmp_path, n, before) for n in "1234"], roster=before)
        for points, name in enumerate(("Anna Berg", "Ben Cole", "Kim A", "Kim B")):
            give(book, name, None, None, float(points), "mia", "")
        number = evening(book, [by_folder(tmp_path, n, after) for n in "12345"], roster=after)
        points = {place.student: place.final for place in queries.standings(book)}
        assert points == {"Anna Winter": 0.0, "Ben Cole": 1.0, "Kim B": 2.0, "Kim A": 3.0, "Dora": 2.0}
        said = " ".join(note.en for note in ending.closing(book, number, {"2": ()}))
        assert (
            "Not in the roster any more, but in an earlier one: Ben Cole." in said
            and "2 is not in the roster" not in said
        )
        assert attendance.left(book) == ["Ben Cole"]


def test_a_name_that_is_somebody_elses_now(tmp_path: Path) -> None:
    """A new student of the name of one who left gets none of their marks."""
    before, after = enrolled(("1", "Bo Li")), enrolled(("9", "Bo Li"))
    with open_book(tmp_path / "book") as book:
        evening(book, [by_folder(tmp_path, "1", before)], roster=before)
        give(book, "Bo Li", None, None, 4.0, "mia", "")
        evening(book, [by_folder(tmp_path, "9", after)], roster=after)
        assert {place.student: place.final for place in queries.standings(book)} == {"Bo Li (1)": 4.0, "Bo Li": 2.0}


def test_marks_follow_who_was_anonymous(tmp_path: Path) -> None:
    """Once Canvas shows names, an alias is the student with the same number of the submission: nobody is doubled."""
    alias = handed(tmp_path, "anon_ABcd1", None, canvas_anonymous="ABcd1", canvas_submission="901")
    named = replace(
        alias, student="bergann", called="bergann", identity={"canvas_user": "55", "canvas_submission": "901"}
    )
    with open_book(tmp_path / "book") as book:
        evening(book, [alias])
        give(book, "anon_ABcd1", None, None, 3.0, "mia", "")
        evening(book, [named, handed(tmp_path, "coleben", None, canvas_user="56", canvas_submission="902")])
        assert {place.student: place.final for place in queries.standings(book)} == {"bergann": 3.0, "coleben": 2.0}


def test_who_handed_in_again_before_canvas_showed_names(tmp_path: Path) -> None:
    """The new upload has another number, so nothing tells whose the alias is: that is said, and an alias in the roster decides it."""
    alias = handed(tmp_path, "anon_ABcd1", None, canvas_anonymous="ABcd1", canvas_submission="901")
    again = handed(tmp_path, "bergann", None, "-1", canvas_user="55", canvas_submission="950")
    anna = Enrolled("Anna Berg", {"name": "Anna Berg", "canvas_user": "55"}, ("anon_ABcd1",))
    with open_book(tmp_path / "book") as book:
        first = evening(book, [alias])
        second = evening(book, [again])
        assert [any("anon_ABcd1" in note.en for note in ending.closing(book, n, {})) for n in (first, second)] == [
            False,
            True,
        ]
        third = evening(book, list(match([again], [anna])[0]), roster=[anna])
        assert [place.student for place in queries.standings(book)] == ["Anna Berg"]
        assert not any("anon_ABcd1" in note.en for note in ending.closing(book, third, {}))


def test_without_the_roster_everybody_is_known_again(tmp_path: Path) -> None:
    """A later run that names no roster doubles nobody."""
    people = enrolled(("1", "Anna Berg"))
    with open_book(tmp_path / "book") as book:
        evening(book, [by_folder(tmp_path, "1", people)], roster=people)
        evening(book, [handed(tmp_path, "1", DUE, folder="1")])
        assert [place.student for place in queries.standings(book)] == ["Anna Berg"]


@pytest.mark.parametrize("said", ["s7001", "ANNA@u.ac", "aberg", "Berg Anna", "Anna Berg", "ａｂｅｒｇ", "55"])
def test_a_student_by_whatever_is_known(tmp_path: Path, said: str) -> None:
    """Number, login, address, Canvas's number, the name in any order and width; what two share is refused."""
    known = {"id": "s7001", "email": "anna@u.ac", "login": "aberg", "canvas_user": "55", "name": "Anna Berg"}
    with open_book(tmp_path / "book") as book:
        evening(book, [handed(tmp_path, "Anna Berg", DUE)], roster=[Enrolled("Anna Berg", known)])
        assert who(book, said) == "Anna Berg" and queries.one(book, said).student == "Anna Berg"
        assert who(book, "nobody") == "nobody"
    with open_book(tmp_path / "two") as book:
        book.begin(Batch(1, "", "", "", ""))
        evening(book, [], roster=[Enrolled(f"Bo ({n})", {"name": "Bo", "id": f"b{n}"}) for n in (1, 2)])
        with pytest.raises(UsageError, match="bo may be"):
            who(book, "bo")
