"""What was handed in: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

from grader.model import Text

NOTEBOOKS = (".ipynb",)  # what is graded; everything else is data that goes along


class Layout(StrEnum):
    """How the folder or zip is laid out: whose names it follows."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    GITHUB = "github"
    GOOGLE = "google"
    PLAIN = "plain"


NAMES = {
    Layout.MOODLE: "Moodle",
    Layout.CANVAS: "Canvas",
    Layout.GITHUB: "GitHub Classroom",
    Layout.GOOGLE: "Google Classroom",
    Layout.PLAIN: "STUDENT/NAME.ipynb",
}


@dataclass(frozen=True)
class Member:
    """One file of the source. name: as it is called there, with `/`; path: where its bytes lie now; when: in UTC."""

    name: str
    path: Path
    when: datetime | None = None

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
class Found:
    """Everything in a source. top: what its outermost folder is called. clones: the top folders that are git clones, and
    where their .git lies. notes: what was refused or left out, and why."""

    top: str
    members: tuple[Member, ...]
    clones: Mapping[str, Path] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """What one hand-in of one student holds. unique: tells students apart where names do not. late: the LMS says so.

    identity: as `entries.IDENTITY`. files: named as the student named them. clear: it followed the layout.
    """

    name: str
    unique: str
    files: tuple[Member, ...]
    identity: Mapping[str, str]
    late: bool = False
    clear: bool = True


@dataclass(frozen=True)
class Handed:
    """One notebook that somebody handed in. when: in UTC. beside: the student's data files that go with it, by name.

    called: the student before a roster was asked. late: the LMS marked it so.
    """

    student: str
    path: Path
    when: datetime | None = None
    beside: tuple[tuple[str, Path], ...] = ()
    name: str = ""
    identity: Mapping[str, str] = field(default_factory=dict)
    called: str = ""
    late: bool = False

    @property
    def file(self) -> str:
        return self.name or self.path.name


@dataclass(frozen=True)
class Taken:
    """What a source held. notes: what a person should know about it, besides what is in the list."""

    layout: Layout
    handed: tuple[Handed, ...]
    notes: tuple[Text, ...] = ()

    def told(self) -> tuple[Text, ...]:
        """How the source was read, then the notes."""
        students, files = len({one.student for one in self.handed}), len(self.handed)
        read = Text(
            en=f"Read as {NAMES[self.layout]}: {students} students, {files} notebooks. (--layout to read it otherwise)",
            ja=f"{NAMES[self.layout]} の形式として読み込みました: 学生 {students} 名、ノートブック {files} 件。（--layout で変更できます）",
        )
        return read, *self.notes
