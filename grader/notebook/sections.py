"""A notebook cut into exercises: by metadata, by headings, by the name of its file, by what its cells define."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath

from grader.model import Cell, Lesson, Submission, Text
from grader.notebook.code_patterns import lesson_of_contents, recognised
from grader.notebook.headings import announced, in_file_name, normal, numbered, topic
from grader.notebook.syntax import parse_python

MOST_LINES = 500  # of a text, that are looked at for headings


def cut(submission: Submission, lessons: Sequence[Lesson]) -> Submission:
    """Give every cell the exercise whose section it stands in, and the submission its lesson.

    A section goes from its heading to the next one. What is certain goes first: metadata, then numbers, ids and titles in
    headings, then the topics of the lesson that those tell of, then file names; where nothing of all that stands above a
    cell, what it defines. Each guess of the last kind is a remark.
    """
    submission = parted(submission, lessons)
    known = {exercise.id for lesson in lessons for exercise in lesson.exercises}
    cells = [replace(cell, exercise=cell.exercise if cell.exercise in known else None) for cell in submission.cells]
    files = {cell.file or submission.name for cell in cells}
    certain = {name for cell in cells for name in (cell.exercise, heading(cell, lessons)) if name}
    certain |= {name for file in files for name in [in_file_name(PurePath(file).stem, lessons)] if name}
    lesson = likeliest(certain, lessons)
    meant = [part for part in lessons if part.id == lesson] or lessons
    told = [cell.exercise or heading(cell, meant, topics=True) for cell in cells]
    if lesson is None:
        lesson = likeliest({name for name in told if name}, lessons) or lesson_of_contents(cells, lessons)
        meant = [part for part in lessons if part.id == lesson]
        told = [name if name in {e.id for p in meant for e in p.exercises} else None for name in told]
    cells, remarks = assigned(cells, told, meant, submission.name)
    return replace(submission, cells=tuple(cells), lesson=lesson, remarks=(*submission.remarks, *remarks))


def parted(submission: Submission, lessons: Sequence[Lesson]) -> Submission:
    """A script in one piece, which neither its name nor a heading tells of, in a cell for each problem that it solves.

    Where it solves one or none it stays as it is.
    """
    (only,) = submission.cells if len(submission.cells) == 1 else (None,)
    stem = PurePath(submission.name).stem
    if only is None or not submission.name.endswith(".py") or in_file_name(stem, lessons) or heading(only, lessons):
        return submission
    pieces: list[str] = []
    met: list[str] = []
    meant = lesson_of_contents([only], lessons)
    for piece in statements(only.source):
        guess = recognised(replace(only, source=piece), [part for part in lessons if part.id == meant], met)
        if guess or not pieces:
            pieces.append(piece)
            met += [guess] if guess else []
        else:
            pieces[-1] += "\n" + piece
    if len(met) < 2:
        return submission
    cells = [replace(only, index=index, source=piece) for index, piece in enumerate(pieces)]
    return replace(submission, cells=tuple(cells))


def statements(source: str) -> list[str]:
    """The statements at the margin, each with the comments and blank lines above it; one piece where it does not parse."""
    tree = parse_python(source)
    if tree is None:
        return [source]
    lines = source.split("\n")
    ends = [node.end_lineno or 0 for node in tree.body]
    ends[-1:] = [len(lines)]
    return ["\n".join(lines[first:last]) for first, last in pairwise([0, *ends]) if last > first]


def assigned(
    cells: list[Cell], told: list[str | None], lessons: Sequence[Lesson], name: str
) -> tuple[list[Cell], list[Text]]:
    """The cells with the exercise that was told last; in a file that tells nothing, the one that is recognised.

    name: of the file, for cells that do not say theirs.
    """
    found: list[Cell] = []
    remarks: list[Text] = []
    met: list[str] = list({said: None for said in told if said})
    current, guessing, file = None, True, None
    for cell, said in zip(cells, told, strict=True):
        if (cell.file or name) != file:
            file = cell.file or name
            current = in_file_name(PurePath(file).stem, lessons)
            guessing = current is None
        guess = recognised(cell, lessons, met) if guessing and not said and cell.kind == "code" else None
        if guess:
            met.append(guess)
            remarks.append(guessed(cell, guess))
        guessing = guessing and not said
        current = said or guess or current
        found.append(replace(cell, exercise=current))
    return found, remarks


def guessed(cell: Cell, exercise: str) -> Text:
    return Text(
        en=f"No heading says so; by what it defines, cell {cell.index + 1} begins the answer to {exercise}.",
        ja=f"見出しがないので、定義している内容から、{cell.index + 1} 番目のセルからを {exercise} の答案と見なしました。",
    )


def heading(cell: Cell, lessons: Sequence[Lesson], topics: bool = False) -> str | None:
    """The exercise that a heading in this cell announces: the last one of a text, the first one of a code cell.

    topics: a heading may also name what the exercise is about.
    """
    if cell.kind == "raw":
        return None
    found = [name for line in candidates(cell) for name in [announced(line, lessons)] if name]
    if topics and not found:
        found = [name for line in candidates(cell, plain=False) for name in [topic(line, lessons)] if name]
    if not found:
        return None
    return found[0] if cell.kind == "code" else found[-1]


def candidates(cell: Cell, plain: bool = True) -> Iterable[str]:
    """The lines that may be headings, without their marks. plain: also lines of text that begin with a number."""
    lines = [normal(line) for line in cell.source.splitlines()]
    if cell.kind == "markdown":
        lines = lines[-MOST_LINES:]  # the last heading counts
        return [line.strip("#*_ ") for line in lines if line.startswith(("#", "*", "_")) or (plain and numbered(line))]
    first = next((number for number, line in enumerate(lines) if line), 0)
    bare = [(number, line.strip("#%=-*~ \"'")) for number, line in enumerate(lines) if opens(line)]
    return [line for number, line in bare if line and (number == first or (plain and numbered(line)))]


def opens(line: str) -> bool:
    """A comment or the first line of a docstring, which is what people use for a heading in code."""
    return line.startswith(("#", '"""', "'''")) and not line.startswith(("#!", "# !", "#%"))


def likeliest(found: set[str], lessons: Sequence[Lesson]) -> str | None:
    """The lesson most of these exercises are from."""
    counts = {lesson.id: sum(exercise.id in found for exercise in lesson.exercises) for lesson in lessons}
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best and counts[best] else None
