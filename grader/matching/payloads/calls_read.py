"""What a function of the library is handed, and what it gives, while the student's code runs."""

from __future__ import annotations

from typing import Any

import torch


class CallsRead(torch.overrides.TorchFunctionMode):
    """Keeps every call of the functions of these names while it is entered: what was given by place, by name, and the result."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names
        self.made: list[tuple[Any, dict[str, Any], Any]] = []

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        found = function(*args, **named)
        if getattr(function, "__name__", "") in self.names:
            self.made.append((args, named, found))
        return found
