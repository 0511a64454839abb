"""Python source as a syntax tree, whatever a stranger wrote."""

from __future__ import annotations

import ast
from itertools import chain

DEEPEST = (
    200  # levels of nesting: the deepest real notebook that we met has 34, and each level takes three frames to walk
)

TOO_DEEP = "too deeply nested for Python's parser"  # a MemoryError says nothing itself


def parse_python(source: str) -> ast.Module | None:
    """The tree; None for what does not parse, or is nested so deeply that whoever walks it would run out of stack."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # ValueError: a "\0" in the text. MemoryError: the parser's own stack is full, as after "-" * 100_000 + "1".
        return None
    return tree if depth_at_most(tree, DEEPEST) else None


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
