"""Where a named mistake stands in the student's own code.

A misconception is an edit of the reference answer, so it says in so many words what the wrong line looks like. The
student's line is the one of their section that is like it, and less like every line of the right answer. Where no
line or more than one is, nothing is pointed at: a finger on the wrong line is worse than none. Of a mistake that
takes several lines and stands there word for word, it is the one that is least like any right line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache

from grader.judge.known.candidates import RIGHT
from grader.lessons import source
from grader.model import Cell, Exercise, Finding, Place, Variant
from grader.notebook.syntax import parse_python

ALIKE = 0.8  # of 1, by tokens: renamed variables pass, another statement does not
SHORTEST = 4  # tokens: `else:` and `pass` stand everywhere
TELLING = 8  # tokens: of several lines, one like `count += 1` tells least
# `x[:, 1:]` is x [ : , 1 : ]
TOKEN = re.compile(r"\w+|[^\w\s]")

Line = tuple[str, ...]


def point_at_mistake(exercise: Exercise, finding: Finding, cells: Iterable[Cell]) -> Finding:
    """The finding, with the line of `cells` that is the named mistake where that can be told and no line is known."""
    if finding.misconception is None or finding.place is not None or not source.has_answers(exercise.lesson):
        return finding
    named = finding.misconception.id
    variant = next(v for v in exercise.misconceptions if v.id == named)
    return replace(finding, place=locate_mistake(exercise, variant, cells))


def locate_mistake(exercise: Exercise, variant: Variant, cells: Iterable[Cell]) -> Place | None:
    """The one line of `cells` that is the mistake, or None where there is no telling."""
    found = list(find_likely_lines(exercise, variant, cells))
    likeliest = [candidate for candidate in found if candidate[0] == max(likeness for likeness, _, _ in found)]
    if not likeliest or (len(likeliest) > 1 and not is_one_mistake(likeliest)):
        return None
    right = lines_of(exercise, RIGHT)
    telling = [candidate for candidate in likeliest if len(line_at(*candidate)) >= TELLING] or likeliest
    _, cell, number = min(telling, key=lambda candidate: closest_likeness(line_at(*candidate), right))
    line = cell.source.splitlines()[number - 1].strip()
    return Place(line[:200], number, function_around(cell.source, number))


def is_one_mistake(found: list[tuple[float, Cell, int]]) -> bool:
    """Whether these are the different lines of one mistake, each exactly, in one cell."""
    lines = {line_at(*candidate) for candidate in found}
    exactly = all(likeness == 1.0 for likeness, _, _ in found)
    return exactly and len(lines) == len(found) and len({cell.index for _, cell, _ in found}) == 1


def line_at(_likeness: float, cell: Cell, number: int) -> Line:
    return tokens_of(cell.source.splitlines()[number - 1])


def find_likely_lines(exercise: Exercise, variant: Variant, cells: Iterable[Cell]) -> Iterator[tuple[float, Cell, int]]:
    """Lines like a wrong one and less like any right one: how much, cell, line number from 1."""
    right = lines_of(exercise, RIGHT)
    wrong = lines_of(exercise, variant) - right
    for cell in cells:
        for number, line in enumerate(cell.source.splitlines(), 1):
            tokens = tokens_of(line)
            likeness = closest_likeness(tokens, wrong) if len(tokens) >= SHORTEST else 0.0
            if likeness >= ALIKE and likeness > closest_likeness(tokens, right):
                yield likeness, cell, number


@lru_cache(maxsize=64)
def lines_of(exercise: Exercise, variant: Variant) -> frozenset[Line]:
    """The lines of the exercise's answer cells after the edits of a variant."""
    text = source.apply(source.text_of(exercise.answered_in), exercise.id, variant.edits) or ""
    cells = [cell for cell in source.split(text) if source.is_answer(cell, exercise.id)]
    lines = (tokens_of(line) for cell in cells for line in cell.splitlines()[1:])
    return frozenset(line for line in lines if len(line) >= SHORTEST)


def tokens_of(line: str) -> Line:
    """A line without blanks and comment. A `#` in a string cuts a little early, on both sides alike."""
    return tuple(TOKEN.findall(line.partition("#")[0]))


def closest_likeness(line: Line, others: frozenset[Line]) -> float:
    """How like the likest of `others` a line is, from 0 to 1."""
    if line in others:
        return 1.0
    return max((SequenceMatcher(None, line, other, autojunk=False).ratio() for other in others), default=0.0)


def function_around(text: str, number: int) -> str:
    """The function or class that a line stands in, as `RNN.forward`; empty at the top, or if nothing parses."""
    tree = parse_python(text)
    if tree is None:
        return ""
    scopes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= number <= (node.end_lineno or 0)
    ]
    return ".".join(node.name for node in sorted(scopes, key=lambda node: node.lineno))
