"""Lines that cannot run, whatever they are given: a name that nothing defines, an attribute that nothing sets.

class PointwiseFeedForward(nn.Module):
    def __init__(self, d): self.gelu = nn.GELU()
    def forward(self, x): return self.relu(x)      # every call stops here

How somebody's own class wants to be asked may be unknown, and a trial that stops says nothing then. This is read off the text: only
from what runs in every call, and only where the hand-in has nothing that might set it after all.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from torch import nn

from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import all_arguments, dotted, names_of_its_own
from grader.model import Fault, Place
from grader.sandbox.lazy import lazy

OF_MODULES = frozenset(dir(nn.Module())) | {"training"}
BARE = ("nn.Module", "torch.nn.Module", "Module", "object")  # bases that set nothing of one's own
# What may set names and attributes without writing them: setattr(self, name, value), exec(code), from layers import *
HIDDEN = frozenset(
    ("setattr", "__setattr__", "__dict__", "__getattr__", "vars", "exec", "globals", "locals", "__getattribute__")
)
IN_NOTEBOOKS = ("display", "get_ipython", "In", "Out", "__file__", "__name__", "exit", "quit")
ENTRIES = ("__init__", "forward")


@dataclass(frozen=True)
class DeadEnds:
    """The lines of a hand-in that stop whatever they are given."""

    written: SourceIndex
    section: str

    def of(self, name: str) -> Fault | None:
        """Where the class or function of this name stops in every call; None where it may run."""
        defined = self.written.definition(name, self.section)
        return self.met(defined, set()) if defined is not None and not self.is_hidden else None

    @lazy
    def is_hidden(self) -> bool:
        """Whether something may be defined or set that nobody can read."""
        unread = [
            c for c in self.written.cells if c.kind == "code" and all(c is not cell for cell, _ in self.written.parsed)
        ]
        nodes = [part for _, tree in self.written.parsed for part in ast.walk(tree)]
        stars = any(isinstance(part, ast.alias) and part.name == "*" for part in nodes)
        words = {part.id for part in nodes if isinstance(part, ast.Name)}
        words |= {part.attr for part in nodes if isinstance(part, ast.Attribute)}
        words |= {part.name for part in nodes if isinstance(part, ast.FunctionDef)}
        return bool(unread) or stars or bool(words & HIDDEN)

    @lazy
    def known(self) -> frozenset[str]:
        """Every name that may be there when a function runs."""
        outside = {
            name
            for _, tree in self.written.parsed
            for part in ast.walk(tree)
            if isinstance(part, ast.Global)
            for name in part.names
        }
        return (
            self.written.globals | outside | self.written.imported | frozenset(dir(builtins)) | frozenset(IN_NOTEBOOKS)
        )

    @lazy
    def set_on_objects(self) -> frozenset[str]:
        """The attributes that are set on anything but `self`, and every text, which may name one: register_buffer("tril", ...)."""
        found = set[str]()
        for _, tree in self.written.parsed:
            for part in ast.walk(tree):
                if (
                    isinstance(part, ast.Attribute)
                    and not isinstance(part.ctx, ast.Load)
                    and dotted(part.value) != "self"
                ):
                    found.add(part.attr)
                elif isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.isidentifier():
                    found.add(part.value)
        return frozenset(found)

    # -- what runs in every call --------------------------------------------------------------

    def met(self, defined: Definition, seen: set[str]) -> Fault | None:
        if defined.name in seen or isinstance(defined.node, ast.AsyncFunctionDef):
            return None
        seen.add(defined.name)
        if isinstance(defined.node, ast.FunctionDef):
            return self.in_function(defined.node, defined, None, seen)
        attributes = self.attributes(defined)
        for name in ENTRIES:
            method = defined.method(name)
            found = self.in_function(method, defined, attributes, seen) if method is not None else None
            if found is not None:
                return found
        return None

    def in_function(
        self, node: ast.FunctionDef, owner: Definition, attributes: frozenset[str] | None, seen: set[str]
    ) -> Fault | None:
        """attributes: those that `self` has, None where nobody knows."""
        if node.decorator_list or any(isinstance(p, ast.Yield | ast.YieldFrom) for p in ast.walk(node)):
            return None
        own = names_of_its_own(node) | {a.arg for a in all_arguments(node.args)} | bound_inside(node)
        first = node.args.args[0].arg if node.args.args and isinstance(owner.node, ast.ClassDef) else ""
        parts = parts_made(owner) if first else {}
        for part in always(node.body):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                if part.id not in own and part.id not in self.known:
                    return self.fault("NameError", f"name '{part.id}' is not defined", part, node, owner)
            elif isinstance(part, ast.Attribute) and dotted(part.value) == first != "" and attributes is not None:
                if isinstance(part.ctx, ast.Load) and part.attr not in attributes:
                    words = f"'{owner.name}' object has no attribute '{part.attr}'"
                    return self.fault("AttributeError", words, part, node, owner)
            elif isinstance(part, ast.Call):
                called = dotted(part.func)
                reached = called if called not in own else ""
                reached = (
                    parts.get(called.removeprefix(f"{first}."), "")
                    if first and called.startswith(f"{first}.")
                    else reached
                )
                defined = self.written.definition(reached, self.section) if reached else None
                found = self.met(defined, seen) if defined is not None else None
                if found is not None:
                    return found
        return None

    def attributes(self, owner: Definition) -> frozenset[str] | None:
        """What `self` may have; None where a base is not known."""
        found, waiting, seen = set(self.set_on_objects), [owner], set[str]()
        while waiting:
            current = waiting.pop()
            if current.name in seen or not isinstance(current.node, ast.ClassDef) or current.node.keywords:
                return None
            seen.add(current.name)
            found |= set_in(current.node)
            for base in current.node.bases:
                if dotted(base) in BARE:
                    found |= OF_MODULES
                    continue
                known = self.written.definition(dotted(base), self.section)
                if known is None:
                    return None
                waiting.append(known)
        subclasses = [d for d in self.written.definitions if is_child(d, owner.name)]
        return None if subclasses else frozenset(found)

    def fault(
        self, kind: str, words: str, part: ast.Name | ast.Attribute, node: ast.FunctionDef, owner: Definition
    ) -> Fault:
        cell = next(c for c in self.written.cells if c.index == owner.cell)
        lines = cell.source.splitlines()
        line = lines[part.lineno - 1].strip() if part.lineno <= len(lines) else ""
        name = f"{owner.name}.{node.name}" if isinstance(owner.node, ast.ClassDef) else node.name
        return Fault(kind, words, Place(line, part.lineno, name))


def is_child(defined: Definition, name: str) -> bool:
    return isinstance(defined.node, ast.ClassDef) and any(dotted(base) == name for base in defined.node.bases)


def set_in(node: ast.ClassDef) -> set[str]:
    """Methods, what stands in the class, and what any of its methods sets on `self`."""
    found = {
        part.name for part in ast.walk(node) if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute | ast.Name) and not isinstance(part.ctx, ast.Load):
            found.add(part.attr if isinstance(part, ast.Attribute) else part.id)
    return found


def bound_inside(node: ast.FunctionDef) -> set[str]:
    """Every name that is bound anywhere inside a function: by an import, a loop, a function within, an exception."""
    found = set[str]()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            found.add(part.id)
        elif isinstance(part, ast.alias):
            found.add((part.asname or part.name).partition(".")[0])
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(part.name)
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found.add(part.name)
        elif isinstance(part, ast.arg):
            found.add(part.arg)
    return found


def parts_made(owner: Definition) -> dict[str, str]:
    """The attributes that the constructor sets to an object of a class, once: `self.ffn = FeedForward(d)`."""
    init = owner.method("__init__")
    found: dict[str, str] = {}
    for part in ast.walk(init) if init is not None else ():
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Attribute):
            name = part.targets[0].attr
            made = dotted(part.value.func) if isinstance(part.value, ast.Call) else ""
            found[name] = "" if name in found else made
    return found


def always(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The parts of these statements that run whenever the first of them does, up to where they may end."""
    for node in body:
        yield from of_statement(node)
        if any(isinstance(part, ast.Return | ast.Raise | ast.Break | ast.Continue) for part in ast.walk(node)):
            return


def of_statement(node: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try | ast.Match | ast.Raise):
        return
    if isinstance(node, ast.If | ast.While):
        yield from of_expression(node.test)
    elif isinstance(node, ast.For):
        yield from of_expression(node.iter)
    elif isinstance(node, ast.With):
        for item in node.items:
            yield from of_expression(item.context_expr)
        yield from always(node.body)
    else:
        for child in ast.iter_child_nodes(node):
            yield from of_expression(child)


def of_expression(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of an expression that are worked out in any case: not behind `and`, `or`, `if`, nor in a comprehension or a lambda."""
    if isinstance(node, ast.Lambda):
        return
    yield node
    inside: Sequence[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.BoolOp):
        inside = node.values[:1]
    elif isinstance(node, ast.IfExp):
        inside = [node.test]
    elif isinstance(node, ast.Compare):
        inside = [node.left, node.comparators[0]]
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        inside = [node.generators[0].iter]
    for child in inside:
        yield from of_expression(child)
