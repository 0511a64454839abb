"""What the student wrote, read as text: definitions by section, what they contain, and how the notebook calls them.

The judge's side: nothing here runs anything. A cell that does not parse is passed over; why it does not is said elsewhere.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.matching.trees import (
    Defined,
    does_something,
    dotted,
    free_names,
    identifiers,
    made_repeatedly,
    names_in,
    parse,
    settled_by,
    top_level,
)
from grader.matching.vocabulary import is_one_of
from grader.model import Cell
from grader.sandbox.lazy import lazy

FOLDER = re.compile(r"(?i)path|dir(?:$|_)|root|folder")


@dataclass(frozen=True, slots=True)
class Definition:
    """A class or function, the section it stands in and the number of its cell."""

    name: str
    node: Defined
    section: str | None
    cell: int
    pristine: bool = False
    also: tuple[str, ...] = ()

    def serves(self, exercise: str) -> bool:
        """Whether it stands in the section of an exercise, or in one that it shares with others."""
        return exercise == self.section or exercise in self.also

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

    @lazy
    def parsed(self) -> list[tuple[Cell, ast.Module]]:
        found = []
        for cell in self.cells:
            tree = parse(cell.source) if cell.kind == "code" else None
            if tree is not None:
                found.append((cell, tree))
        return found

    @lazy
    def definitions(self) -> list[Definition]:
        return [
            Definition(node.name, node, cell.exercise, cell.index, cell.pristine, cell.also)
            for cell, tree in self.parsed
            for node in top_level(tree.body)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]

    def own(self, section: str) -> list[Definition]:
        """What the cells of a section define."""
        return [d for d in self.definitions if d.serves(section)]

    @lazy
    def named(self) -> dict[str, list[Definition]]:
        """The definitions by name."""
        found: dict[str, list[Definition]] = {}
        for definition in self.definitions:
            found.setdefault(definition.name, []).append(definition)
        return found

    @lazy
    def ends(self) -> dict[str | None, int]:
        """The last cell of each section."""
        found: dict[str | None, int] = {}
        for cell, _ in self.parsed:
            for name in (cell.exercise, *cell.also):
                found[name] = max(cell.index, found.get(name, -1))
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

    @lazy
    def called(self) -> dict[str, list[tuple[str | None, ast.Call]]]:
        """Every call with arguments, by the name that is called, with the section it stands in."""
        found: dict[str, list[tuple[str | None, ast.Call]]] = {}
        for cell, tree in self.parsed:
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and node.args + node.keywords:
                    found.setdefault(dotted(node.func), []).append((cell.exercise, node))
        return found

    @lazy
    def called_outside_classes(self) -> frozenset[str]:
        """The names that are called with arguments anywhere but in classes."""
        waiting: list[ast.AST] = [tree for _, tree in self.parsed]
        found = set()
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Call) and node.args + node.keywords:
                found.add(dotted(node.func))
            waiting += [part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.ClassDef)]
        return frozenset(found)

    @lazy
    def functions_around(self) -> dict[int, ast.FunctionDef]:
        """The innermost function around each call, by the call's place in memory."""
        functions = [node for _, tree in self.parsed for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        return {id(part): node for node in functions for part in ast.walk(node) if isinstance(part, ast.Call)}

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

    def words_reached(self, name: str, section: str) -> set[str]:
        """The identifiers of a definition and of those that it uses."""
        return {word for d in self.reach(name, section) for word in self.words_of(d)}

    @lazy
    def in_use(self) -> frozenset[str]:
        """The definitions that what runs at the top level comes to, by itself or through others; an earlier try lies beside them."""
        rest = [
            node
            for _, tree in self.parsed
            for node in tree.body
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
        ]
        found, waiting = set[str](), sorted(identifiers(ast.Module(rest, [])) & self.named.keys())
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += sorted({w for d in self.named[name] for w in self.words_of(d)} & self.named.keys() - found)
        return frozenset(found)

    def is_left_aside(self, name: str, others: Sequence[str]) -> bool:
        """Whether nothing that runs comes to the definition of this name, but to one of others that would do.

        class EncoderBlock(nn.Module): ...   # blocks.py, an earlier try; the model is made of the EncoderLayer of encoder.py
        """
        return name in self.named and name not in self.in_use and any(is_one_of(other, others) for other in self.in_use)

    @lazy
    def stacked(self) -> frozenset[str]:
        """The classes of which another has several, one behind the other: the layers of a model, whatever they are called."""
        return frozenset(
            n for d in self.definitions for n in made_repeatedly(d.node) if n in self.named and n != d.name
        )

    @lazy
    def words(self) -> dict[int, frozenset[str]]:
        """The identifiers of definitions that somebody asked about, by the definition's place in memory."""
        return {}

    def words_of(self, definition: Definition) -> frozenset[str]:
        if id(definition.node) not in self.words:
            self.words[id(definition.node)] = definition.identifiers
        return self.words[id(definition.node)]

    @lazy
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

    @lazy
    def imported(self) -> frozenset[str]:
        """Every name that an import binds, wherever it stands: `optim` is a module then, and no optimizer."""
        aliases = [part for _, tree in self.parsed for part in ast.walk(tree) if isinstance(part, ast.alias)]
        return frozenset((alias.asname or alias.name).partition(".")[0] for alias in aliases)

    def readable(self, handed: ast.expr | None) -> bool:
        """Whether an argument of a call means something outside the function in which the call may stand."""
        return handed is None or all(map(self.knows, names_in(handed)))

    def knows(self, name: str) -> bool:
        """Whether a name is bound outside functions and classes, or Python's own."""
        return name in self.globals or hasattr(builtins, name)

    def unknown_folders(self, definitions: Sequence[Definition]) -> list[str]:
        """The globals that these read, that are called like a folder, and that nothing here sets."""
        read = dict.fromkeys(name for d in definitions for name in free_names(d.node))
        return [name for name in read if FOLDER.search(name) and not self.knows(name)]

    def constants(self, names: Sequence[str]) -> list[object]:
        """What the globals of these names are given where that is written out as a constant: `n_unit = 768`."""
        return [
            node.value.value
            for _, tree in self.parsed
            for node in top_level(tree.body)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            if any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
        ]

    @lazy
    def settled(self) -> dict[str, object]:
        """What is written out as a constant for an attribute, a keyword, a key or a default of this name, the first of each.

        C.multiple_of = 256, dict(multiple_of=256), {"multiple_of": 256}, multiple_of: int = 256, add_argument("--multiple_of", default=256)
        """
        found: dict[str, object] = {}
        for _, tree in self.parsed:
            for node in ast.walk(tree):
                for name, value in settled_by(node):
                    if isinstance(value, ast.Constant) and value.value is not None:
                        found.setdefault(name, value.value)
        return found

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
            cell.serves(section) and not cell.pristine and any(map(does_something, tree.body))
            for cell, tree in self.parsed
        )

    def trains_at_top(self, section: str) -> bool:
        """Whether a section trains in a loop outside every function."""
        loops = (
            node
            for cell, tree in self.parsed
            if cell.serves(section) and not cell.pristine
            for node in top_level(tree.body)
            if isinstance(node, ast.For | ast.While)
        )
        return any("backward" in identifiers(loop) for loop in loops)

    def last_output(self, section: str) -> str:
        """The last line with a number in what was saved with the section's cells."""
        lines = [
            line.strip()
            for cell in self.cells
            if cell.serves(section)
            for line in cell.output.splitlines()
            if re.search(r"\d", line)
        ]
        return lines[-1][:120] if lines else ""
