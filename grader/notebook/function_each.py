"""A script with a function for each problem: the lines of each are read as a section of the file.

def start_80():
    for title in pd.read_csv("train.csv")["TITLE"]: ...

class RNN(nn.Module): ...

def start_81():
    model = RNN(len(word2id) + 1, 300, 50, 4)

What stands between two of them goes with the one that follows. In one piece nothing of it could be asked, as of `main()`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from grader.model import Cell, Submission, Text
from grader.model.printable import listed
from grader.notebook.gather import together
from grader.notebook.main_function import (
    HEAD,
    NUMBERED,
    hides_definitions,
    leave_out,
    lines_within_strings,
    own_nodes,
    runs_through,
    take_out,
)
from grader.notebook.syntax import parse_python

REMARK = Text(
    en="Cells {cells}: the lines of the functions for a problem each were read as lines of the file itself, so that what they define can "
    "be judged.",
    ja="{cells} 番目のセル: 問題ごとの関数の中で定義されたものも判定できるように、その中身をファイルに直接書かれたものとして読みました。",
)
LEAST = 2  # functions; a single one is a `main`


def unfold_each(submission: Submission) -> Submission:
    """The submission with a cell for each of these functions, and a remark."""
    cells: list[Cell] = []
    new: list[int] = []
    for cell in submission.cells:
        pieces = pieces_of(cell, [other.source for other in submission.cells if other is not cell])
        new += range(len(cells), len(cells) + len(pieces)) if len(pieces) > 1 else []
        cells += [replace(cell, index=len(cells) + n, source=piece) for n, piece in enumerate(pieces)]
    if not new:
        return submission
    renumbered = {together(submission.cells): together(cells)}
    told = listed([number + 1 for number in new])
    remark = Text(en=REMARK.en.format(cells=told), ja=REMARK.ja.format(cells=told))
    remarks = (*(renumbered.get(before, before) for before in submission.remarks), remark)
    return replace(submission, cells=tuple(cells), remarks=remarks)


def pieces_of(cell: Cell, others: list[str]) -> list[str]:
    """The code of a cell, cut behind each of these functions. others: the code of the other cells, which may call them."""
    tree = parse_python(cell.source) if cell.kind == "code" and not cell.role and HEAD.search(cell.source) else None
    if tree is None:
        return [cell.source]
    lines, within = cell.source.split("\n"), lines_within_strings(cell.source)
    each = [node for node in functions_of(tree) if HEAD.fullmatch(lines[node.lineno - 1])]
    each = [node for node in each if not hides_definitions(tree, node)]
    calls = {node.name: calls_of(tree, node.name) for node in each}
    each = [node for node in each if is_called_alone(tree, node.name, len(calls[node.name]))]
    each = [node for node in each if not any(re.search(rf"\b{node.name}\b", other) for other in others)]
    if len({number_of(node) for node in each}) < LEAST:
        return [cell.source]
    for node in each:
        take_out(lines, node, within)
        lines[node.lineno - 1] = f"# {number_of(node)}. {lines[node.lineno - 1]}"
        for call in calls[node.name]:
            leave_out(lines, call)
        for told in own_nodes(node):
            if isinstance(told, ast.Global):
                lines[told.lineno - 1] = "pass"
    first = each[0].lineno - 1
    ends = [0, first, *(node.end_lineno or 0 for node in each), len(lines)]
    pieces = ["\n".join(lines[start:end]) for start, end in pairwise(ends)]
    if any(parse_python(piece) is None for piece in pieces):
        return [cell.source]
    return [piece for piece in pieces if piece.strip()]


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """def start_80():  def knock80():  def ex_82():  def problem83(): ; nothing is handed in, and nothing comes back."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or not number_of(node) or not runs_through(node):
            continue
        if not any(isinstance(part, ast.Nonlocal) for part in ast.walk(node)):
            yield node


def number_of(node: ast.FunctionDef) -> str:
    """The number of the problem that it is called after, "" where it is called after none."""
    found = NUMBERED.search(node.name)
    return found.group() if found else ""


def calls_of(tree: ast.Module, name: str) -> list[ast.Expr]:
    """The lines `start_80()`, at the margin, under `if __name__ ...` or in a function that calls one after the other."""
    lines = (node for node in ast.walk(tree) if isinstance(node, ast.Expr) and node.lineno == node.end_lineno)
    return [node for node in lines if ast.unparse(node) == f"{name}()"]


def is_called_alone(tree: ast.Module, name: str, calls: int) -> bool:
    """Whether the name stands nowhere but in such lines, once at the most."""
    return sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)) == calls <= 1
