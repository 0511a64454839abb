"""A class as it really hands in: in every layout, with teams, parts, stubs beside work, and who must have which mark.

Each layout has students of all kinds in turn, a roster in an encoding of its own and a zone in which its times are read:

    whole      both answers
    mistaken   both answers, the second with a mistake
    parts      one answer a file
    stub       the work, and beside it, later, the notebook as it was given out
    again      a mistake first, all right later
    script     the second answer as a script
    late       all right, two hours after the due time
    group      of two members one hands in; in Moodle and in teams both have the file
    broken     a file cut off in the middle
    paper      a PDF

Nothing depends on chance. Canvas is there twice: with names, and anonymous without a roster.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle, islice, product
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.batch.intake import Layout
from tests.batch.intake.archives import put
from tests.batch.intake.handins import BROKEN, MASK, POSITIONAL, SCRIPT, STUB, WRONG_MASK, notebook
from tests.batch.intake.timed import zipped

FULL, MISTAKEN, SECOND_ALONE = 14.0, 10.0, 5.0
DUE = datetime(2026, 11, 20, 23, 59)
EARLY, LATER, AFTER = DUE - timedelta(hours=5), DUE - timedelta(hours=1), DUE + timedelta(hours=2)
OFF = 0.9  # of the points that remain of a late hand-in, where the layout knows its time
KINDS = ("whole", "mistaken", "parts", "stub", "again", "script", "late", "group", "broken", "paper")
PEOPLE = {
    "cp1252": (("Nuñez", "Häberle", "Lefèvre", "Øster", "Berg"), ("Ida", "Max", "Zoë", "René", "José", "Anna", "Jörg", "Søren")),
    "cp1250": (("Wójcik", "Žižek", "Dvořák", "Łukasik", "Cole"), ("Jiří", "Łucja", "Zdeněk", "Ewa", "Šárka", "Ben", "Tomáš", "Żaneta")),
    "cp932": (("佐藤", "髙橋", "田中", "山﨑", "小林"), ("葵", "蓮", "陽菜", "湊", "樹", "芽依", "結衣", "太郎")),
    "utf-8": (("O'Neil", "Li", "García", "Иванов", "Smith"), ("Kim", "Po", "Анна", "Zoë", "Bo", "Jean-Luc", "May", "Ann")),
}  # fmt: skip


@dataclass(frozen=True)
class Student:
    family: str
    given: str
    number: int
    group: str = ""

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def login(self) -> str:
        return f"u{self.number}"


@dataclass(frozen=True)
class HandInFile:
    """attempt: the first or the second that this student handed in."""

    name: str
    content: bytes
    when: datetime = EARLY
    attempt: int = 1


@dataclass(frozen=True)
class ClassOfOneLayout:
    """What an LMS gives, and what must come out. marks: None where there is no score. late: who was handed in too late.

    missing: who handed in nothing that can be graded. options: of the command.
    """

    layout: Layout
    source: Path
    options: tuple[str, ...]
    marks: dict[str, float | None]
    late: frozenset[str]
    missing: frozenset[str]


def answers(student: Student, mask: str = MASK) -> bytes:
    return notebook(student.name, positional_encoding=POSITIONAL, causal_mask=mask)


def files_of(student: Student, kind: str) -> list[HandInFile]:
    first, second = (
        notebook(student.name, **one) for one in ({"positional_encoding": POSITIONAL}, {"causal_mask": MASK})
    )
    whole = HandInFile("hw.ipynb", answers(student))
    return {
        "mistaken": [replace(whole, content=answers(student, WRONG_MASK))],
        "parts": [HandInFile("1.ipynb", first), HandInFile("2.ipynb", second)],
        "stub": [whole, HandInFile("original.ipynb", STUB, LATER, 2)],
        "again": [replace(whole, content=answers(student, WRONG_MASK)), HandInFile("hw-1.ipynb", answers(student), LATER, 2)],
        "script": [HandInFile("mask.py", SCRIPT + f"# {student.name}\n".encode())],
        "late": [replace(whole, when=AFTER)],
        "broken": [HandInFile("hw.ipynb", BROKEN + student.name.encode())],
        "paper": [HandInFile("hw.pdf", b"%PDF")],
    }.get(kind, [whole])  # fmt: skip


WORTH = {"mistaken": MISTAKEN, "script": SECOND_ALONE, "broken": None}

# How each LMS names a file: (student, file) -> the name in the zip.
Namer = Callable[[Student, HandInFile], str]


def moodle(student: Student, file: HandInFile) -> str:
    team = f"Team {student.group}-" if student.group else ""
    return f"{team}{student.name}_{student.number}_assignsubmission_file_/{file.name}"


def canvas(student: Student, file: HandInFile) -> str:
    called = "".join(c for c in f"{student.family}{student.given}".casefold() if c.isalnum())
    late = "_LATE" if file.when > DUE else ""
    return f"{called}{late}_{student.number}_{student.number * 10 + file.attempt}_{file.name}"


def anonymous(student: Student, file: HandInFile) -> str:
    late = "LATE_" if file.when > DUE else ""
    return f"{late}anon_x{student.number}_{student.number * 10 + file.attempt}_{file.name}"


def blackboard(student: Student, file: HandInFile) -> str:
    return f"HW_3_{student.login}_attempt_{file.when:%Y-%m-%d-%H-%M-%S}_{file.name}"


def brightspace(student: Student, file: HandInFile) -> str:
    when = f"{file.when:%b} {file.when.day}, {file.when.year} {file.when:%I%M %p}"
    return f"{student.number}-77 - {student.name} - {when}/{file.name}"


def ilias(student: Student, file: HandInFile) -> str:
    late = "Late Submission - " if file.when > DUE else ""
    team = f"Team {student.group or student.number}/"
    return f"Sheet/{team}{student.family}_{student.given}_{student.login}_{student.number}/{late}{file.name}"


def google(student: Student, file: HandInFile) -> str:
    return f"{student.name} - {file.name}"


def plain(student: Student, file: HandInFile) -> str:
    return f"{student.number}_{student.name}/{file.name}"


def github(student: Student, file: HandInFile) -> str:
    return f"lab-{student.login}/{file.name}"


@dataclass(frozen=True)
class LayoutKind:
    layout: Layout
    name: Namer
    encoding: str
    zone: str
    timed: bool = True  # whether the layout knows times
    teams: bool = False  # whether both members of a team have the file


CLASSES = {
    "moodle": LayoutKind(Layout.MOODLE, moodle, "cp1252", "Asia/Tokyo", teams=True),
    "canvas": LayoutKind(Layout.CANVAS, canvas, "cp1250", "Asia/Tokyo", timed=False),
    "anonymous": LayoutKind(Layout.CANVAS, anonymous, "utf-8", "Asia/Tokyo", timed=False),
    "blackboard": LayoutKind(Layout.BLACKBOARD, blackboard, "cp932", "America/New_York"),
    "brightspace": LayoutKind(Layout.BRIGHTSPACE, brightspace, "cp1250", "America/New_York"),
    "ilias": LayoutKind(Layout.ILIAS, ilias, "cp1252", "America/New_York", timed=False),
    "google": LayoutKind(Layout.GOOGLE, google, "cp932", "Asia/Tokyo"),
    "plain": LayoutKind(Layout.PLAIN, plain, "utf-8", "America/New_York"),
    "github": LayoutKind(Layout.GITHUB, github, "cp1252", "Asia/Tokyo"),
}


def make(folder: Path, name: str, size: int) -> ClassOfOneLayout:
    """So many hand-ins in this layout, in the folder; and what must come out."""
    kind = CLASSES[name]
    names = ((family, given) for given, family in product(*reversed(PEOPLE[kind.encoding])))
    people = [Student(family, given, 7000 + n) for n, (family, given) in enumerate(names)]
    sorts = dict(zip(people, islice(cycle(KINDS), size), strict=False))
    members = {one: replace(one, group=str(n)) for n, one in enumerate(people) if sorts.get(one) == "group"}
    others = {one: replace(one, number=8000 + one.number, given=f"{one.given} Kai") for one in members.values()}
    files = [(members.get(one, one), file) for one, sort in sorts.items() for file in files_of(one, sort)]
    if kind.teams:
        files += [(others[team], file) for one, team in members.items() for file in files_of(one, "group")]
    source = written(folder, kind, files)
    options = ["--due", DUE.isoformat(), "--late", "10%/day", "--zone", kind.zone, "--layout", kind.layout]
    everybody = [*(members.get(one, one) for one in sorts), *others.values()]
    if name != "anonymous":
        options += ["--roster", str(roster(folder, kind.encoding, everybody))]
    return expected(name, source, tuple(options), sorts, [] if name == "anonymous" else list(others.values()))


def expected(
    name: str, source: Path, options: tuple[str, ...], sorts: dict[Student, str], others: Sequence[Student]
) -> ClassOfOneLayout:
    known = CLASSES[name].timed

    def called(one: Student) -> str:
        return f"anon_x{one.number}" if name == "anonymous" else one.name

    marks = {called(one): WORTH.get(sort, FULL) for one, sort in sorts.items() if sort != "paper"}
    late = {called(one) for one, sort in sorts.items() if sort == "late"}
    marks |= {who: FULL * OFF for who in late if known} | {one.name: FULL for one in others}
    missing = frozenset(one.name for one, sort in sorts.items() if sort == "paper" and name != "anonymous")
    return ClassOfOneLayout(CLASSES[name].layout, source, options, marks, frozenset(late), missing)


def roster(folder: Path, encoding: str, everybody: Sequence[Student]) -> Path:
    """With a semicolon, as a spreadsheet of Europe; with the headers of Japan in its encoding."""
    head = "学籍番号;氏名;ユーザー名;班" if encoding == "cp932" else "id;name;login;group"
    lines = [f"{one.number};{one.name};{one.login};{one.group or '-'}" for one in everybody]
    return put(folder / "class.csv", "".join(f"{line}\n" for line in (head, *lines)).encode(encoding))


def written(folder: Path, kind: LayoutKind, files: Sequence[tuple[Student, HandInFile]]) -> Path:
    if kind.layout is Layout.GITHUB:
        return cloned(folder / "lab-submissions", kind.zone, files)
    members = [(kind.name(who, file), file.content, file.when.timetuple()[:6]) for who, file in files]
    return put(folder / "hw.zip", zipped(*members))


def cloned(folder: Path, zone: str, files: Sequence[tuple[Student, HandInFile]]) -> Path:
    """A repository for each student, committed once, at the time of the last file."""
    ours = {"PATH": os.defpath, "HOME": str(folder), "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"}
    who = {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    last: dict[Path, datetime] = {}
    for student, file in files:
        path = put(folder / github(student, file), file.content)
        last[path.parent] = max(file.when, last.get(path.parent, file.when))
    for clone, moment in last.items():
        when = moment.replace(tzinfo=ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S%z")
        environment = {**ours, **who, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
        for command in ("init -q -b main", "add -A", "commit -q -m hw"):
            subprocess.run(["git", *command.split()], cwd=clone, env=environment, check=True)
    return folder
