"""The nouns. Frozen values, standard library only; everything else is functions over these.

A `Submission` is run in a box, which gives a `Run`; each `Check` of each `Exercise` gives a `Finding`; their sum is a
`Score`; all of it together is the `Report`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words for a person, in both languages."""

    en: str
    ja: str

    def in_(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en


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


class Ending(StrEnum):
    """How one cell ended when the notebook was run."""

    OK = "ok"
    RAISED = "raised"
    UNPARSED = "unparsed"  # a syntax error: nothing of the cell ran
    INTERRUPTED = "interrupted"  # over its time; the kernel lived on
    DIED = "died"  # it took the kernel with it
    OUT_OF_MEMORY = "out_of_memory"
    LEFT_OUT = "left_out"  # not run: ours and unchanged, or no time left, see `note`


# --- what is asked -----------------------------------------------------------------------------


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
    """

    id: str
    edits: tuple[Edit, ...]
    explanation: Text | None = None
    narrows: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `function(student, draw)` raises `Failure`, or returns advice, or None."""

    id: str
    text: Text
    points: float
    after: tuple[str, ...]
    function: Callable[..., Text | None]


@dataclass(frozen=True, slots=True)
class Exercise:
    """What one exercise asks for, what must hold, and the answers known beforehand, right and wrong.

    starters: hints for before the first attempt, which layers and which shapes.
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
    """The reading notes of a lesson: free text that a person scores. The rubric is what that person goes by."""

    title: Text
    points: float
    rubric: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One notebook's worth of exercises."""

    id: str
    title: Text
    exercises: tuple[Exercise, ...]
    notes: Notes | None = None


# --- what was handed in ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a submission. `exercise` is the section it stands in; `pristine`: ours and unchanged.

    output: the text that was saved with it (bounded); count: the number in its brackets, if it was run.
    file: which file it is from, where several make one submission.
    """

    index: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    exercise: str | None = None
    role: str | None = None
    pristine: bool = False
    output: str = ""
    count: int | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in, read and cut into exercises.

    modules: the names by which the submission's own scripts import each other.
    """

    name: str
    sha256: str
    language: Language
    lesson: str | None
    cells: tuple[Cell, ...]
    remarks: tuple[Text, ...] = ()
    modules: tuple[str, ...] = ()

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises that have a section, in order of appearance."""
        return tuple(dict.fromkeys(cell.exercise for cell in self.cells if cell.exercise))


def handed_out(cells: tuple[Cell, ...], exercise: str) -> bool:
    """Whether a section is that of our own notebook, which says what is asked for; so is what has no notebook at all."""
    return not cells or any(cell.role for cell in cells if cell.exercise == exercise)


# --- what happened -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellRun:
    """How one cell ended. `error` and `output` are the student's own words, bounded; `line` counts from 1."""

    index: int
    ending: Ending
    seconds: float = 0.0
    error: str = ""
    line: int | None = None
    note: Text | None = None
    output: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Every code cell's ending.

    defined: the cells that did not come to their end, of which the definitions further down were run all the same.
    spent: the cell at which the notebook's budget ran out.
    """

    cells: tuple[CellRun, ...]
    seconds: float
    restarts: int = 0
    defined: tuple[int, ...] = ()
    spent: int | None = None


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
class Place:
    """A line of the student's own code. `line` counts from 1 within the cell."""

    source: str
    line: int
    function: str = ""


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
    follows: tuple[str, ...] = ()  # exercises whose mistakes it follows from, and was not charged for again
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
    version: Literal[1] = 1


def total(findings: tuple[Finding, ...]) -> Score:
    """Sum findings into a score; one broken finding leaves no score."""
    possible = sum(finding.points for finding in findings)
    if any(finding.outcome is Outcome.BROKEN and finding.mark is None for finding in findings):
        return Score(None, possible)
    pending = sum(f.points for f in findings if f.outcome is Outcome.NEEDS_REVIEW and f.mark is None)
    return Score(sum(finding.earned for finding in findings), possible, pending)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use. Times in seconds, sizes in bytes.

    A `wall` counts what the student's code takes by itself, its CPU time and the time it sleeps, and not what it waits for
    a core on a busy machine. When all cells together have used up `total_cpu`, each cell that is left gets `least_cpu`;
    after `total_wall` only what they define is run. `judge_cpu` bounds the judge's own CPU time for one submission,
    far beyond what the slowest that we know takes; what is left then is a person's.
    """

    cell_wall: float = 300.0
    cell_cpu: float = 100.0
    total_cpu: float = 300.0
    least_cpu: float = 5.0
    total_wall: float = 900.0
    call_wall: float = 20.0
    check_wall: float = 60.0
    judge_cpu: float = 1200.0
    memory: int = 4 << 30
    output: int = 1 << 20
    reply: int = 32 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong inside the room during a request, in the student's words (bounded)."""

    type: str
    message: str
    place: Place | None = None
    kind: Literal["raised", "missing", "memory"] = "raised"


@dataclass(frozen=True, slots=True)
class Reply:
    """The room's answer: a value, or a fault. `extras` holds what was asked besides (weights, gradients, inputs)."""

    value: Any = None
    fault: Fault | None = None
    extras: dict[str, Any] = field(default_factory=dict)
