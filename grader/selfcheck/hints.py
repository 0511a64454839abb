"""What `check` and `hint` give back in a notebook: a page or text; hints one by one, about what was seen last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from grader import lessons
from grader.errors import GraderError
from grader.judge.wording import NOT_ATTEMPTED
from grader.model import Cell, Exercise, ExerciseReport, Finding, Language, Outcome, Report, Text
from grader.report import captions, html, terminal

WIDTH = 88  # columns of the text form


# --- what is given back ------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, slots=True)
class CheckedExercise:
    """What a check of one exercise found. A notebook shows it as a page, a terminal as text."""

    report: Report
    language: Language

    @property
    def exercise(self) -> ExerciseReport:
        return self.report.exercises[0]

    @property
    def passed(self) -> bool:
        return all(finding.outcome is Outcome.PASSED for finding in self.exercise.findings)

    @property
    def earned(self) -> float:
        """The points that are certain; what a person has to decide is not among them. Raises GraderError where nobody knows."""
        earned = self.exercise.score.earned
        if earned is None:
            raise GraderError(captions.NO_MARK.en, ja=captions.NO_MARK.ja)
        return earned

    def holds(self, check: str) -> bool:
        """Whether the check of this name passed."""
        return any(finding.check == check and finding.outcome is Outcome.PASSED for finding in self.exercise.findings)

    def _repr_html_(self) -> str:
        return html.render_exercise(self.exercise, self.language)

    def __repr__(self) -> str:
        return terminal.render_exercise(self.report, self.exercise, self.language, WIDTH).strip("\n")


@dataclass(frozen=True, repr=False, slots=True)
class Hint:
    """One step further, never two. `number` of `total` hints about the check `about`; 0 of 0: nothing to hint at."""

    about: Text
    text: Text
    number: int
    total: int
    language: Language

    @property
    def heading(self) -> str:
        if not self.total:
            return ""
        words = captions.HINT_LAST if self.number == self.total else captions.HINT_NUMBER
        numbers = {"number": self.number, "total": self.total}
        return f"{words.in_(self.language).format(**numbers)} {self.about.in_(self.language)}"

    def _repr_html_(self) -> str:
        return html.render_hint(self.heading, self.text, self.language)

    def __repr__(self) -> str:
        return f"{self.heading}\n{self.text.in_(self.language)}".strip()


# --- hints, one by one -------------------------------------------------------------------------


@dataclass
class HintProgress:
    """How many hints have been given about what; another mistake begins from the first."""

    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)

    def next(self, checked: CheckedExercise) -> Hint:
        exercise, language = checked.exercise, checked.language
        found = next((f for f in exercise.findings if f.outcome is not Outcome.PASSED), None)
        if found is None:
            return Hint(exercise.title, captions.ALL_HOLDS, 0, 0, language)
        steps = hints_for(found, lessons.exercise(exercise.id))
        about = (found.check, found.misconception.id if found.misconception else "")
        count = self.count.get(exercise.id, 0) + 1 if self.about.get(exercise.id) == about else 1
        self.about[exercise.id], self.count[exercise.id] = about, min(count, len(steps))
        number = self.count[exercise.id]
        return Hint(found.text, steps[number - 1], number, len(steps), language)


def hints_for(found: Finding, exercise: Exercise) -> list[Text]:
    """How to begin; or what was seen, what to try, which mistake it is: as far as there is something to say."""
    if found.outcome is Outcome.MISSING:
        asked = ", ".join(f"`{name}`" for name in exercise.names)
        define = Text(en=captions.DEFINE.en.format(names=asked), ja=captions.DEFINE.ja.format(names=asked))
        blank = found.rationale if found.rationale not in (None, NOT_ATTEMPTED) else None
        first, *more = exercise.starters or (None,)
        return [joined(blank or define, captions.BEGIN if first else None, first), *(step for step in more if step)]
    explained = found.misconception.explanation if found.misconception else None
    return [text for text in (found.rationale, found.help, explained) if text] or [found.text]


def joined(*texts: Text | None) -> Text:
    said = [text for text in texts if text]
    return Text(en=" ".join(text.en for text in said), ja=" ".join(text.ja for text in said))


# --- what was seen last ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Examined:
    """An examination, with what it was of: the cells that count, and what the notebook's own names were."""

    cells: tuple[Cell, ...]
    values: dict[str, Any]
    checked: CheckedExercise

    def holds(self, cells: tuple[Cell, ...], values: dict[str, Any]) -> bool:
        return (
            cells == self.cells
            and values.keys() == self.values.keys()
            and all(is_same(value, values[name]) for name, value in self.values.items())
        )


def definitions_in(namespace: dict[str, Any]) -> dict[str, Any]:
    """What an answer may stand on: functions, classes and plain values. Running a cell again makes new ones."""
    plain = (FunctionType, type, int, float, str, bool)
    return {name: v for name, v in namespace.items() if isinstance(v, plain) and not name.startswith("_")}


def is_same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and not isinstance(one, FunctionType | type) and one == other)


@dataclass
class LastExaminations:
    """The last examination of each exercise: another hint about the same code needs no new one."""

    looks: dict[str, Examined] = field(default_factory=dict)

    def examined(
        self, name: str, cells: tuple[Cell, ...], namespace: dict[str, Any], examine: Callable[[], CheckedExercise]
    ) -> CheckedExercise:
        """What `examine` found of these cells and names, or would find again."""
        values, look = definitions_in(namespace), self.looks.get(name)
        if look is None or not look.holds(cells, values):
            look = self.looks[name] = Examined(cells, values, examine())
        return look.checked
