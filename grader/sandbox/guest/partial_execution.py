"""The definitions of a cell that did not come to its end.

A cell that reads a missing file, imports an absent package or trains for too long often defines what is asked for
further down. Those statements are run here, one by one: functions, classes, imports, and assignments that only compute
something small. What was reached is not run again.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import contextlib
import linecache
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

SMALL = {"len", "int", "float", "str", "bool", "dict", "list", "set", "tuple", "range", "max", "min", "abs", "round", "sum", "sorted", "zip",
         "enumerate", "device", "is_available", "manual_seed", "seed", "Path", "join", "defaultdict", "OrderedDict", "Counter", "keys", "values",
         "items", "split", "lower", "format", "compile", "tensor", "sqrt", "log", "partial", "namedtuple", "TypeVar", "getLogger"}  # fmt: skip
IMPORTS = (ast.Import, ast.ImportFrom)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

LENGTHS = re.compile(r"(?:max_?(?:seq(?:uence)?_?)?len(?:gth)?|block_size|context_(?:len(?:gth)?|size|window))")
LONGEST = 64  # words, in the place of a default that was to be counted

UNREAD_TYPES = __future__.annotations.compiler_flag  # types beside arguments stay text


def define(namespace: dict[str, Any], source: str, index: int, ran: bool, error: BaseException | None = None) -> None:
    """Run what a cell still defines. ran: it was run and stopped by `error`, or by the last one that IPython showed."""
    filename = f"<cell {index}>"
    try:
        tree = ast.parse(plain(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: "-" * 100_000 + "1"
        return
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    reached = line_of(error or getattr(sys, "last_value", None)) if ran else 0
    for statement in tree.body:
        if (statement.end_lineno or 0) >= reached and is_small(statement):
            for piece in pieces(statement):
                attempt(piece, filename, namespace)


def plain(source: str) -> str:
    """The cell without IPython's own words."""
    shell = sys.modules["__main__"].__dict__.get("get_ipython", lambda: None)()
    return str(shell.transform_cell(source)) if shell is not None else source


def line_of(error: BaseException | None) -> int:
    """The line at which an error left its cell; 0 if that cannot be told."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "<module>" and is_cell(trace.tb_frame.f_code.co_filename):
            return int(trace.tb_lineno)
        trace = trace.tb_next
    return 0


def is_cell(filename: str) -> bool:
    return filename.startswith(("<ipython-input", "<cell")) or "ipykernel_" in filename


def is_small(node: ast.stmt) -> bool:
    """Whether a statement only defines: it ends at once, and does nothing to the world."""
    if isinstance(node, DEFINITIONS + IMPORTS):
        return True
    if isinstance(node, ast.If):
        return not asks_for_main(node) and cheap(node.test) and all(map(is_small, node.body + node.orelse))
    if isinstance(node, ast.Try):
        parts = [*node.body, *node.orelse, *(inner for handler in node.handlers for inner in handler.body)]
        return all(isinstance(inner, ast.Pass) or is_small(inner) for inner in parts)
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return node.value is None or cheap(node.value)
    return False


def asks_for_main(node: ast.If) -> bool:
    return "__main__" in ast.dump(node.test)


def cheap(value: ast.expr) -> bool:
    """No call but of what is known to be quick."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called not in SMALL:
                return False
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
    return True


def pieces(statement: ast.stmt) -> Iterator[ast.stmt]:
    """An import of several things one by one: one that is missing must not cost the others."""
    if isinstance(statement, ast.Import):
        for name in statement.names:
            yield ast.copy_location(ast.Import([name]), statement)
    elif isinstance(statement, ast.ImportFrom):
        for name in statement.names:
            yield ast.copy_location(ast.ImportFrom(statement.module, [name], statement.level), statement)
    else:
        yield statement


def attempt(statement: ast.stmt, filename: str, namespace: dict[str, Any]) -> None:
    """Run a statement; if a name is not there, without looking at types: def load(model: HookedTransformer), not installed.

    Then with other defaults in the place of those that cannot be worked out: def __init__(self, size, max_length=MAX_LENGTH), which a
    cell would have counted in a file.
    """
    run: Callable[..., None] = exec
    for flags in (0, UNREAD_TYPES, UNREAD_TYPES):
        with contextlib.suppress(Exception, SystemExit):  # what cannot be defined is missing, as the checks will find
            code = compile(ast.Module([statement], []), filename, "exec", flags, dont_inherit=True)
            try:
                run(code, namespace)
            except NameError:
                statement = UsualDefaults(namespace).visit(statement) if flags else statement
                continue
        return


class UsualDefaults(ast.NodeTransformer):
    """Defaults that read what is not there become what is usual: the CPU, or a number of words for the longest text. Others stay."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.known = {*namespace, *dir(builtins)}

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.args = self.with_usual(node.args)  # its body is not looked into: what stands there is not run yet
        return node

    def with_usual(self, node: ast.arguments) -> ast.arguments:
        names = [argument.arg for argument in (*node.posonlyargs, *node.args)]
        node.defaults = list(map(self.usual, names[len(names) - len(node.defaults) :], node.defaults))
        named = zip([argument.arg for argument in node.kwonlyargs], node.kw_defaults, strict=True)
        node.kw_defaults = [value and self.usual(name, value) for name, value in named]
        return node

    def usual(self, name: str, value: ast.expr) -> ast.expr:
        if {part.id for part in ast.walk(value) if isinstance(part, ast.Name)} <= self.known:
            return value
        made = "cpu" if name.lower() in ("device", "dev") else LONGEST if LENGTHS.fullmatch(name.lower()) else None
        return value if made is None else ast.copy_location(ast.Constant(made), value)
