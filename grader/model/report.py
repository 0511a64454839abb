"""Values for what was found: findings, scores, and the report that they make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from grader.model.run import Place, Run
from grader.model.text import Language, Text


class Outcome(StrEnum):
    """How a check ended. Different words for different things; only PASSED is worth points."""

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"  # the student's code raised or ended the process
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    MISSING = "missing"  # not attempted: the stub is untouched or the name is not there
    SKIPPED = "skipped"  # depends on a check that did not pass
    NEEDS_REVIEW = "needs_review"  # a person decides
    BROKEN = "broken"  # our fault; no score is given at all


@dataclass(frozen=True, slots=True)
class Array:
    """Numbers with a shape, row by row. At most a few hundred: evidence is for looking at."""

    shape: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Numbers worth a picture. `marked` are the indices that show the fault.

    A series whose `expected` is shorter than `actual` ends with it: of a training only the last epoch may be known.
    """

    kind: Literal["matrix", "series", "compare"]
    title: Text
    actual: Array
    expected: Array | None = None
    marked: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A mistake that was recognised. also: the id of a second one, where two were made at once; the explanation has both."""

    id: str
    explanation: Text
    also: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person decided."""

    points: float
    by: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    text: Text
    outcome: Outcome
    points: float
    rationale: Text | None = None
    help: Text | None = None
    misconception: Named | None = None
    evidence: tuple[Evidence, ...] = ()
    place: Place | None = None
    advice: tuple[Text, ...] = ()
    seconds: float = 0.0
    answer: str = ""  # the student's own words, for a person to read
    follows: tuple[
        str, ...
    ] = ()  # whose mistakes it follows from, and was not charged for again: exercises, or names of its own
    mark: Mark | None = None

    @property
    def earned(self) -> float:
        if self.mark is not None:
            return self.mark.points
        return self.points if self.outcome is Outcome.PASSED else 0.0


LEAST_POINT = 1e-6  # sums of points such as 2.5 and 0.1 are compared to within this


@dataclass(frozen=True, slots=True)
class Score:
    """Earned of possible. `earned` is None when something of ours broke: never zero, never full."""

    earned: float | None
    possible: float
    pending: float = 0.0  # points that a person still decides

    @property
    def full(self) -> bool:
        """Every point is earned. What a person still has to decide is not."""
        return self.earned is not None and self.earned >= self.possible - LEAST_POINT

    @property
    def lost(self) -> bool:
        """Some point is lost, whatever a person decides about the others."""
        return self.earned is not None and self.earned + self.pending < self.possible - LEAST_POINT


@dataclass(frozen=True, slots=True)
class ExerciseReport:
    """One exercise. `assumptions`: what of the student's was taken for what, where names or arguments are their own."""

    id: str
    title: Text
    score: Score
    findings: tuple[Finding, ...]
    assumptions: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What one needs to grade the same submission again and get the same report."""

    seed: int
    isolation: str
    grader: str
    python: str
    torch: str


@dataclass(frozen=True, slots=True)
class Late:
    """What a hand-in after the due time costs. seconds: how late; rate: the share of the points that is taken, 0 to 1.

    penalty: the points that are taken; final: those that count in the end.
    """

    seconds: float
    rate: float
    penalty: float
    final: float


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person wrote about a place of the hand-in: a cell or a line of it, or a check about which the student asked.

    exercise: empty outside of all exercises. cell counts from 0, line from 1 within it; quote: what stands there.
    asked: the student's words, where the comment is the answer to them.
    """

    text: str
    by: str
    exercise: str = ""
    check: str = ""
    cell: int | None = None
    line: int | None = None
    quote: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything needed to show, re-show and compare a grading. `score` is what was earned, before a penalty of `late`."""

    submission: str
    sha256: str
    lesson: str
    title: Text
    score: Score
    exercises: tuple[ExerciseReport, ...]
    run: Run
    provenance: Provenance
    remarks: tuple[Text, ...] = ()
    late: Late | None = None
    comments: tuple[Comment, ...] = ()
    language: Language | None = None  # that the student reads and writes, as far as the hand-in tells
    version: Literal[1] = 1


def total(findings: tuple[Finding, ...]) -> Score:
    """Sum findings into a score; one broken finding leaves no score."""
    possible = sum(finding.points for finding in findings)
    if any(finding.outcome is Outcome.BROKEN and finding.mark is None for finding in findings):
        return Score(None, possible)
    pending = sum(f.points for f in findings if f.outcome is Outcome.NEEDS_REVIEW and f.mark is None)
    return Score(sum(finding.earned for finding in findings), possible, pending)
