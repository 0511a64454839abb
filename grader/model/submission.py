"""Values for what was handed in: cells, and the submission that they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from grader.model.text import Language, Text


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a submission. `exercise` is the section it stands in; `pristine`: ours and unchanged.

    output: the text that was saved with it (bounded); count: the number in its brackets, if it was run.
    file: which file it is from, where several make one submission. also: other exercises that its heading announces and
    that have no section of their own.
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
    also: tuple[str, ...] = ()

    def serves(self, exercise: str) -> bool:
        """Whether it stands in the section of an exercise, or in one that it shares."""
        return exercise == self.exercise or exercise in self.also


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in, read and cut into exercises.

    language: of the exercise or of what is written in it, None where neither tells.
    modules: the names by which the submission's own scripts import each other. laid_out: the data files that did not come
    with it and were made for it. Where the lesson was guessed: near, other lessons that it may be meant for; beside, all other
    lessons of which something stands in it.
    headed: headings or names of files say which problem is answered where.
    other_edition: its problems look like those of another edition with the same numbers. lent: statements of ours that run before
    the first cell, see `grader.notebook.excerpts`.
    """

    name: str
    sha256: str
    language: Language | None
    lesson: str | None
    cells: tuple[Cell, ...]
    remarks: tuple[Text, ...] = ()
    modules: tuple[str, ...] = ()
    laid_out: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    other_edition: bool = False
    headed: bool = False
    lent: str = ""

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises that have a section, in order of appearance."""
        return tuple(dict.fromkeys(cell.exercise for cell in self.cells if cell.exercise))


def has_roles(cells: Iterable[Cell]) -> bool:
    """Whether some of these cells are of a notebook that was handed out: its metadata give each a role."""
    return any(cell.role for cell in cells)


def handed_out(cells: tuple[Cell, ...], exercise: str) -> bool:
    """Whether a section is that of our own notebook, which says what is asked for; so is what has no notebook at all."""
    return not cells or has_roles(cell for cell in cells if cell.exercise == exercise)
