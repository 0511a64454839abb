"""Values for what happened: how cells ended, what a run may use, what the student's process answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from grader.model.text import Text


class Ending(StrEnum):
    """How one cell ended when the notebook was run."""

    OK = "ok"
    RAISED = "raised"
    UNPARSED = "unparsed"  # a syntax error: nothing of the cell ran
    INTERRUPTED = "interrupted"  # over its time; the kernel lived on
    DIED = "died"  # it took the kernel with it
    OUT_OF_MEMORY = "out_of_memory"
    LEFT_OUT = "left_out"  # not run: ours and unchanged, or no time left, see `note`


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
class Place:
    """A line of the student's own code. `line` counts from 1 within the cell."""

    source: str
    line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use. Times in seconds, sizes in bytes.

    A `wall` counts what the student's code takes by itself, its CPU time and the time it sleeps, and not what it waits for
    a core on a busy machine. When all cells together have used up `total_cpu`, each cell that is left gets `least_cpu`;
    after `total_wall` only what they define is run. `judge_cpu` bounds the judge's own CPU time for one submission, and
    `total_check_wall` what the student's code takes to answer all checks and trials, both far beyond what the slowest that
    we know takes; what is left then is a person's. `explanations` is how many questions may be put to known answers for
    naming mistakes and following them through, in a notebook that is not ours. is_chosen: somebody asked for these seconds of CPU time.
    """

    cell_wall: float = 300.0
    cell_cpu: float = 100.0
    total_cpu: float = 300.0
    least_cpu: float = 5.0
    total_wall: float = 900.0
    call_wall: float = 20.0
    check_wall: float = 60.0
    total_check_wall: float = 300.0
    judge_cpu: float = 1200.0
    explanations: int = 9_000
    is_chosen: bool = False
    memory: int = 4 << 30
    output: int = 1 << 20
    reply: int = 32 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong inside the sandbox during a request, in the student's words (bounded)."""

    type: str
    message: str
    place: Place | None = None
    kind: Literal["raised", "missing", "memory"] = "raised"

    @property
    def words(self) -> str:
        return error_words(self.type, self.message)


def error_words(kind: str, message: str) -> str:
    """As Python's own last line: `ValueError: x`, and `ValueError` for one without a message."""
    return f"{kind}: {message}" if message.strip() else kind


@dataclass(frozen=True, slots=True)
class Reply:
    """The sandbox's answer: a value, or a fault. `extras` holds what was asked besides (weights, gradients, inputs)."""

    value: Any = None
    fault: Fault | None = None
    extras: dict[str, Any] = field(default_factory=dict)
