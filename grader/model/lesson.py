"""Values for what is asked: lessons, exercises, checks, and the answers known beforehand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.model.interface import Interface
from grader.model.text import Text


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `old`, which stands exactly once in the answer cells of the exercise, by `new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Variant:
    """The reference answer with some edits: another right answer, or a mistake people make.

    A misconception has an `explanation`, whose first sentence is its name; an accepted variant has none.
    narrows: the mistake of which it is a special case. Where the questions tell the two apart by nothing, it is that one.
    other_values: why an accepted variant need not give the reference's values; "" where it gives them.
    elsewhere: the mistake leaves out a piece that may stand in other code, where nobody was handed the contract.
    """

    id: str
    edits: tuple[Edit, ...]
    explanation: Text | None = None
    narrows: str = ""
    other_values: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `function(student, draw)` raises `Failure`, or returns advice, or None.

    forgeable: it believes what the student's own process says of itself, see `checks.written_tests`.
    """

    id: str
    text: Text
    points: float
    after: tuple[str, ...]
    function: Callable[..., Text | None]
    forgeable: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """Code that says which exercise somebody was working on, never how well; see `checks.signs.sign`."""

    pattern: re.Pattern[str]
    shown: Text
    rank: int
    after: str = ""
    within: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """Code that work of one kind has, whatever it is called and inside whatever else it stands; see `checks.signs.trace`.

    explains: `told` says why the exercise's question does not fit what was found, and not only that something was.
    of: a name of the contract. Where its exercise has such traces and a hand-in none of them, nothing in it answers to that name.
    outside: searched only outside of what models compute. alone: it is clear enough for a hand-in that is taken for another lesson.
    """

    pattern: re.Pattern[str]
    told: Text
    explains: bool = False
    of: str = ""
    outside: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Exercise:
    """What one exercise asks for, what must hold, and the answers known beforehand, right and wrong.

    starters: hints for before the first attempt, which layers and which shapes. headings: what people call it, besides its
    id and title. signs: what its answer looks like. traces: where one is found, nobody says that it was not attempted. interfaces: of
    all exercises of its lesson, since one may use another.
    series: one of a public series of problems, answered in notebooks of one's own where a class may serve several.
    """

    id: str
    lesson: str
    title: Text
    names: tuple[str, ...]
    checks: tuple[Check, ...]
    misconceptions: tuple[Variant, ...] = ()
    accepted: tuple[Variant, ...] = ()
    forms: tuple[Edition, ...] = ()
    solution: str = ""  # where the answer stands, if not in the lesson's own solution file
    starters: tuple[Text, ...] = ()
    headings: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    traces: tuple[Trace, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    series: bool = False

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def answered_in(self) -> str:
        """The solution file, without its ending."""
        return self.solution or self.lesson


@dataclass(frozen=True, slots=True)
class Signature:
    """A name and what it takes: `parameters` is a regular expression for the whole of, say, `d_model,dropout=,max_len=`.

    forward: the same for a class's `forward`, `self` included; "" where that does not matter.
    """

    name: str
    parameters: str
    forward: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """Another shape in which the same is handed out, with names and arguments of its own.

    It is known by its `signatures`, all of which must be there, and judged as what `asks` asks for, which is worth as much
    as the exercise itself and whose answer stands in a solution file of its own. `title` completes "in the form of ...".
    time_first: a class that must take x as (T, B, D), where its signature does not tell; not asked where `unless` is there.
    """

    id: str
    title: Text
    signatures: tuple[Signature, ...]
    asks: Exercise
    time_first: str = ""
    unless: Signature | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """The reading notes of a lesson: free text that a person scores. The rubric is what that person goes by.

    asks: what must hold, as a check says it; None where it is the usual.
    """

    title: Text
    points: float
    rubric: tuple[Text, ...]
    asks: Text | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One notebook's worth of exercises.

    cues: patterns of code or text that are met in this lesson only. secret: its checks hold the answers, so students get none
    of them.
    """

    id: str
    title: Text
    exercises: tuple[Exercise, ...]
    notes: Notes | None = None
    cues: tuple[str, ...] = ()
    secret: bool = False
