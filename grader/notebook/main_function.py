"""A script whose work stands in `main()`: its lines are read as those of the file.

def main():
    model = RNN(...)
    for epoch in range(10): ...

if __name__ == "__main__":
    main()

What such a function defines and makes is gone when it returns, so nothing of it could be asked. Its lines run where they
stand, and keep their numbers.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from grader.model import Cell, Submission, Text
from grader.notebook.rewritten import with_other_cells
from grader.notebook.syntax import parse_python

REMARK = Text(
    en="Cells {cells}: the lines of `main()` were read as lines of the file itself, so that what they define can be judged.",
    ja="{cells} 番目のセル: `main()` の中で定義されたものも判定できるように、その中身をファイルに直接書かれたものとして読みました。",
)
# def main():  def _main():  def knock82():  def q82():  def run():
NAMED = re.compile(r"_?main|run|execute|solve|(?:knock|nlp|ex|q|no|problem|ans|answer)_?\d{1,3}", re.IGNORECASE)
NUMBERED = re.compile(r"(?<!\d)\d{2,3}$")
# def main() -> None:  # the whole of it
HEAD = re.compile(r"^def \w+\(\)(?: -> \w+)?:[ \t]*(?:#.*)?$", re.MULTILINE)


def unfold_main(submission: Submission) -> Submission:
    """The submission with the bodies of these functions in their places, and a remark."""
    return with_other_cells(submission, tuple(unfolded(cell) for cell in submission.cells), REMARK)


def unfolded(cell: Cell) -> Cell:
    if cell.kind != "code" or cell.role or not HEAD.search(cell.source):
        return cell
    tree = parse_python(cell.source)
    found = [node for node in tree.body if is_main(node)] if tree is not None else []
    found = [node for node in found if not NUMBERED.search(node.name)] if len(found) > 1 else found
    if tree is None or len(found) != 1:
        return cell
    (main,) = found
    call = only_call(tree, main.name)
    lines = cell.source.split("\n")
    apart = defines_below(tree, main) or hides_definitions(tree, main)
    if call is None or apart or not HEAD.fullmatch(lines[main.lineno - 1]):
        return cell
    take_out(lines, main, lines_within_strings(cell.source))
    lines[main.lineno - 1] = f"# {lines[main.lineno - 1]}"
    leave_out(lines, call)
    source = "\n".join(lines)
    return replace(cell, source=source) if parse_python(source) is not None else cell


def take_out(lines: list[str], function: ast.FunctionDef, within: set[int]) -> None:
    """Set a function's lines at the margin. within: the lines that begin inside a string."""
    indent = function.body[0].col_offset
    for number in range(function.lineno, function.end_lineno or function.lineno):
        if number not in within and not lines[number][:indent].strip():
            lines[number] = lines[number][indent:]


def leave_out(lines: list[str], call: ast.stmt) -> None:
    """Put `pass` in the place of a statement of one line."""
    lines[call.lineno - 1] = lines[call.lineno - 1][: call.col_offset] + "pass"


def lines_within_strings(source: str) -> set[int]:
    """The lines, from 0, that begin inside a string: what stands in front there is part of it."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {row for token in tokens if token.end[0] > token.start[0] for row in range(token.start[0], token.end[0])}


def is_main(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    """Whether it is a function of such a name that runs as the lines of a file would."""
    return isinstance(node, ast.FunctionDef) and bool(NAMED.fullmatch(node.name)) and runs_through(node)


def runs_through(node: ast.FunctionDef) -> bool:
    """Whether nothing is handed in, and it runs through to its end and gives nothing back."""
    taken = node.args
    if node.decorator_list or any((taken.posonlyargs, taken.args, taken.kwonlyargs, taken.vararg, taken.kwarg)):
        return False
    return not any(isinstance(n, ast.Return | ast.Yield | ast.YieldFrom | ast.Await) for n in own_nodes(node))


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function, but not in those that it defines."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from own_nodes(child)


def only_call(tree: ast.Module, name: str) -> ast.Expr | None:
    """The line `main()` at the margin or under `if __name__ ...`, where the name stands nowhere else."""
    if sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)) != 1:
        return None
    conditions = [node for node in tree.body if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)]
    for node in (*tree.body, *(inner for condition in conditions for inner in condition.body)):
        called = node.value if isinstance(node, ast.Expr) else None
        if isinstance(called, ast.Call) and isinstance(called.func, ast.Name) and called.func.id == name:
            alone = not called.args and not called.keywords and node.lineno == node.end_lineno
            return node if alone and isinstance(node, ast.Expr) else None
    return None


def defines_below(tree: ast.Module, main: ast.FunctionDef) -> bool:
    """Whether anything is made below the function, which its lines may use when it is called."""
    below = tree.body[tree.body.index(main) + 1 :]
    return any(not isinstance(node, ast.If | ast.Expr) for node in below)


def hides_definitions(tree: ast.Module, main: ast.FunctionDef) -> bool:
    """Whether a variable of its own is called like a function or class of the file, which others may use."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = {node.name for node in tree.body if isinstance(node, kinds)}
    bound = {node.id for node in own_nodes(main) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return bool(defined & (bound | {node.name for node in ast.walk(main) if isinstance(node, kinds)} - {main.name}))
