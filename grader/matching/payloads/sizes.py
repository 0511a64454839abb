"""Sizes that classes read from globals: which globals hold some, and how they hold the judge's while a model is built
and asked.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from grader.matching.payloads.classify import is_number
from grader.matching.payloads.fragments import overridden


def tell_sizes(namespace: dict[str, Any], names: Sequence[str], objects: Sequence[str]) -> Callable[[], list[str]]:
    """A function that lists the names that hold a number, or nothing here (vocab_size = None, until main() says), and
    those that hold settings: an object, a class, a dict.
    """

    def tell() -> list[str]:
        others = (types.ModuleType, types.FunctionType, torch.nn.Module, torch.Tensor)
        whole = [n for n in names if namespace.get(n) is None or is_number(namespace[n])]
        return whole + [n for n in objects if n in namespace and not isinstance(namespace[n], others)]

    return tell


def changed_settings(theirs: Any, known: dict[str, Any]) -> Any:
    """The student's settings with some numbers changed: the same kind of thing, and theirs stays as it is."""
    held = theirs if isinstance(theirs, dict) else {n: getattr(theirs, n, None) for n in known}
    known = {n: v for n, v in known.items() if is_number(held.get(n))}
    if isinstance(theirs, dict):
        return {**theirs, **known}
    if isinstance(theirs, type):
        return type(theirs.__name__, (theirs,), dict(known))
    made = copy.copy(theirs)
    for name, value in known.items():
        object.__setattr__(made, name, value)
    return made


def built_with(theirs: Callable[..., Any], namespace: dict[str, Any], names: Sequence[str]) -> Callable[..., Any]:
    """Builds a module while globals hold other values, and lets them hold these again whenever it is called."""

    def build(*args: Any, **kwargs: Any) -> Any:
        held = {n: namespace[n] for n in names if n in namespace}
        made = theirs(*args, **kwargs)
        entered: list[AbstractContextManager[None]] = []

        def enter(_module: Any, _given: Any) -> None:
            context = overridden(namespace, held, whole=False)
            context.__enter__()
            entered.append(context)

        def leave(_module: Any, _given: Any, _found: Any) -> None:
            entered.pop().__exit__(None, None, None)

        made.register_forward_pre_hook(enter)
        made.register_forward_hook(leave, always_call=True)
        return made

    return build
