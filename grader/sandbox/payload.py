"""Payloads: functions and classes of ours whose text is sent to run beside the student's code.

Nothing of `grader` can be imported there, so the text carries all that it needs. A payload is written as an ordinary
module: imported, linted, typed and tested here. `source_of` takes the one definition that is asked for and what it
reads, also from the modules of `grader` that the payload imports by name, and leaves the rest behind; docstrings and
comments stay at home.

The text is cut out line by line and never made anew by `ast.unparse`, which writes differently in every Python:
recorded answers are found again by it. Two things work in a module and not in a payload: `@dataclass`, which looks its
module up, and strings over several lines, whose empty lines are dropped.
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from grader.sandbox.guest.codec import RemoteExpr

FUTURE = "from __future__ import annotations\n"  # annotations stay text, so that no name of theirs is needed there
Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


def remote(entry: Callable[..., Any], *parts: Any) -> RemoteExpr:
    """`entry(*parts)`, made in the sandbox. entry: a function or class at the top of a payload's module."""
    return RemoteExpr(source_of(entry), parts)


def text_of(payload: Callable[..., Any] | str) -> str:
    """What is sent for a payload; a text is one already, and defines `make`."""
    return payload if isinstance(payload, str) else source_of(payload)


@cache
def source_of(entry: Callable[..., Any]) -> str:
    """The text of a payload and of all that it uses, which defines `make` as the payload.

    Definitions stand in the order of their modules, imported modules first, as Python runs them. Raises ValueError
    where two modules define one name, and for statements that a payload may not have.
    """
    needed: set[tuple[str, str]] = set()
    collect(entry.__module__, entry.__name__, needed)
    found = {module: read_payload(module) for module in dict.fromkeys(imported_first(entry.__module__))}
    imports = {f"{found[m].imports[n]}\n" for m, n in needed if n in found[m].imports}
    owned = [(name, module) for module, name in needed if name in found[module].definitions]
    if len(owned) != len({name for name, _ in owned}):
        raise ValueError(
            f"two modules that {entry.__module__}.{entry.__name__} is made of define one name: {sorted(owned)}"
        )
    texts = [text for module, payload in found.items() for text in payload.cut({n for n, m in owned if m == module})]
    return "".join([FUTURE, *sorted(imports), *called_make(texts, entry.__name__)])


def called_make(texts: list[str], name: str) -> Iterator[str]:
    """The texts with this definition as `make`. A function is called so itself, since Python's messages quote its name."""
    head = f"def {name}("
    if not any(text.startswith(head) for text in texts):
        yield from (*texts, f"make = {name}\n")
        return
    for text in texts:
        whole = text.startswith(head)
        yield text.replace(head, "def make(", 1) + f"{name} = make\n" if whole else text


def collect(module: str, name: str, needed: set[tuple[str, str]]) -> None:
    """Add (module, name) and all that its definition reads; a name without one is the language's, or the sandbox puts
    it there.
    """
    payload = read_payload(module)
    if name in payload.ours:
        return collect(payload.ours[name], name, needed)
    if (module, name) in needed or not (name in payload.imports or name in payload.definitions):
        return None
    needed.add((module, name))
    if name in payload.definitions:
        for other in (*names_bound(payload.definitions[name]), *names_read(payload.definitions[name])):
            collect(module, other, needed)
    return None


def imported_first(module: str) -> Iterator[str]:
    """The payload modules that a module imports, at any remove, and then itself."""
    for other in dict.fromkeys(read_payload(module).ours.values()):
        yield from imported_first(other)
    yield module


@dataclass(frozen=True)
class Payload:
    """A module of payloads.

    lines: without docstrings and comments; definitions: by the names that they bind; imports: the statement that binds
    each name; ours: the module of `grader` that each name comes from.
    """

    lines: list[str]
    definitions: dict[str, Definition]
    imports: dict[str, str]
    ours: dict[str, str]

    def cut(self, names: set[str]) -> Iterator[str]:
        """The text of the definitions of these names, in the order of the file."""
        wanted = {id(statement): statement for name, statement in self.definitions.items() if name in names}
        for statement in sorted(wanted.values(), key=lambda s: s.lineno):
            first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
            yield "".join(line for line in self.lines[first - 1 : statement.end_lineno] if line.strip())


@cache
def read_payload(module: str) -> Payload:
    text = inspect.getsource(sys.modules.get(module) or import_module(module))
    tree = ast.parse(text)
    payload = Payload(bare(text, tree), {}, {}, {})
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            add_import(payload, statement)
        elif isinstance(statement, Definition):
            payload.definitions.update(dict.fromkeys(names_bound(statement), statement))
        elif not is_docstring(statement):
            raise ValueError(f"{module}, line {statement.lineno}: a payload's module defines, and does nothing")
    return payload


def add_import(payload: Payload, statement: ast.Import | ast.ImportFrom) -> None:
    origin = f"{statement.module}" if isinstance(statement, ast.ImportFrom) else ""
    for alias in statement.names:
        name = alias.asname or alias.name.partition(".")[0]
        if origin.startswith("grader."):
            payload.ours[name] = origin
        elif origin != "__future__":
            said = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            payload.imports[name] = f"from {origin} {said}" if origin else said


def names_bound(statement: Definition) -> Iterator[str]:
    """The names that a statement at the top of a module gives a value; none for `ask: Desk`, which only tells a type."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    elif statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))


def names_read(node: ast.AST) -> Iterator[str]:
    """Every name that is read, annotations left out."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                yield part.id
            elif isinstance(part, ast.AST):
                yield from names_read(part)


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def bare(text: str, tree: ast.Module) -> list[str]:
    """The lines of a module, those of docstrings and comments emptied; a body that was nothing else says `pass`."""
    lines = text.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and is_docstring(first := node.body[0]):
            for row in range(first.lineno, (first.end_lineno or first.lineno) + 1):
                lines[row - 1] = "\n"
            if len(node.body) == 1:
                lines[first.lineno - 1] = " " * first.col_offset + "pass\n"
    return lines
