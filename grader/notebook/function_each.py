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
import builtins
import re
from dataclasses import replace
from itertools import pairwise
from typing import TypeGuard

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
from grader.notebook.syntax import names_made, parse_python

REMARK = Text(
    en="Cells {cells}: the lines of the functions for a problem each were read as lines of the file itself, so that what they define can "
    "be judged.",
    ja="{cells} 番目のセル: 問題ごとの関数の中で定義されたものも判定できるように、その中身をファイルに直接書かれたものとして読みました。",
)
LEAST = 2  # functions; a single one is a `main`
A_CHAPTER = 10  # problems; draw_base_10() and draw_base_100() are not called after any


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
    each = [node for node in tree.body if is_numbered(node)]
    calls = {node.name: calls_of(tree, node.name) for node in each}
    alike = all(is_section(node, tree, lines) and is_called_once(tree, node.name, calls[node.name]) for node in each)
    elsewhere = any(re.search(rf"\b{node.name}\b", other) for node in each for other in others)
    numbers = sorted({int(number_of(node)) for node in each})
    if len(numbers) < LEAST or numbers[-1] - numbers[0] >= A_CHAPTER or not alike or elsewhere:
        return [cell.source]
    for node in each:
        take_out(lines, node, within)
        lines[node.lineno - 1] = f"# {number_of(node)}. {lines[node.lineno - 1]}"
        for call in calls[node.name]:
            leave_out(lines, call)
        for told in globals_of(node):
            lines[told.lineno - 1] = "pass"
    first = each[0].lineno - 1
    ends = [0, first, *(node.end_lineno or 0 for node in each), len(lines)]
    pieces = ["\n".join(lines[start:end]) for start, end in pairwise(ends)]
    if any(parse_python(piece) is None for piece in pieces):
        return [cell.source]
    return [piece for piece in pieces if piece.strip()]


def is_section(node: ast.FunctionDef, tree: ast.Module, lines: list[str]) -> bool:
    """Whether a function's lines mean the same at the margin, where they stand.

    Nothing is handed in and nothing comes back; nothing that it reads is made below it; and no name of its own is one that the file, a
    library or Python has already: `max = 0`, `optim = torch.optim.SGD(...)`, `unknown += 1` beside a global of that name.
    """
    if not HEAD.fullmatch(lines[node.lineno - 1]) or not runs_through(node) or hides_definitions(tree, node):
        return False
    if any(isinstance(part, ast.Nonlocal) for part in ast.walk(node)):
        return False
    told = globals_of(node)
    if any(lines[part.lineno - 1].strip() != ast.unparse(part) for part in told):
        return False
    shared = {name for part in told for name in part.names}
    own = {part.id for part in own_nodes(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    rest = [part for part in tree.body if part is not node]
    python = set(dir(builtins))
    taken = python.union(*map(names_made, rest))
    read = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    below = set[str]().union(
        *(names_made(part) for part in tree.body[tree.body.index(node) + 1 :] if not is_numbered(part))
    )
    above = set[str]().union(*(names_made(part) for part in tree.body[: tree.body.index(node)]))
    needs = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    return not (own - shared) & taken & (read | python) and not needs & (below - above)


def is_numbered(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and bool(NUMBERED.search(node.name))


def globals_of(node: ast.FunctionDef) -> list[ast.Global]:
    return [part for part in own_nodes(node) if isinstance(part, ast.Global)]


def number_of(node: ast.FunctionDef) -> str:
    """The number of the problem that it is called after."""
    found = NUMBERED.search(node.name)
    return found.group() if found else ""


def calls_of(tree: ast.Module, name: str) -> list[ast.Expr]:
    """The lines `start_80()`, at the margin, under `if __name__ ...` or in a function that calls one after the other."""
    lines = (node for node in ast.walk(tree) if isinstance(node, ast.Expr) and node.lineno == node.end_lineno)
    return [node for node in lines if ast.unparse(node) == f"{name}()"]


def is_called_once(tree: ast.Module, name: str, calls: list[ast.Expr]) -> bool:
    """Whether the name stands nowhere but in one such line."""
    return len(calls) == sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)) == 1
