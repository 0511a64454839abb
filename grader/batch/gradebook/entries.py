"""What goes into the gradebook and what comes out of it: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grader.batch.gradebook.course_rules import Attempt
from grader.model import Outcome, Score, Text

# What a student is called elsewhere. folder: the folder or the beginning of the file names, as the LMS gave it; file: the
# file as the LMS gave it. Those in PER_BATCH are given anew with each assignment.
IDENTITY = (
    "name", "email", "id", "login", "moodle_participant", "canvas_user", "canvas_anonymous", "canvas_submission", "folder",
    "file", "group", "section", "instead",
)  # fmt: skip
PER_BATCH = ("moodle_participant", "canvas_anonymous", "canvas_submission", "folder", "file", "group", "instead")


class Status(StrEnum):
    """How the grading of one submission ended."""

    GRADED = "graded"
    UNREADABLE = "unreadable"  # the file is no notebook, or of no lesson we know
    ABSENT = "missing"  # nothing was handed in, and a person gave points all the same
    BROKEN = "broken"  # our fault: no score, and the next batch tries again


@dataclass(frozen=True)
class Result:
    """What a worker brings back. report: the JSON of grader.report.json, or empty; problem: one sentence, or None.

    seconds: wall time of the whole grading. worker: who did it.
    """

    status: Status
    lesson: str | None = None
    report: bytes = b""
    problem: Text | None = None
    seconds: float = 0.0
    worker: str = ""


@dataclass(frozen=True)
class Batch:
    """One evening's grading: all of it uses one seed. policy: the options that decide findings, as text. by: who started it.

    settings: everything that was chosen, as `rules` keeps it.
    """

    seed: int
    policy: str
    source: str
    grader: str
    by: str
    settings: str = "{}"


@dataclass(frozen=True)
class Enrolment:
    """A student of the class. due: when it is due for this student alone, in UTC; extension: seconds more than others have.

    team: who hands in together. section: the part of the class.
    """

    student: str
    due: str | None = None
    extension: float = 0.0
    team: str = ""
    section: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a student stands in a lesson: the latest submission, its latest run, and what a person decided.

    score: with the marks in it and before any penalty; None where the file could not be read. overridden: a person set the
    total. late: seconds after the due time, 0 where only the LMS says so, None in time. rate: the share that is taken for it.
    doubt: nothing tells that this is the later of several, and no person has said so yet. attempt: which of several counts.
    """

    submission: int
    run: int
    student: str
    lesson: str | None
    file: str
    sha256: str
    handed_in: str | None
    graded: str
    batch: int
    status: Status
    score: Score | None
    problem: Text | None
    seconds: float
    marks: int
    overridden: bool
    late: float | None = None
    rate: float = 0.0
    doubt: bool = False
    attempt: Attempt = "last"

    @property
    def label(self) -> str:
        return f"{self.student} ({self.lesson or self.file})"

    @property
    def penalty(self) -> float:
        """Points that are taken for lateness. Nothing from a total that a person set."""
        earned = self.score.earned if self.score else None
        return 0.0 if earned is None or self.overridden else round(earned * self.rate, 4)

    @property
    def final(self) -> float | None:
        """The points that count. None where there is no score."""
        earned = self.score.earned if self.score else None
        return None if earned is None else earned - self.penalty


@dataclass(frozen=True)
class FindingRow:
    """One finding as the gradebook keeps it. earned: with a person's mark in it; marked: there is one."""

    student: str
    lesson: str
    exercise: str
    check: str
    outcome: Outcome
    points: float
    earned: float
    misconception: str | None
    seconds: float
    marked: bool = False


@dataclass(frozen=True)
class Change:
    """One line of the record of changes. before, after: what it was and what it is, as short text."""

    at: str
    by: str
    what: str
    student: str
    lesson: str | None
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One check that came out differently in two batches. None: it was not there."""

    student: str
    lesson: str
    exercise: str
    check: str
    before: tuple[Outcome, float] | None
    after: tuple[Outcome, float] | None
