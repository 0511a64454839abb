"""What a function that builds and trains gives back, taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def parts_of(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


def model_in(result: Any) -> torch.nn.Module | None:
    return next((part for part in parts_of(result) if isinstance(part, torch.nn.Module)), None)


def history_in(result: Any) -> Callable[[], Any]:
    return lambda: next((part for part in parts_of(result) if not isinstance(part, torch.nn.Module)), None)
