"""What was handed in: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path, PurePosixPath

from grader.batch.intake.layout_facts import KNOWS, Layout, Times
from grader.batch.names import said
from grader.model import Text
from grader.model.text import counted

NOTEBOOKS = (".ipynb",)
CODE = (*NOTEBOOKS, ".py")  # what is graded; everything else is data that goes along


@dataclass(frozen=True)
class Member:
    """One file of the source. name: as it is called there, with `/`; path: where its bytes lie now; when: in UTC.

    assumed: the time came without a zone, and was read in one that we chose. attempt: by the LMS's number, the higher the
    later. late: the LMS says so. identity: as `entries.IDENTITY`, where it belongs to this file alone.
    """

    name: str
    path: Path
    when: datetime | None = None
    assumed: bool = False
    attempt: int | None = None
    late: bool = False
    identity: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.name).parts

    @property
    def base(self) -> str:
        return self.parts[-1]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.base).suffix.lower()


@dataclass(frozen=True)
class SourceListing:
    """Everything in a source. top: what its outermost folder is called. clones: the top folders that are git clones, and
    where their .git lies. notes: what was refused or left out, and why. zone: for times without one; None for ours."""

    top: str
    members: tuple[Member, ...]
    clones: Mapping[str, Path] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    zone: tzinfo | None = None

    @cached_property
    def tops(self) -> dict[str, list[Member]]:
        """The files by the first part of their names. A file alone is under its own name."""
        sorted_out: dict[str, list[Member]] = {}
        for member in self.members:
            sorted_out.setdefault(member.parts[0], []).append(member)
        return sorted_out


@dataclass(frozen=True)
class Bundle:
    """Everything one student handed in. unique: tells students apart where names do not.

    identity: as `entries.IDENTITY`. files: named as the student named them. clear: it followed the layout.
    """

    name: str
    unique: str
    files: tuple[Member, ...]
    identity: Mapping[str, str]
    clear: bool = True


@dataclass(frozen=True)
class Handed:
    """One submission that somebody handed in: a notebook or script, or several that are one. when: in UTC.

    path: the file, or the first of the parts. parts: each by name, the later one last, where there are several.
    beside: the student's data files that go with it, by name. called: the student before a roster was asked.
    late: the LMS marked it so. attempt: its place among what the student handed in; the highest counts.
    doubt: why it is only a proposal that this one counts; then a person confirms. group: who handed in together.
    """

    student: str
    path: Path
    when: datetime | None = None
    beside: tuple[tuple[str, Path], ...] = ()
    name: str = ""
    identity: Mapping[str, str] = field(default_factory=dict)
    called: str = ""
    late: bool = False
    parts: tuple[tuple[str, Path], ...] = ()
    attempt: int = 0
    doubt: bool = False
    group: str = ""

    @property
    def file(self) -> str:
        return self.name or self.path.name


@dataclass(frozen=True)
class TakenIn:
    """What a source held. notes: what a person should know about it, besides what is in the list. zone: in which times
    were read that came without one; "" where none did. empty: whose files hold nothing to grade; `instead` of the identity
    says which those are."""

    layout: Layout
    handed: tuple[Handed, ...]
    notes: tuple[Text, ...] = ()
    zone: str = ""
    empty: tuple[Handed, ...] = ()

    def told(self) -> tuple[Text, ...]:
        """How the source was read, what is known of its times, then the notes."""
        knows = KNOWS[self.layout]
        students, files = len({one.student for one in self.handed}), len(self.handed)
        read = Text(
            en=f"Read as {knows.name}: {counted(students, 'student')}, {counted(files, 'hand-in')}. (--layout to read it otherwise)",
            ja=f"{knows.name} の形式として読み込みました: 学生 {students} 名、提出物 {files} 件。（--layout で変更できます）",
        )
        return read, *self.times(), *self.notes

    def names(self) -> set[str]:
        """What the students are called here, for whoever has to read a list of them."""
        return {one.identity.get("name", one.called) for one in self.handed}

    def times(self) -> tuple[Text, ...]:
        """What is known of the times of hand-in."""
        knows = KNOWS[self.layout]
        if knows.times is Times.NONE:
            return (said(*(MARKED if knows.marked else UNTIMED), layout=knows.name),)
        return (said(*ZONED, zone=self.zone),) if self.zone else ()


MARKED = (
    "Downloads from {layout} carry no times of hand-in: only its marks say who was late.",
    "{layout} からのダウンロードには提出時刻が含まれません。遅延は {layout} の印だけで分かります。",
)
UNTIMED = (
    "Downloads from {layout} carry no times of hand-in: nobody is counted as late.",
    "{layout} からのダウンロードには提出時刻が含まれないため、遅延の判定はしません。",
)
ZONED = (
    "Its times say no time zone and were read as {zone}. (--zone to read them otherwise)",
    "提出時刻にはタイムゾーンがないため、{zone} の時刻として読み込みました。（--zone で変更できます）",
)
