"""An answer in a cell of the wrong type: one key in Jupyter (M, R) turns code into text."""

from __future__ import annotations

import ast
from dataclasses import replace

from grader.model import Cell, Lesson, Submission, Text
from grader.notebook.placeholders import definitions
from grader.notebook.syntax import parse_python

REMARK = Text(
    en="Cell {cell} holds the code of {exercise}, but its type is not code; it was run as code. Change the cell's type to Code.",
    ja="{cell} 番目のセルには {exercise} のコードがありますが、コードセルではありません。コードとして実行しました。セルの種類を「コード」に戻してください。",
)


def as_code(submission: Submission, lesson: Lesson) -> Submission:
    """Text cells that are wholly the code of an exercise which no code cell of its section defines are made code again."""
    names = {exercise.id: set(exercise.names) for exercise in lesson.exercises}
    there = {e: definitions(c for c in submission.cells if c.exercise == e) for e in names}
    turned = {
        cell.index: cell.exercise
        for cell in submission.cells
        if cell.exercise in names and is_code(cell, names[cell.exercise] - there[cell.exercise])
    }
    cells = tuple(replace(c, kind="code", pristine=False) if c.index in turned else c for c in submission.cells)
    told = tuple(
        Text(
            en=REMARK.en.format(cell=index + 1, exercise=exercise), ja=REMARK.ja.format(cell=index + 1, exercise=exercise)
        )
        for index, exercise in turned.items()
    )  # fmt: skip
    return replace(submission, cells=cells, remarks=(*submission.remarks, *told))


def is_code(cell: Cell, wanted: set[str]) -> bool:
    """Whether a cell of text parses as a whole and defines a name that is wanted. A fenced block in a text is an example."""
    if cell.kind == "code" or not definitions([replace(cell, kind="code")]) & wanted:
        return False
    tree = parse_python(cell.source)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return tree is not None and any(isinstance(node, kinds) for node in tree.body)
