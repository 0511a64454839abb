"""The same exercise in several files of one submission: which of them counts, and what of the others still runs.

An answer comes before one with blanks in it, and that before an untouched stub; of two answers the one in the later file counts. What
does not count is not run, so that it cannot replace what does, except for what other answers of its file are built on, and for
what other files import from it: of a package with a class in each file, none is another answer.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from pathlib import PurePosixPath

from grader.model import Cell, Lesson, Submission, Text
from grader.notebook.headings import exercises_of_file
from grader.notebook.own_modules import by_module, meant
from grader.notebook.placeholders import Blanks, blanks, decisive, definitions
from grader.notebook.syntax import imports, names_made, parse_python

# q86-Copy1.ipynb of Jupyter, "q86 - Copy (2)", "q86 - コピー" and "q86 copy 2" of a desktop, "Copy of q86", "q86 のコピー" of Colab
COPY = re.compile(r"(?i)(?:^copy of |-copy\d+$| copy(?: \d+)?$| - copy(?: \(\d+\))?$|コピー(?: \(\d+\))?$)")
NOTES = "notes"  # what a person reads: an exercise of its own here


class AnswerExtent(IntEnum):
    """How far an exercise is answered in a file."""

    NO = 0  # nothing, or the stub as it was given out
    BEGUN = 1  # with blanks left in it
    YES = 2


def answered(cells: Sequence[Cell], lesson: Lesson) -> dict[str, AnswerExtent]:
    """How far these cells, which are cut, answer each exercise of the lesson; those that they do not answer are left out."""
    found = {e.id: how_far([c for c in cells if c.exercise == e.id], e.names) for e in lesson.exercises}
    if any(cell.role == NOTES and not cell.pristine and cell.source.strip() for cell in cells):
        found[NOTES] = AnswerExtent.YES
    return {exercise: level for exercise, level in found.items() if level}


def how_far(section: Iterable[Cell], names: Sequence[str]) -> AnswerExtent:
    """names: what the answer goes by."""
    own = [cell for cell in section if cell.kind == "code" and not cell.pristine and says_something(cell)]
    if not own:
        return AnswerExtent.NO
    blank = decisive(Blanks(tuple(blanks(own)), frozenset(definitions(own))), names)
    if blank is None:
        return AnswerExtent.YES
    return (
        AnswerExtent.BEGUN
        if any(filled(statement) for cell in own for statement in statements(cell))
        else AnswerExtent.NO
    )


def says_something(cell: Cell) -> bool:
    """Whether a cell is more than comments and magics."""
    return any(line.strip() and not line.lstrip().startswith(("#", "%", "!")) for line in cell.source.splitlines())


def statements(cell: Cell) -> list[ast.stmt]:
    tree = parse_python(cell.source)
    return [] if tree is None else tree.body


def filled(statement: ast.stmt) -> bool:
    """Whether a definition has a body of the student's somewhere in it: not `raise NotImplementedError`, not `...`."""
    if isinstance(statement, ast.ClassDef):
        return any(filled(inner) for inner in statement.body)
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) or statement.name == "__init__":
        return False
    source = ast.unparse(statement)
    return not list(blanks([Cell(0, "code", source)])) and len(statement.body) > isinstance(statement.body[0], ast.Expr)


def one_answer_each(submission: Submission, lesson: Lesson) -> Submission:
    """The submission with one answer to each exercise: of several files the last one that has the fullest."""
    files = {name: [c for c in submission.cells if c.file == name] for name in dict.fromkeys(c.file for c in submission.cells)}  # fmt: skip
    if len(files) < 2:
        return submission
    levels = {name: answered(cells, lesson) for name, cells in files.items()}
    named = {file: exercises_of_file(PurePosixPath(file).stem, [lesson]) for file in files}
    counting = {e.id: file for e in lesson.exercises if (file := counts(e.id, levels, named))}
    handed = names_handed_on(files)
    names = {e.id: frozenset(e.names) for e in lesson.exercises}
    spare = [cell for file in files for cell in replaced(file, names, counting, files, handed[file])]
    idle = {e.id: [cell for cell in spare if cell.exercise == e.id] for e in lesson.exercises if e.id in counting}
    left_out = {cell.index for cells in idle.values() for cell in cells}
    cells = tuple(replace(cell, kind="raw") if cell.index in left_out else cell for cell in submission.cells)
    others = {e: [f for f in dict.fromkeys(cell.file for cell in own) if e in levels[f]] for e, own in idle.items()}
    remarks = tuple(told(e, counting[e], found) for e, found in others.items() if found)
    return replace(submission, cells=cells, remarks=(*submission.remarks, *remarks))


def names_handed_on(files: Mapping[str, Sequence[Cell]]) -> dict[str, set[str]]:
    """The names that other files of the submission import from each, `*` for all of them: `from .single import Attention`."""
    known = by_module(PurePosixPath(file) for file in files)
    found: dict[str, set[str]] = {file: set() for file in files}
    for file, cells in files.items():
        for module, name in (each for cell in cells if cell.kind == "code" for each in imports_of(cell)):
            other = meant(module, PurePosixPath(file), known)
            if other is not None and str(other) != file:
                found[str(other)].add(name)
    return found


def imported_files(files: Mapping[str, Sequence[Cell]]) -> dict[str, set[str]]:
    """The files of the submission that each of them imports."""
    known = by_module(PurePosixPath(file) for file in files)
    modules = {f: {m for c in cells if c.kind == "code" for m, _ in imports_of(c)} for f, cells in files.items()}
    found = {f: {meant(module, PurePosixPath(f), known) for module in names} for f, names in modules.items()}
    return {file: {str(other) for other in others if other is not None} - {file} for file, others in found.items()}


def imports_of(cell: Cell) -> Iterator[tuple[str, str]]:
    """The modules that a cell imports, with their dots, each with a name that it takes, `*` for the module as a whole."""
    tree = parse_python(cell.source)
    for module, names in imports(tree) if tree is not None else ():
        yield from ((module, name) for name in names or ("*",))
        inner = module if module.endswith(".") else f"{module}."
        yield from ((f"{inner}{name}", "*") for name in names)  # from models import encoder;  from . import encoder


def counts(
    exercise: str, levels: Mapping[str, Mapping[str, AnswerExtent]], named: Mapping[str, tuple[str, ...]]
) -> str | None:
    """The file whose answer counts: of the fullest the one that is named after the exercise and as no copy, else the last one.

    levels: by file, in order. named: the exercises that each file is named after; in `84.ipynb` the cells of 81 and 83 are copies.
    None where there is no answer.
    """
    fullest = max((found.get(exercise, AnswerExtent.NO) for found in levels.values()), default=AnswerExtent.NO)
    full = [file for file in reversed(list(levels)) if fullest and levels[file].get(exercise) == fullest]
    own = [file for file in full if exercise in named[file]]
    originals = (file for file in own or full if not COPY.search(PurePosixPath(file).stem))
    return next(originals, next(iter(own or full), None))


def replaced(
    file: str,
    names: Mapping[str, frozenset[str]],
    counting: Mapping[str, str],
    files: Mapping[str, list[Cell]],
    handed: set[str],
) -> list[Cell]:
    """The cells of a file whose exercise is answered by another file, without those that something else needs.

    names: what the answer to each exercise goes by. handed: the names that other files import from this one.
    """
    code = [cell for cell in files[file] if cell.kind == "code"]
    doubled = [cell for cell in code if counting.get(cell.exercise or "", file) != file]
    kept = [cell for cell in code if cell not in doubled]
    waiting = [cell for cell in doubled if not answers_itself(cell, names, files[counting[cell.exercise or ""]])]
    needed = handed | {name for cell in kept for name in loaded(cell)}
    while used := [cell for cell in waiting if "*" in handed or bound(cell) & needed]:
        waiting = [cell for cell in waiting if cell not in used]
        kept += used
        needed |= {name for cell in used for name in loaded(cell)}  # what is needed may need others in its turn
    return [cell for cell in doubled if cell not in kept]


def answers_itself(cell: Cell, names: Mapping[str, frozenset[str]], counts: Sequence[Cell]) -> bool:
    """Whether a cell would take the place of the answer that counts, or is none: given out as it is, or with blanks in it."""
    there = {name for other in counts if other.kind == "code" for name in bound(other)}
    blank = cell.pristine or list(blanks([cell]))
    return bool(blank or bound(cell) & names.get(cell.exercise or "", frozenset()) & there)


def loaded(cell: Cell) -> set[str]:
    tree = parse_python(cell.source)
    nodes = ast.walk(tree) if tree else ()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def bound(cell: Cell) -> set[str]:
    """The names that a cell gives to the cells after it."""
    return set[str]().union(*map(names_made, statements(cell)))


def told(exercise: str, file: str, replaced_files: Sequence[str]) -> Text:
    others = ", ".join(replaced_files)
    return Text(
        en=f"{exercise} is answered in several files; {file} counts, {others} not.",
        ja=f"{exercise} の答案が複数のファイルにあります。{file} を採点し、{others} は採点しません。",
    )
