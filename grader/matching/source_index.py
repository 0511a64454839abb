"""What the student wrote, read as text: definitions by section, what they contain, and how the notebook calls them.

The judge's side: nothing here runs anything. A cell that does not parse is passed over; why it does not is said elsewhere.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from grader.model import Cell
from grader.notebook.syntax import parse_python

Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
MAGIC = re.compile(r"^\s*[%!?]")
TENSORS = """
shape size T device dtype dim long float int to permute transpose view reshape unsqueeze squeeze ndim numel cuda cpu flatten
contiguous clone detach new_zeros ne eq t data type is_cuda tolist numpy max min sum any all mT expand repeat requires_grad
split chunk unbind flip item index_select gather ndimension
"""


@dataclass(frozen=True, slots=True)
class Definition:
    """A class or function, the section it stands in and the number of its cell."""

    name: str
    node: Defined
    section: str | None
    cell: int
    pristine: bool = False

    @property
    def identifiers(self) -> frozenset[str]:
        return identifiers(self.node)

    def method(self, name: str) -> ast.FunctionDef | None:
        if not isinstance(self.node, ast.ClassDef):
            return None
        return next((n for n in self.node.body if isinstance(n, ast.FunctionDef) and n.name == name), None)


@dataclass(frozen=True)
class SourceIndex:
    """The code cells of a submission."""

    cells: tuple[Cell, ...] = ()

    @cached_property
    def parsed(self) -> list[tuple[Cell, ast.Module]]:
        found = []
        for cell in self.cells:
            tree = parse(cell.source) if cell.kind == "code" else None
            if tree is not None:
                found.append((cell, tree))
        return found

    @cached_property
    def definitions(self) -> list[Definition]:
        return [
            Definition(node.name, node, cell.exercise, cell.index, cell.pristine)
            for cell, tree in self.parsed
            for node in top_level(tree.body)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]

    def own(self, section: str) -> list[Definition]:
        """What the cells of a section define."""
        return [d for d in self.definitions if d.section == section]

    @cached_property
    def named(self) -> dict[str, list[Definition]]:
        """The definitions by name."""
        found: dict[str, list[Definition]] = {}
        for definition in self.definitions:
            found.setdefault(definition.name, []).append(definition)
        return found

    @cached_property
    def ends(self) -> dict[str | None, int]:
        """The last cell of each section."""
        found: dict[str | None, int] = {}
        for cell, _ in self.parsed:
            found[cell.exercise] = max(cell.index, found.get(cell.exercise, -1))
        return found

    def definition(self, name: str, section: str) -> Definition | None:
        """What a name means in a section: the last one up to its end, else the first one after it."""
        named, ends = self.named.get(name, []), self.ends.get(section, -1)
        before = [d for d in named if d.cell <= ends]
        return before[-1] if before else named[0] if named else None

    def calls(self, name: str, section: str) -> list[ast.Call]:
        """Calls of a name, those of the section first. Within a class of that name, such as in super(), none counts."""
        found = self.called.get(name, [])
        return [call for where, call in found if where == section] + [call for where, call in found if where != section]

    @cached_property
    def called(self) -> dict[str, list[tuple[str | None, ast.Call]]]:
        """Every call with arguments, by the name that is called, with the section it stands in."""
        found: dict[str, list[tuple[str | None, ast.Call]]] = {}
        for cell, tree in self.parsed:
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and node.args + node.keywords:
                    found.setdefault(dotted(node.func), []).append((cell.exercise, node))
        return found

    def reach(self, name: str, section: str) -> list[Definition]:
        """A definition and those it uses, by name, as far as they are the notebook's own."""
        found: dict[str, Definition] = {}
        waiting = [name]
        while waiting:
            current = self.definition(waiting.pop(), section)
            if current is not None and current.name not in found:
                found[current.name] = current
                waiting += sorted((self.words_of(current) & self.named.keys()) - found.keys())
        return list(found.values())

    @cached_property
    def words(self) -> dict[int, frozenset[str]]:
        """The identifiers of definitions that somebody asked about, by the definition's place in memory."""
        return {}

    def words_of(self, definition: Definition) -> frozenset[str]:
        if id(definition.node) not in self.words:
            self.words[id(definition.node)] = definition.identifiers
        return self.words[id(definition.node)]

    @cached_property
    def globals(self) -> frozenset[str]:
        """Every name that the notebook binds outside functions and classes."""
        bound = set()
        for _, tree in self.parsed:
            for node in ast.walk(
                ast.Module([n for n in tree.body if not isinstance(n, ast.ClassDef | ast.FunctionDef)], [])
            ):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    bound.add(node.id)
                elif isinstance(node, ast.alias):
                    bound.add((node.asname or node.name).partition(".")[0])
        return frozenset(bound | {d.name for d in self.definitions})

    @cached_property
    def imported(self) -> frozenset[str]:
        """Every name that an import binds, wherever it stands: `optim` is a module then, and no optimizer."""
        aliases = [part for _, tree in self.parsed for part in ast.walk(tree) if isinstance(part, ast.alias)]
        return frozenset((alias.asname or alias.name).partition(".")[0] for alias in aliases)

    def readable(self, handed: ast.expr | None) -> bool:
        """Whether an argument of a call means something outside the function in which the call may stand."""
        read = [n.id for n in ast.walk(handed) if isinstance(n, ast.Name)] if handed is not None else []
        return all(name in self.globals or hasattr(builtins, name) for name in read)

    def constants(self, names: Sequence[str]) -> list[object]:
        """What the globals of these names are given where that is written out as a constant: `n_unit = 768`."""
        return [
            node.value.value
            for _, tree in self.parsed
            for node in top_level(tree.body)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            if any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
        ]

    def dict_with(self, words: Sequence[str]) -> str | None:
        """The global that is written out as a dict with these keys, the last one."""
        found = None
        for _, tree in self.parsed:
            for node in top_level(tree.body):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    value = node.value
                    held = (
                        [k.value for k in value.keys if isinstance(k, ast.Constant)]
                        if isinstance(value, ast.Dict)
                        else []
                    )
                    if isinstance(value, ast.Call) and dotted(value.func) == "dict":
                        held = [k.arg for k in value.keywords]
                    found = node.targets[0].id if held and set(words) <= set(held) else found
        return found

    def attempted(self, section: str) -> bool:
        """Whether the student wrote something in a section that does something."""
        return any(
            cell.exercise == section and not cell.pristine and any(map(does_something, tree.body))
            for cell, tree in self.parsed
        )

    def trains_at_top(self, section: str) -> bool:
        """Whether a section trains in a loop outside every function."""
        loops = (
            node
            for cell, tree in self.parsed
            if cell.exercise == section and not cell.pristine
            for node in top_level(tree.body)
            if isinstance(node, ast.For | ast.While)
        )
        return any("backward" in identifiers(loop) for loop in loops)

    def last_output(self, section: str) -> str:
        """The last line with a number in what was saved with the section's cells."""
        lines = [
            line.strip()
            for cell in self.cells
            if cell.exercise == section
            for line in cell.output.splitlines()
            if re.search(r"\d", line)
        ]
        return lines[-1][:120] if lines else ""


def parse(source: str) -> ast.Module | None:
    return parse_python("\n".join("" if MAGIC.match(line) else line for line in source.split("\n")))


def top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements outside functions and classes; those of `if` and `with` and `try` blocks too."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.With | ast.Try):
                yield from top_level(getattr(node, part, []))


def does_something(node: ast.stmt) -> bool:
    """False for imports, bare constants (`...`, a docstring) and functions that only refuse."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return False
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return any(map(does_something, node.body))
    if isinstance(node, ast.Raise):
        return "NotImplementedError" not in identifiers(node)
    return True


def identifiers(node: ast.AST) -> frozenset[str]:
    """Every name and attribute in it, and names given as arguments by keyword."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.keyword) and part.arg:
            found.add(part.arg)
    return frozenset(found)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes, else the empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def keys(node: ast.AST, of: str = "") -> list[str]:
    """Words in square brackets behind a name, `batch["ids"]`; behind any name if `of` is empty. In order."""
    found = [
        part.slice.value
        for part in ast.walk(node)
        if isinstance(part, ast.Subscript)
        and isinstance(part.slice, ast.Constant)
        and isinstance(part.slice.value, str)
        and (not of or dotted(part.value) == of)
    ]
    return list(dict.fromkeys(found))


def attributes(node: ast.AST, of: str) -> list[str]:
    """Attributes of a name that no tensor has, `batch.text`, in order; `ids.clamp(max=9)` is a tensor's own."""
    parts = list(ast.walk(node))
    found = [part.attr for part in parts if isinstance(part, ast.Attribute) and dotted(part.value) == of]
    called = {part.func.attr for part in parts if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)}
    own = {name for name in called if hasattr(Tensor, name)}
    return [name for name in dict.fromkeys(found) if name not in TENSORS.split() and name not in own]


def unpacked(node: ast.AST, of: str) -> list[str]:
    """The names that `a, b = of` takes a parameter apart into."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assign) and dotted(part.value) == of and isinstance(part.targets[0], ast.Tuple):
            return [dotted(item) for item in part.targets[0].elts]
    return []


def free_names(node: Defined) -> list[str]:
    """Names that a function reads and does not make: globals, in order of their first appearance."""
    bound = {arg.arg for part in ast.walk(node) if isinstance(part, ast.arguments) for arg in all_arguments(part)}
    bound |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    body = [part for statement in node.body for part in ast.walk(statement)]
    read = [part.id for part in body if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
    return [name for name in dict.fromkeys(read) if name not in bound and not hasattr(builtins, name)]


def all_arguments(node: ast.arguments) -> list[ast.arg]:
    extra = [arg for arg in (node.vararg, node.kwarg) if arg is not None]
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *extra]


def defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    """The expression of each parameter's default."""
    plain = [*node.args.posonlyargs, *node.args.args]
    with_default = plain[len(plain) - len(node.args.defaults) :]
    found = {arg.arg: value for arg, value in zip(with_default, node.args.defaults, strict=True)}
    only = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return found | {arg.arg: value for arg, value in only if value is not None}
