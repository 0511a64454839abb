"""What a class page shows: plain values, made of a gradebook by `grader.batch.class_page`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model import LEAST_POINT, Score, Text

State = Literal["scored", "untouched", "broken", "absent"]  # absent: the report says nothing of this exercise


@dataclass(frozen=True, slots=True)
class ExerciseStanding:
    """How one student did in one exercise."""

    score: Score
    state: State


@dataclass(frozen=True, slots=True)
class Pupil:
    """One student in one lesson. link: where their report lies, relative to the page, or empty.

    cells: one for each exercise of the lesson. awaiting: checks that a person decides. stuck: why, where they are.
    problem: why there is no score. attempts: how many different files they handed in. mistakes: ids, see `Mistake`.
    final: the points that count, less what lateness costs. late: how late, and what it costs. absent: handed in nothing; a
    score is a person's then. stranger: not in the roster. part: the section and the team, as the roster has them.
    """

    name: str
    link: str
    score: Score | None
    cells: tuple[ExerciseStanding, ...] = ()
    awaiting: int = 0
    stuck: Text | None = None
    problem: Text | None = None
    attempts: int = 1
    mistakes: tuple[str, ...] = ()
    final: float | None = None
    late: Text | None = None
    absent: bool = False
    stranger: bool = False
    part: str = ""

    @property
    def full(self) -> bool:
        """Every point counts: none is lost, none is taken for lateness, and nothing awaits a person."""
        known = self.score is not None and self.final is not None and self.score.full and not self.score.pending
        return (
            known
            and not self.awaiting
            and (self.final or 0.0) >= (self.score.possible if self.score else 0) - LEAST_POINT
        )


@dataclass(frozen=True, slots=True)
class ExerciseColumn:
    """One exercise. possible: its points."""

    id: str
    title: Text
    possible: float


@dataclass(frozen=True, slots=True)
class Hardness:
    """One check over the class. pass_rate: 0..1. biserial: discrimination, -1..1. None where nothing can be said."""

    exercise: Text
    text: Text
    students: int
    pass_rate: float | None
    biserial: float | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A named mistake, how many made it, of how many who tried the exercise. id: `exercise.misconception`."""

    id: str
    exercise: Text
    explanation: Text
    count: int
    tried: int


@dataclass(frozen=True, slots=True)
class ScoreDistribution:
    """The distribution of the scores: counts over equal parts of 0..possible, and three numbers."""

    counts: tuple[int, ...]
    mean: float
    median: float
    deviation: float


@dataclass(frozen=True, slots=True)
class LessonClass:
    """One lesson over the class. enrolled: how many the roster has; 0 without one."""

    id: str
    title: Text
    possible: float
    columns: tuple[ExerciseColumn, ...]
    pupils: tuple[Pupil, ...]
    checks: tuple[Hardness, ...]
    mistakes: tuple[Mistake, ...]
    spread: ScoreDistribution | None
    enrolled: int = 0


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two students whose work has more in common than chance and the stub explain. score: 0..1. lines: the shared ones."""

    student: str
    other: str
    score: float
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Classroom:
    """Everything a class page shows. lost: handed in, but of no lesson that can be told. as_of: when, as text.

    notes: what the latest batches said.
    """

    lessons: tuple[LessonClass, ...]
    lost: tuple[Pupil, ...] = ()
    alike: tuple[SimilarPair, ...] = ()
    as_of: str = ""
    notes: tuple[Text, ...] = ()
