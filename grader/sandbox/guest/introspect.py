"""What the names of a notebook are: a description for the judge, who tells which of them answers what.

Nothing is decided here, and nothing of the student's is called.
"""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

from .loaded import torch_if_loaded

MOST = 400  # names


def survey_of(namespace: dict[str, Any], defined: dict[str, set[str]], section: str | None) -> list[dict[str, Any]]:
    """Each class, function and dict of words that the notebook made itself, in the order in which names were bound."""
    own = defined.get(section or "", set())
    home = namespace.get("__name__")
    found: list[dict[str, Any]] = []
    for name, value in list(namespace.items()):
        kind = kind_of(value, home)
        if kind and not name.startswith("_") and len(found) < MOST:
            sections = sorted(part for part, names in defined.items() if name in names)
            found.append({"name": name, "kind": kind, "own": name in own, "sections": sections, **more(kind, value)})
    return found


def kind_of(value: Any, home: Any) -> str:
    """module (a class of them), class, function, dict; "" for everything else, and for what was imported."""
    if isinstance(value, dict):
        return "dict" if value and all(isinstance(key, str) for key in list(value)[:50]) else ""
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return ""
    if getattr(value, "__module__", None) != home:
        return ""
    if inspect.isfunction(value):
        return "function"
    torch = torch_if_loaded()
    return "module" if torch is not None and issubclass(value, torch.nn.Module) else "class"


def more(kind: str, value: Any) -> dict[str, Any]:
    """Parameters, those of `forward` or `__call__`, and bases; of a dict its size and type."""
    if kind == "dict":
        return {"size": len(value), "type": type(value).__name__}
    told: dict[str, Any] = {"parameters": plain_signature(value)}
    if kind == "function":
        return told
    called = getattr(value, "forward", None) if kind == "module" else vars(value).get("__call__")
    return told | {
        "forward": plain_signature(called)[1:] if inspect.isfunction(called) else None,
        "bases": [base.__name__ for base in value.__mro__[1:-1]],
    }


def plain_signature(value: Any) -> list[list[Any]]:
    """(name, kind, has a default, the default as text, the annotation as text) of each parameter."""
    if not callable(value):
        return []
    with contextlib.suppress(ValueError, TypeError):  # builtins have no signature: an empty list says so
        return [
            [p.name, p.kind.name, p.default is not p.empty, text_of(p.default, p.empty), text_of(p.annotation, p.empty)]
            for p in inspect.signature(value).parameters.values()
        ]
    return []


def text_of(value: Any, nothing: Any) -> str:
    """Its repr where that is plain and short; a class by its name."""
    if value is nothing:
        return ""
    if isinstance(value, type):
        return value.__name__
    return repr(value)[:80] if isinstance(value, bool | int | float | str | type(None)) else type(value).__name__
