"""torch, where the notebook has imported it, and what is done to a library as soon as that happens.

A tensor exists only where torch was imported, and importing it takes a second: so nothing here imports it by itself.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

SEEN: list[Any] = []  # torch itself, from when it was there first: the notebook may put something else in its place
Mend = Callable[[Any], object]
WAITING: dict[str, list[Mend]] = {}  # what is done to a module once it is there, by its name


def torch_if_loaded() -> Any:
    """The module torch; None where nobody has imported it yet, or it is being imported this very moment."""
    if not SEEN:
        found = sys.modules.get("torch")
        if found is None or getattr(found.__spec__, "_initializing", False):
            return None
        SEEN.append(found)
    return SEEN[0]


def is_tensor(value: Any) -> bool:
    torch = torch_if_loaded()
    return torch is not None and isinstance(value, torch.Tensor)


def is_module(value: Any) -> bool:
    """Whether it is an `nn.Module`."""
    torch = torch_if_loaded()
    return torch is not None and isinstance(value, torch.nn.Module)


def when_imported(name: str, mend: Mend) -> None:
    """Call `mend` with the module of this name: now where it is loaded, else right after its import."""
    if name in sys.modules:
        mend(sys.modules[name])
        return
    WAITING.setdefault(name, []).append(mend)
    if not any(isinstance(finder, Watch) for finder in sys.meta_path):
        sys.meta_path.insert(0, Watch())


class Watch(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module as everybody does, and has it mended once it is there."""

    def __init__(self) -> None:
        self.looking: set[str] = set()
        self.own: dict[str, Any] = {}

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in WAITING or name in self.looking:
            return None
        self.looking.add(name)
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            return None
        finally:
            self.looking.discard(name)
        if spec is None or spec.loader is None:
            return None
        self.own[name] = spec.loader
        spec.loader = self
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        made: types.ModuleType | None = self.own[spec.name].create_module(spec)
        return made

    def exec_module(self, module: types.ModuleType) -> None:
        name = module.__name__
        module.__loader__ = self.own[name]
        if module.__spec__ is not None:
            module.__spec__.loader = self.own[name]
        self.own[name].exec_module(module)
        for mend in WAITING[name]:
            mend(module)
