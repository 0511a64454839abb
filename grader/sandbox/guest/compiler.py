"""torch's compiler, not loaded by those who only ask it to do nothing.

Every step of an optimizer says `torch._dynamo.graph_break()`, which means nothing to code that is not being compiled. The
first one loads the whole compiler for it: 800 modules, a second of CPU.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from .loaded import when_imported

NAME = "torch._dynamo"


class Unloaded(types.ModuleType):
    """Stands for the compiler until somebody asks for anything but these two."""

    def graph_break(self, *_args: Any, **_named: Any) -> None:
        """What nothing is to be compiled across."""

    def disable(self, fn: Any, *_args: Any, **_named: Any) -> Any:
        """The function itself: nothing compiles it."""
        return fn

    def __getattr__(self, name: str) -> Any:
        # inspect.getsource(f) looks for `__file__` in every module there is, also while torch.distributed is being imported,
        # and the compiler cannot be loaded in the middle of that. Who imports a part of it asks for `__path__`.
        if name.startswith("__") and name.endswith("__") and name != "__path__":
            raise AttributeError(name)
        # torch._dynamo.config.suppress_errors = True
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
            vars(sys.modules["torch"]).pop("_dynamo", None)
        return getattr(importlib.import_module(NAME), name)


def leave_unloaded() -> None:
    """From now on an optimizer does not load the compiler; one that is loaded already stays."""
    when_imported("torch", put_in_its_place)


def put_in_its_place(torch: Any) -> None:
    if NAME not in sys.modules:
        sys.modules[NAME] = vars(torch)["_dynamo"] = Unloaded(NAME)
