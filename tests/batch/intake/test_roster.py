"""The roster: read as every office writes it, matched by what is certain, and told where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.intake.hand_in import Handed, TakenIn
from grader.batch.intake.layout_facts import Layout
from grader.batch.intake.matching import ClassIntake, match
from grader.batch.intake.roster import Enrolled, read
from grader.errors import UsageError
from tests.batch.intake.archives import put

JAPANESE = "学籍番号,氏名,メール\r\nB001,山田　太郎,taro@u.ac.jp\r\nB002,佐藤 花子,hanako@u.ac.jp\r\n"
ENGLISH = "id,name,email\nB001,山田　太郎,taro@u.ac.jp\nB002,佐藤 花子,hanako@u.ac.jp\n"


def people(tmp_path: Path, data: bytes | str) -> list[Enrolled]:
    return read(put(tmp_path / "roster.csv", data.encode() if isinstance(data, str) else data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("text", [JAPANESE, ENGLISH])
def test_every_spelling_of_a_csv(tmp_path: Path, encoding: str, delimiter: str, text: str) -> None:
    """Excel's BOM, UTF-16 with and without a mark, Shift_JIS; comma, semicolon, tab; headers in both languages."""
    data = text.replace(",", delimiter).encode(encoding)
    found = people(tmp_path, data)
    assert [entry.student for entry in found] == ["山田 太郎", "佐藤 花子"]
    assert found[0].identity == {"id": "B001", "name": "山田 太郎", "email": "taro@u.ac.jp"}


def test_the_lists_that_lms_write(tmp_path: Path) -> None:
    """Moodle's participants and worksheet, Canvas's gradebook, GitHub Classroom's roster."""
    moodle = "名,姓,IDナンバー,メールアドレス\n太郎,山田,B001,t@u.jp\n"
    sheet = "識別子,フルネーム,メールアドレス,ステータス\n参加者1234,山田太郎,t@u.jp,提出済み\n"
    canvas = 'Student,ID,SIS User ID,SIS Login ID,Section\n"    Points Possible",,,,\n"Lee, Ann",55,B9,alee,one\n'
    github = "identifier,github_username,github_id,name\nB9,annlee,1,Ann Lee\n"
    assert people(tmp_path, moodle)[0].identity["name"] == "山田 太郎"
    assert people(tmp_path, sheet)[0].identity["moodle_participant"] == "1234"
    assert people(tmp_path, canvas)[0].identity == {
        "id": "B9",
        "login": "alee",
        "canvas_user": "55",
        "name": "Lee, Ann",
    }
    assert people(tmp_path, github)[0].identity == {"id": "B9", "login": "annlee", "name": "Ann Lee"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"id,name\n", "no students"),
        (b"bird,colour\nrobin,red\n", "its first line is: bird, colour"),
        (b"id,name\n1,ann\n2,b\0b\n", "NUL byte in line 3"),
        (b"PK\x03\x04....", "save it as CSV"),
        (b'id,name\n1,"ann\n', "is no CSV"),
        (b"id,name\n1,ann\n1,bob\n", "id 1 more than once"),
        (b"\xff\xfei\0d\0x", "begins as UTF-16"),
    ],
)
def test_what_is_no_roster(tmp_path: Path, data: bytes, words: str) -> None:
    """One sentence that says what is wrong and where."""
    with pytest.raises(UsageError, match=words):
        people(tmp_path, data)
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.csv")


def test_names_in_a_roster_are_harmless(tmp_path: Path) -> None:
    """Escape sequences and RTL overrides are gone; two of one name get their numbers; empty lines and columns do not count."""
    found = people(tmp_path, "id,name,note\n1,a\x1b[31mnn\u202e,x\n\n2,Bo\n3,Bo\n,,x\n")
    assert [entry.student for entry in found] == ["a[31mnn", "Bo (2)", "Bo (3)"]


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12), min_size=1, max_size=5, unique=True
    )
)
def test_any_name_survives_the_file(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """Quotes, delimiters and newlines within a name shift no column."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows([["id", "name"], *([f"s{n}", name] for n, name in enumerate(names))])
    found = people(tmp_path_factory.mktemp("r"), out.getvalue().encode())
    assert [entry.identity["id"] for entry in found] == [f"s{n}" for n in range(len(names))]


# -- matching -------------------------------------------------------------------------------------------

CLASS = [
    Enrolled("山田 太郎", {"name": "山田 太郎", "id": "s2100123", "email": "taro@u.jp"}),
    Enrolled("Ann Lee", {"name": "Ann Lee", "id": "s2100124", "email": "alee@u.jp", "login": "annie"}),
    Enrolled("Lee Jin", {"name": "Lee Jin", "id": "s2100125", "email": "ann@u.jp"}, alias=("이진",)),
    Enrolled("Bo (6)", {"name": "Bo", "id": "6666"}),
    Enrolled("Bo (7)", {"name": "Bo", "id": "7777"}),
]


def came(**identity: str) -> Handed:
    called = identity.get("name") or identity.get("login") or identity["folder"]
    return Handed(called, Path("x"), identity=identity, called=called)


@pytest.mark.parametrize(
    ("one", "student"),
    [
        (came(name="山田太郎"), "山田 太郎"),
        (came(name="太郎　山田"), "山田 太郎"),
        (came(name="LEE, ann"), "Ann Lee"),
        (came(name="leeann"), "Ann Lee"),
        (came(name="ａｎｎ ｌｅｅ"), "Ann Lee"),
        (came(name="s2100123 なまえ"), "山田 太郎"),
        (came(folder="S2100125"), "Lee Jin"),
        (came(folder="s2100123_hw"), "山田 太郎"),
        (came(folder="annie"), "Ann Lee"),
        (came(folder="alee@u.jp"), "Ann Lee"),
        (came(folder="taro"), "山田 太郎"),
        (came(login="annie", folder="lab-annie"), "Ann Lee"),
        (came(name="이진"), "Lee Jin"),
        (came(folder="7777"), "Bo (7)"),
    ],
)
def test_who_is_certain(one: Handed, student: str) -> None:
    """By number, address, login, the address's first part, the name in any order and width, an alias that a person gave."""
    (found,), unknown = match([one], CLASS)
    assert found.student == student and not unknown and found.identity["id"]


@pytest.mark.parametrize(
    ("one", "perhaps"),
    [
        (came(name="Ann Leе"), ("Ann Lee",)),  # the last letter is Cyrillic
        (came(name="山田太朗"), ("山田 太郎",)),
        (came(name="Ann"), ()),  # the login's beginning and another one's address, but a full name
        (came(name="Bo"), ("Bo (6)", "Bo (7)")),
        (came(name="Participant", moodle_participant="6666"), ()),
        (came(folder="nobody"), ()),
    ],
)
def test_who_is_not_certain_is_not_taken(one: Handed, perhaps: tuple[str, ...]) -> None:
    """What only looks alike, and a name that two have, is told with who it may be, and keeps its own name."""
    (found,), unknown = match([one], CLASS)
    assert found.student == one.called and unknown == {one.called: perhaps}


def test_nobody_unknown_takes_a_name_of_the_roster() -> None:
    """A folder called like somebody else's name in the gradebook does not become that student's."""
    (found,), unknown = match([came(folder="Bo (6)")], CLASS)
    assert found.student == "Bo (6) (?)" and list(unknown) == ["Bo (6) (?)"]


def test_without_a_roster_nobody_is_unknown() -> None:
    """Everybody keeps the name of the hand-in."""
    received = ClassIntake.of(TakenIn(Layout.PLAIN, (came(folder="ann"),)), None)
    assert received.handed[0].student == "ann" and not received.unknown and received.roster is None
