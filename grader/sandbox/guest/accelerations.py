"""What only makes code faster, left out: no answer is another one by it, and here there is no compiler to do it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .loaded import when_imported


def plainly() -> None:
    """`torch.compile` gives back what it gets; autocast, which makes half precision of float32 even on a CPU, does nothing there."""
    when_imported("torch", without_compiler)


def without_compiler(torch: Any) -> None:
    vars(torch)["compile"] = uncompiled
    setattr(torch.nn.Module, "compile", compiled_in_place)  # noqa: B010  # a method may not be assigned to
    setattr(torch.autocast, "__init__", off_the_cpu(torch.autocast.__init__))  # noqa: B010  # the same


def uncompiled(model: Any = None, **_: Any) -> Any:
    """For `model = torch.compile(model)`, `@torch.compile` and `@torch.compile(dynamic=True)`."""
    return uncompiled if model is None else model


def compiled_in_place(_model: Any, *_args: Any, **_kwargs: Any) -> None:
    """For `model.compile()`."""


def off_the_cpu(begin: Callable[..., None]) -> Callable[..., None]:
    """torch.autocast.__init__ as it is called with its own name for the device, as torch.cpu.amp.autocast does too."""

    @functools.wraps(begin)
    def call(self: Any, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: Any = None) -> None:
        begin(self, device_type, dtype, enabled and device_type != "cpu", cache_enabled)

    return call
