"""What each layout tells of a hand-in, and what it does not: the table that decides what may be evidence.

That all files of a Canvas zip have nearly one time proves nothing: in an exam everybody's are close. It is the layout that
says what its times are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Layout(StrEnum):
    """How the folder or zip is laid out: whose names it follows. `KNOWS` says what each of them tells."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    BLACKBOARD = "blackboard"
    BRIGHTSPACE = "brightspace"
    ILIAS = "ilias"
    GITHUB = "github"
    GOOGLE = "google"
    PLAIN = "plain"


class Times(StrEnum):
    """Where the time of a hand-in stands."""

    NONE = "none"  # nowhere: the files have the moment of the download
    FILE = "file"  # each file has it, in the zone of the server that made the zip
    NAME = "name"  # in the names, in the zone of the server
    COMMIT = "commit"  # the last commit has it, with its zone, as the student's computer said


@dataclass(frozen=True)
class LayoutFacts:
    """name: for people. times: where the time of a hand-in stands. attempts: what says which of two files is the later one.

    people: what a student is called. marked: whether the names say who was late.
    """

    name: str
    times: Times
    attempts: str
    people: str
    marked: bool = False


KNOWS: Mapping[Layout, LayoutFacts] = {
    Layout.MOODLE: LayoutFacts("Moodle", Times.FILE, "the time", "full name, participant's number"),
    Layout.CANVAS: LayoutFacts(
        "Canvas", Times.NONE, "the last number", "family and given name, user's number", marked=True
    ),
    Layout.BLACKBOARD: LayoutFacts(
        "Blackboard", Times.NAME, "the attempt's time", "login; full name in the attempt's .txt"
    ),
    Layout.BRIGHTSPACE: LayoutFacts("Brightspace", Times.NAME, "the time in the name", "full name"),
    Layout.ILIAS: LayoutFacts(
        "ILIAS", Times.NONE, "nothing", "family and given name, login, user's number; the team", marked=True
    ),
    Layout.GITHUB: LayoutFacts("GitHub Classroom", Times.COMMIT, "the repository", "login"),
    Layout.GOOGLE: LayoutFacts("Google Classroom", Times.FILE, "the time", "full name"),
    Layout.PLAIN: LayoutFacts("STUDENT/NAME.ipynb", Times.FILE, "the time", "whatever the folder or file is called"),
}
