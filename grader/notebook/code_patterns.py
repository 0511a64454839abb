"""What an answer looks like: which exercise a cell answers where no heading says so, and which lesson a notebook is.

The signs and cues stand in the lessons. A sign says which exercise somebody was working on, never how well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.model import Cell, Lesson


def recognised(cell: Cell, lessons: Iterable[Lesson], met: Sequence[str]) -> str | None:
    """The exercise this code cell answers, to judge by what it defines; `met` are the exercises before it.

    An exercise begins once: what looks like it again (another `class RNN` for a later problem) goes on with the section
    it stands in.
    """
    signs = [(sign, exercise.id) for lesson in lessons for exercise in lesson.exercises for sign in exercise.signs]
    code = without_comments(cell.source)
    for sign, exercise in sorted(signs, key=lambda found: found[0].rank):
        if (not sign.after or sign.after in met) and sign.pattern.search(code):
            return None if exercise in met else exercise
    return None


def lesson_of_contents(cells: Iterable[Cell], lessons: Iterable[Lesson]) -> str | None:
    """The lesson whose cues a notebook is full of, or None where that is not clear."""
    text = "\n".join(cell.source for cell in cells if cell.kind != "raw")
    counts = {lesson.id: sum(bool(re.search(cue, text, re.MULTILINE)) for cue in lesson.cues) for lesson in lessons}
    first, second = sorted([*counts.values(), 0, 0], reverse=True)[:2]
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if first > second else None


def without_comments(source: str) -> str:
    """Lines that only say something. A `#` behind code stays: the code before it counts."""
    return "\n".join(line for line in source.split("\n") if not line.lstrip().startswith("#"))
