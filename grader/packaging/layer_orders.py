"""Right answers whose layers are made in another order: what is drawn for a model's parameters follows the order in which it makes them.

A student's model is asked with parameters in the order of its own `__init__`. Where the solution is there, any order is understood;
in the students' package an order is known if it was recorded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise, permutations

from grader.lessons import source
from grader.model import Edit, Exercise

ALL = 3  # layers of which every order is tried; of more, two neighbours change places, or all are turned round


def layer_orders(exercise: Exercise) -> Iterator[Edit]:
    """Edits of the reference: each makes the layers of one class in another order."""
    for cell in source.answer_cells(exercise.answered_in, exercise.id):
        for block in blocks_of(cell):
            whole = "".join(block)
            yield from (Edit(whole, "".join(other)) for other in orders(block))


def orders(block: list[str]) -> Iterator[tuple[str, ...]]:
    if len(block) <= ALL:
        yield from list(permutations(block))[1:]
        return
    for first in range(len(block) - 1):
        yield (*block[:first], block[first + 1], block[first], *block[first + 2 :])
    yield tuple(reversed(block))


def blocks_of(cell: str) -> Iterator[list[str]]:
    """The statements of each `__init__` that make a part of the model, with their lines, where several stand one after the other."""
    lines = cell.splitlines(keepends=True)
    for node in ast.walk(ast.parse(cell)):
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            for run in runs_of(node.body):
                starts = [statement.lineno - 1 for statement in run] + [run[-1].end_lineno or run[-1].lineno]
                yield ["".join(lines[a:b]) for a, b in pairwise(starts)]


def runs_of(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Two or more of `self.query = nn.Linear(4, 4)` in a row."""
    run: list[ast.stmt] = []
    for statement in [*body, None]:
        if statement is not None and makes_a_part(statement):
            run.append(statement)
            continue
        if len(run) > 1:
            yield run
        run = []


def makes_a_part(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and all(isinstance(target, ast.Attribute) for target in statement.targets)
    )
