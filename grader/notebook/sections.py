"""A notebook cut into exercises: by metadata, by headings, by the name of its file, by what its cells define."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.model import Cell, Lesson, Submission, Text
from grader.notebook.code_patterns import (
    lesson_of_contents,
    lessons_beside,
    near_lessons,
    recognised,
    saved_for,
)
from grader.notebook.cut_remarks import OTHER_EDITION, guessed, taken_for
from grader.notebook.file_names import recognised_pieces, told_by_files
from grader.notebook.gather import together
from grader.notebook.headings import Told, heading
from grader.notebook.read import SOLUTION
from grader.notebook.syntax import names_made, parse_python

SEVERAL = 4  # problems that are answered: fewer say nothing of the edition
FEW_SHOW = 4  # less than one in so many shows a sign of its problem


def cut(submission: Submission, lessons: Sequence[Lesson]) -> Submission:
    """Give every cell the exercise whose section it stands in, and the submission its lesson.

    A section goes from its heading to the next one. What is certain goes first: metadata, then numbers, ids and titles in
    headings, then the topics of the lesson that those tell of, then file names; where nothing of all that stands above a
    cell, what it defines. Each guess of the last kind is a remark.
    """
    submission = parted(submission, lessons)
    known = {exercise.id for lesson in lessons for exercise in lesson.exercises}
    cells = [cell if cell.exercise in known else of_nobody(cell) for cell in submission.cells]
    certain = {name for cell in cells for name in (cell.exercise, *heading(cell, lessons)) if name}
    named = {name for told in told_by_files(submission, lessons).values() for name in told}
    lesson = likeliest(certain | named, lessons)
    certainly = len(lessons) == 1 or is_certain(cells, named, lessons)
    meant = [part for part in lessons if part.id == lesson] or lessons
    told = [(cell.exercise,) if cell.exercise else heading(cell, meant, topics=True) for cell in cells]
    if lesson is None:
        lesson = likeliest({name for names in told for name in names}, lessons) or lesson_of_contents(cells, lessons)
        meant = [part for part in lessons if part.id == lesson]
        ours = {exercise.id for part in meant for exercise in part.exercises}
        told = [tuple(name for name in names if name in ours) for names in told]
    files = told_by_files(submission, meant)
    cells, remarks = assigned(cells, told, meant, submission.name, files)
    cells = with_others(cells, told, submission.name, files)
    near: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    if lesson is not None and not certainly:
        near = near_lessons(lesson, cells, lessons)
        remarks = [taken_for(lesson, lessons), *remarks]
    if lesson is not None and len(lessons) > 1 and not is_handed_out(submission.cells, named, lessons):
        beside = lessons_beside(lesson, cells, lessons)
    other = is_other_edition(cells, meant)
    meant_ids = {exercise.id for part in meant for exercise in part.exercises}
    remarks = [*submission.remarks, *remarks, *([OTHER_EDITION] if other else [])]
    return replace(
        submission,
        cells=tuple(cells),
        lesson=lesson,
        near=near,
        beside=beside,
        other_edition=other,
        headed=any(name in meant_ids for name in certain | named),
        remarks=tuple(remarks),
    )


def of_nobody(cell: Cell) -> Cell:
    """A cell whose metadata name no exercise that there is; nbgrader's then say nothing."""
    return replace(cell, exercise=None, role=None if cell.role == SOLUTION else cell.role)


def is_certain(cells: Sequence[Cell], named: set[str], lessons: Sequence[Lesson]) -> bool:
    """Whether metadata, a heading in the text, or the number of a problem says which lesson it is.

    knock81.py is handed in for a problem; transformer.py may be a part of anything, and so may `# 1. the masked_lm model`.
    """
    passing = {name for cell in cells if cell.kind == "code" for name in heading(cell, lessons)}
    headed = any(cell.exercise or (cell.kind != "code" and heading(cell, lessons)) for cell in cells)
    return headed or bool((passing | named) & in_series(lessons))


def is_handed_out(cells: Sequence[Cell], named: set[str], lessons: Sequence[Lesson]) -> bool:
    """Whether the hand-in is to one lesson alone: by its metadata, or as one of a series. A heading of somebody's own, such as
    "Positional encoding", says what stands below it and nothing of the rest.
    """
    told = {name for cell in cells for name in (cell.exercise, *heading(cell, lessons)) if name}
    return any(cell.exercise for cell in cells) or bool((told | named) & in_series(lessons))


def in_series(lessons: Sequence[Lesson]) -> set[str]:
    """The exercises whose number says which they are."""
    return {exercise.id for part in lessons for exercise in part.exercises if exercise.series}


def is_other_edition(cells: Sequence[Cell], lessons: Sequence[Lesson]) -> bool:
    """Whether a hand-in answers several problems of a series, and none of them with anything that its answer has.

    There are editions of 2015, 2020 and 2025 with other questions under the same numbers.
    """
    sections: dict[str, list[str]] = {}
    for cell in cells:
        if cell.kind == "code" and cell.exercise and not cell.role:
            sections.setdefault(cell.exercise, []).append(cell.source)
    known = {e.id: e for part in lessons for e in part.exercises if e.series and e.signs}
    asked = {name: "\n".join(code) for name, code in sections.items() if name in known}
    shown = [name for name, code in asked.items() if any(sign.pattern.search(code) for sign in known[name].signs)]
    return len(asked) >= SEVERAL and len(shown) * FEW_SHOW < len(asked)


def parted(submission: Submission, lessons: Sequence[Lesson]) -> Submission:
    """Each script in one piece, which neither its name nor a heading tells of, in a cell for each problem that it solves.

    Where it solves one or none it stays as it is. So does a notebook's cell.
    """
    meant = lessons if len(lessons) == 1 else by_contents(submission.cells, lessons)
    count, files = Counter(cell.file for cell in submission.cells), told_by_files(submission, lessons)
    cells: list[Cell] = []
    for cell in submission.cells:
        name = cell.file or submission.name
        whole = count[cell.file] == 1 and name.endswith(".py") and len(files[name]) != 1
        pieces = pieces_of(cell, meant) if whole and not heading(cell, lessons) else [cell.source]
        cells += [replace(cell, index=len(cells) + n, source=piece) for n, piece in enumerate(pieces)]
    if len(cells) == len(submission.cells):
        return submission
    numbered = {together(submission.cells): together(cells)}
    remarks = tuple(numbered.get(remark, remark) for remark in submission.remarks)
    return replace(submission, cells=tuple(cells), remarks=remarks)


def by_contents(cells: Sequence[Cell], lessons: Sequence[Lesson]) -> list[Lesson]:
    meant = lesson_of_contents(cells, lessons)
    return [part for part in lessons if part.id == meant]


def pieces_of(cell: Cell, lessons: Sequence[Lesson]) -> list[str]:
    """The code of a cell, in one piece for each problem that it solves, with what stands behind its answer."""
    pieces: list[str] = []
    met = 0
    for piece, begun in recognised_pieces([cell], lessons):
        if begun or not pieces:
            pieces.append(piece)
            met += bool(begun)
        else:
            pieces[-1] += "\n" + piece
    return pieces if met > 1 else [cell.source]


def assigned(
    cells: list[Cell], told: list[Told], lessons: Sequence[Lesson], name: str, files: Mapping[str, Told]
) -> tuple[list[Cell], list[Text]]:
    """The cells with the exercise that was told last; in a file that tells nothing, the one that is recognised.

    Under a heading for several exercises it is the one of these that is recognised.
    name: of the file, for cells that do not say theirs. files: the exercises that each is named after.
    """
    found: list[Cell] = []
    remarks: list[Text] = []
    met: list[str] = list(
        dict.fromkeys(names[0] for names in told if len(names) == 1)
    )  # of several, none has begun yet
    current, guessing, file = None, True, None
    among: Told = ()
    begun: dict[str, Cell] = {}
    for cell, names in zip(cells, told, strict=True):
        if (cell.file or name) != file:
            file = cell.file or name
            among = files[file]
            current = among[0] if among else None
            guessing = current is None
        said = next((n for n in names if n not in {c.exercise for c in found}), names[0]) if names else None
        among = names if said else among
        may = (guessing and not said) or len(among) > 1
        may = may and cell.kind == "code"
        defined = recognised(cell, lessons, met) if may else None
        guess = defined or (saved_for(cell, lessons, met) if may else None)
        guess = guess if guess and (guessing or guess in among) else None
        if guess:
            met.append(guess)
            begun[guess] = cell
            remarks.append(guessed(cell, guess, by_figure=not defined))
        elif may and (again := begun_anew(cell, cells, lessons, met, begun)):
            guess = again
        guessing = guessing and not said
        current = guess or said or current
        found.append(replace(cell, exercise=current))
    return found, remarks


def begun_anew(
    cell: Cell, cells: Sequence[Cell], lessons: Sequence[Lesson], met: Sequence[str], begun: Mapping[str, Cell]
) -> str | None:
    """The exercise, begun by a guess in another file, whose class this file imports and then defines once more.

    from model.block import MultiHeadAttention     # layers.py; its own class takes that one's place
    """
    guess = recognised(cell, lessons, [name for name in met if name not in begun])
    before = begun.get(guess or "")
    other = before is not None and before.file != cell.file
    again = (
        defined_by(cell) & defined_by(before) & imported_by(cells, cell.file) if before is not None and other else set()
    )
    return guess if again else None


def defined_by(cell: Cell) -> set[str]:
    tree = parse_python(cell.source)
    definitions = (
        node for node in (tree.body if tree is not None else ()) if isinstance(node, ast.ClassDef | ast.FunctionDef)
    )
    return set[str]().union(*map(names_made, definitions))


def imported_by(cells: Sequence[Cell], file: str) -> set[str]:
    """The names that a file of the submission imports."""
    trees = [parse_python(cell.source) for cell in cells if cell.kind == "code" and cell.file == file]
    parts = (part for tree in trees if tree is not None for part in ast.walk(tree))
    return set[str]().union(*(names_made(part) for part in parts if isinstance(part, ast.Import | ast.ImportFrom)))


def with_others(cells: list[Cell], told: list[Told], name: str, files: Mapping[str, Told]) -> list[Cell]:
    """The cells with what else their heading or their file announces, as far as it has no section of its own: `# 81 - 85`."""
    there = {cell.exercise for cell in cells if cell.kind == "code"}
    found: list[Cell] = []
    among: Told = ()
    file = None
    for cell, names in zip(cells, told, strict=True):
        if (cell.file or name) != file:
            file = cell.file or name
            among = files[file]
        among = names or among
        found.append(replace(cell, also=tuple(name for name in among if name not in there)))
    return found


def likeliest(found: set[str], lessons: Sequence[Lesson]) -> str | None:
    """The lesson most of these exercises are from."""
    counts = {lesson.id: sum(exercise.id in found for exercise in lesson.exercises) for lesson in lessons}
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best and counts[best] else None
