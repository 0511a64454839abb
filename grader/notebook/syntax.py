"""Python source as a syntax tree, whatever a stranger wrote."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

from grader.notebook.writable import is_writable, respelled

Statement = TypeVar("Statement", bound=ast.stmt)

DEEPEST = (
    200  # levels of nesting: the deepest real notebook that we met has 34, and each level takes three frames to walk
)

MAGIC = re.compile(r"^\s*[%!?]")  # %matplotlib inline, !pip install, ?torch.stack
TOO_DEEP = "too deeply nested for Python's parser"  # a MemoryError says nothing itself


def parse_python(source: str) -> ast.Module | None:
    """The tree, which can be written again; None for what does not parse, or is nested so deeply that whoever walks it
    would run out of stack.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # ValueError: a "\0" in the text. MemoryError: the parser's own stack is full, as after "-" * 100_000 + "1".
        return None
    if not depth_at_most(tree, DEEPEST):
        return None
    if is_writable(tree):
        return tree
    written = respelled(tree)
    return written if parses_again(written) else None


def without_magics(source: str) -> str:
    """The code with an empty line for each magic, which is no Python."""
    return "\n".join("" if MAGIC.match(line) else line for line in source.split("\n"))


def names_made(statement: ast.AST) -> set[str]:
    """The names that a statement gives to what stands behind it."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    return {part.id for part in ast.walk(statement) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def parses_again(tree: ast.Module) -> bool:
    """Whether its text is Python: `case 0xFFFF...:` of thousands of digits has no other spelling."""
    try:
        again = ast.parse(ast.unparse(tree))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return depth_at_most(again, DEEPEST)


def as_source(node: ast.AST) -> str:
    """The source of a tree that has been changed."""
    whole = ast.fix_missing_locations(node)
    return ast.unparse(whole if is_writable(whole) else respelled(whole))


def copied(node: Statement) -> Statement:
    """A statement of a tree of `parse_python`, to be changed."""
    tree = parse_python(ast.unparse(node))
    assert tree is not None  # such a tree can be written again
    copy = tree.body[0]
    assert isinstance(copy, type(node))
    return copy


def overflows_parser(source: str) -> bool:
    """Whether Python's parser runs out of its stack: `"-" * 100_000 + "1"` is a MemoryError before any line has run."""
    try:
        ast.parse(source)
    except MemoryError:
        return True
    except (SyntaxError, ValueError, RecursionError):
        return False
    return False


def depth_at_most(tree: ast.AST, limit: int) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(limit):
        level = list(chain.from_iterable(map(ast.iter_child_nodes, level)))
        if not level:
            return True
    return False


def imports(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The modules that code imports anywhere, with their dots, and the names that it takes from each; none where it takes the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), tuple(alias.name for alias in node.names)
