"""A notebook cut into exercises: by the metadata of its cells, else by headings such as "81." or "課題81"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from grader.model import Cell, Lesson, Submission

# What people write before the number of a problem.
BEFORE = r"(?:課題|問題?|設問|ノック|knock|problem|exercise|ex|no|q)"


def cut(submission: Submission, lessons: Sequence[Lesson]) -> Submission:
    """Give every cell the exercise whose section it stands in, and the submission its lesson.

    A section goes from its heading to the next one. A cell with metadata of its own keeps what that says.
    """
    known = {exercise.id for lesson in lessons for exercise in lesson.exercises}
    current: str | None = None
    cells = []
    for cell in submission.cells:
        own = cell.exercise if cell.exercise in known else None
        current = own or heading(cell, lessons) or current
        cells.append(replace(cell, exercise=current))
    found = {cell.exercise for cell in cells if cell.exercise}
    return replace(submission, cells=tuple(cells), lesson=likeliest(found, lessons))


def heading(cell: Cell, lessons: Sequence[Lesson]) -> str | None:
    """The exercise that a heading in this cell announces: the last one, if there are several."""
    lines = [unicodedata.normalize("NFKC", line).strip() for line in cell.source.splitlines()]
    if cell.kind == "code":  # `# 81. RNN` as the first line
        lines = [line.lstrip("#% ") for line in lines[:1] if line.startswith("#")]
    elif cell.kind == "markdown":
        lines = [line.strip("#*_ 　") for line in lines if line.startswith(("#", "*", "_")) or starts_numbered(line)]
    else:
        return None
    found = [exercise for line in lines for exercise in [announced(line, lessons)] if exercise]
    return found[-1] if found else None


def starts_numbered(line: str) -> bool:
    """A plain line that can only be a problem's number: `81.`, `課題81`, not `81 % of the titles`."""
    return bool(re.match(rf"(?:{BEFORE}\W{{0,2}}\d+|\d+\s*(?:[.:)]|$))", line, re.IGNORECASE))


def announced(line: str, lessons: Sequence[Lesson]) -> str | None:
    low = line.casefold()
    for lesson in lessons:
        for exercise in lesson.exercises:
            number = re.search(r"(\d+)$", exercise.id)
            if number and re.match(rf"(?:{BEFORE}\W{{0,2}})?0*{number.group(1)}(?!\d|\.\d)", low):
                return exercise.id
            if re.search(rf"(?<!\w){re.escape(exercise.id)}(?!\w)", low):
                return exercise.id
            if low in (exercise.title.en.casefold(), exercise.title.ja.casefold()):
                return exercise.id
    return None


def likeliest(found: set[str], lessons: Sequence[Lesson]) -> str | None:
    """The lesson most of these exercises are from."""
    counts = {lesson.id: sum(exercise.id in found for exercise in lesson.exercises) for lesson in lessons}
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best and counts[best] else None
