"""The student's namespace, as the judge's requests find it."""

from __future__ import annotations

import builtins
import contextlib
import functools
import random
import sys
import threading
import types
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import Any

from .codec import Handle, RemoteExpr
from .loaded import torch_if_loaded

LENT = "<lent>"  # the file name of what the judge has made here
BUILTINS = frozenset(vars(builtins))
CODE = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, functools.partial)


def is_definition(value: Any) -> bool:
    """A function or class of the notebook's own."""
    read = next((kind.__getattribute__ for kind in (types.FunctionType, type) if issubclass(type(value), kind)), None)
    return read is not None and read(value, "__module__") == "__main__"


def is_code(value: Any) -> bool:
    """What a name that is called, or has a dot behind it, usually means. A model is data, though it can be called.

    By `type`, which nobody can answer for: `isinstance` would ask the value for its `__class__`.
    """
    return issubclass(type(value), CODE)


@dataclass(frozen=True)
class Meant:
    """What the names were where functions and classes were defined last. builtins: of these, which were something else."""

    code: dict[str, Any]
    builtins: Set[str]


NOTHING = Meant({}, BUILTINS)


class Namespace:
    """The student's namespace, with a memory of what it was at the end of each section."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.last = dict(names)
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.defined: dict[str, set[str]] = {}
        self.meant: dict[str, Meant] = {}
        self.objects: dict[int, Any] = {}
        self.children: list[int] = []
        self.ask_judge: Callable[[int, Any], Any] | None = None
        self.asking = threading.Lock()

    def note(self, section: str | None) -> None:
        """Remember the namespace after a cell of `section`, which names that cell bound, and seed the next one."""
        seed_everything(0)
        now = dict(self.names)
        if section is not None:
            bound = {k for k, v in now.items() if self.last.get(k, self) is not v and not k.startswith("_")}
            self.defined.setdefault(section, set()).update(bound)
            self.snapshots[section] = now
        if any(is_definition(v) and self.last.get(k, self) is not v for k, v in now.items()):
            meant = Meant({k: v for k, v in now.items() if is_code(v)}, now.keys() & BUILTINS)
            self.meant[section or ""] = meant
            self.meant[""] = Meant({**self.meant.get("", meant).code, **meant.code}, meant.builtins)
        self.last = now

    @contextlib.contextmanager
    def as_of(self, section: str | None) -> Iterator[None]:
        """The namespace as it was at the end of `section`: functions and `super(RNN, self)` find what they meant.

        What a call rebinds (`global table`) is there again in the next one, as it would be in the notebook.
        """
        snapshot = self.snapshots.get(section or "")
        if snapshot is None and not self.meant:
            yield
            return
        now = dict(self.names)
        self.names.update(snapshot or {})
        self.put_back(section)
        before = dict(self.names)
        try:
            yield
        finally:
            bound = {k: v for k, v in self.names.items() if before.get(k, self) is not v}
            gone = before.keys() - self.names.keys()
            self.names.clear()
            self.names.update(now)
            if snapshot is not None:
                snapshot.update(bound)
            else:
                self.names.update(bound)
                for name in gone:
                    self.names.pop(name, None)

    def put_back(self, section: str | None) -> None:
        """Give names that became data the function, class or module again that they were for the section's definitions.

        `accuracy = accuracy(model)`, `F = 5`, `sum = 0` in a cell that shows something, or anywhere below: the notebook itself
        never called what was defined above after that.
        """
        meant = self.meant.get(section or "", NOTHING)
        self.names.update({k: v for k, v in meant.code.items() if k in self.names and not is_code(self.names[k])})
        anywhere = meant if meant is not NOTHING else self.meant.get("", meant)
        for name in (self.names.keys() & BUILTINS) - anywhere.builtins:
            if not is_code(self.names[name]):
                del self.names[name]

    def find(self, section: str | None, name: str) -> Any:
        """What `name` means in `section`: its own definition first, then any earlier or later one."""
        snapshot = self.snapshots.get(section or "", {})
        if name in snapshot and (is_code(snapshot[name]) or not is_code(self.names.get(name))):
            return snapshot[name]
        if name in self.names:
            return self.names[name]
        raise LookupError(name)

    def keep(self, value: Any) -> Handle:
        number = len(self.objects) + 1
        self.objects[number] = value
        return Handle(number)

    def revive(self, value: Any) -> Any:
        """Put kept objects in the place of their handles, and make what is to be made here."""
        if isinstance(value, Handle):
            return self.objects[value.number]
        if isinstance(value, RemoteExpr):
            return self.make(value)
        if isinstance(value, list | tuple):
            return type(value)(self.revive(item) for item in value)
        if isinstance(value, dict):
            return {key: self.revive(item) for key, item in value.items()}
        return value

    def make(self, wanted: RemoteExpr) -> Any:
        """See `RemoteExpr`. An expression is a piece of the student's own notebook, run where the notebook ran."""
        if not wanted.source:
            return eval(compile(wanted.name, "<cell>", "eval"), self.names)
        return self.made(wanted, {})

    def made(self, wanted: RemoteExpr, more: dict[str, Any]) -> Any:
        """What our own source, from the judge, makes. more: names that it may use besides."""
        scope: dict[str, Any] = {"__name__": "lent", **more}
        exec(compiled(wanted.source), scope)
        return scope["make"](*self.revive(wanted.parts))

    def inquire(self, desk: int, value: Any) -> Any:
        """Ask the judge something in the middle of a request: for what a lent object must not know beforehand.

        One thread at a time; a process that the student's code has forked has no judge to ask.
        """
        with self.asking:
            if self.ask_judge is None:
                raise RuntimeError("nobody is there to be asked")
            return self.ask_judge(desk, value)

    @contextlib.contextmanager
    def standing_in(self, names: dict[str, Any]) -> Iterator[None]:
        """The namespace with other values for these names: for functions that read them instead of taking arguments."""
        before = {name: self.names[name] for name in names if name in self.names}
        self.names.update(self.revive(names))
        try:
            yield
        finally:
            for name in names:
                self.names.pop(name, None)
            self.names.update(before)


@functools.lru_cache(maxsize=64)
def compiled(source: str) -> types.CodeType:
    """What is lent, compiled once: the judge lends the same to hundreds of known answers."""
    return compile(source, LENT, "exec")


def seed_everything(seed: int) -> None:
    random.seed(seed)
    torch = torch_if_loaded()
    if torch is not None and torch.cuda.is_available():
        torch.manual_seed(seed)
    elif (
        torch is not None
    ):  # the same, without the stack trace that manual_seed keeps for a GPU yet to come: a third of a replay
        torch.default_generator.manual_seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
