"""The exercises that each file of a hand-in is named after, as far as what stands in it bears that out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath

from grader.model import Cell, Exercise, Lesson, Submission
from grader.notebook.code_patterns import recognised, without_comments
from grader.notebook.headings import Told, exercises_of_file, heading
from grader.notebook.syntax import parse_python


def told_by_files(submission: Submission, lessons: Sequence[Lesson]) -> dict[str, Told]:
    """The exercises that each file is named after.

    One of no series only where the file shows it: a package has its `transformer.py`, whose blocks are another exercise's. A script
    that holds the answers to others as well is cut by what it defines, like any.
    """
    found: dict[str, list[Cell]] = {}
    for cell in submission.cells:
        found.setdefault(cell.file or submission.name, []).append(cell)
    known = {exercise.id: exercise for part in lessons for exercise in part.exercises}
    told = {}
    for file, cells in found.items():
        names = exercises_of_file(PurePath(file).stem, lessons)
        alone = file.endswith(".py")
        cut_by_parts = bool(names) and alone and not any(heading(cell, lessons) for cell in cells)
        whole = set(met_in(cells, lessons)) if cut_by_parts else set[str]()
        told[file] = tuple(
            name
            for name in names
            if not alone
            or known[name].series
            or (not ({name} < whole) and (shows(known[name], cells) or not signed(cells, lessons)))
        )
    return told


def shows(exercise: Exercise, cells: Sequence[Cell]) -> bool:
    code = [without_comments(cell.source) for cell in cells if cell.kind == "code"]
    return any(sign.pattern.search(text) for sign in exercise.signs for text in code)


def signed(cells: Sequence[Cell], lessons: Sequence[Lesson]) -> bool:
    """Whether these cells look like the answer to any exercise."""
    return any(recognised(cell, lessons, ()) for cell in cells if cell.kind == "code")


def met_in(cells: Sequence[Cell], lessons: Sequence[Lesson]) -> list[str]:
    """The problems that the code of these cells solves, to judge by what it defines."""
    return [begun for _, begun in recognised_pieces(cells, lessons) if begun]


def recognised_pieces(cells: Sequence[Cell], lessons: Sequence[Lesson]) -> Iterator[tuple[str, str | None]]:
    """The statements at the margin of these cells, each with the exercise that it begins, if it does."""
    met: list[str] = []
    for cell in cells:
        for piece in statements(cell.source) if cell.kind == "code" else ():
            begun = recognised(replace(cell, source=piece), lessons, met)
            met += [begun] if begun else []
            yield piece, begun


def statements(source: str) -> list[str]:
    """The statements at the margin, each with the comments and blank lines above it; one piece where it does not parse."""
    tree = parse_python(source)
    if tree is None:
        return [source]
    lines = source.split("\n")
    ends = [node.end_lineno or 0 for node in tree.body]
    ends[-1:] = [len(lines)]
    return ["\n".join(lines[first:last]) for first, last in pairwise([0, *ends]) if last > first]
