"""What of a solution file runs when it is asked for some names: two answers of which the same text runs reply the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from grader.lessons import source
from grader.lessons.uses import reached
from grader.model import Edit

TOP = re.compile(r"(?m)^(?=[^\s)\]}])")  # before `def f(x):`, `@wraps`, `V = 3`, not before the `)` of a long call
DEFINITION = re.compile(r"(?:async )?(?:def|class) (\w+)")
WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Segment:
    """A statement at the margin. name: of what it defines, if that is all it does. words: all names it may read, and more."""

    name: str
    text: str
    words: frozenset[str]


@lru_cache(maxsize=8192)
def segments_of(cell: str) -> tuple[Segment, ...]:
    texts = TOP.split(cell)
    named = [(DEFINITION.match(text), text) for text in texts]
    return tuple(Segment(found[1] if found else "", text, frozenset(WORD.findall(text))) for found, text in named)


def running_text(
    answer: str, exercise: str, edits: tuple[Edit, ...], names: Collection[str], given: source.Given = ()
) -> tuple[str, ...] | None:
    """All statements that run, or may, when an answer is asked for these names; None where its edits do not apply.

    answer, exercise, edits, given: as in `source.namespace`. What is no definition runs always, and so does a decorator;
    where one of the names is not defined there, all runs.
    """
    cells = source.cells_after(answer, (*given, (exercise, edits)))
    if cells is None:
        return None
    segments = [segment for cell in cells for segment in segments_of(cell)]
    words = {segment.name: frozenset[str]() for segment in segments if segment.name}
    for segment in segments:
        if segment.name:
            words[segment.name] |= segment.words
    if not words.keys() >= set(names):
        return tuple(cells)
    found = reached({*names, *(word for segment in segments if not segment.name for word in segment.words)}, words)
    return tuple(segment.text for segment in segments if not segment.name or segment.name in found)


def building_text(running: tuple[str, ...]) -> tuple[str, ...]:
    """The same without what a module does when it is called: answers of which the same is left have the same parameters."""
    return tuple(map(without_forward, running))


@lru_cache(maxsize=8192)
def without_forward(text: str) -> str:
    """A segment, or a whole cell, without the body of any class's `forward`."""
    if "def forward" not in text:
        return text
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "forward":
            node.body = [ast.Pass()]
    return ast.unparse(tree)
