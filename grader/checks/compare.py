"""Whether two values are the same, and if not how far apart: tensors, numbers, and whatever holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from grader.checks import properties
from grader.sandbox.guest.codec import Opaque


def pairs(actual: Any, expected: Any) -> Iterator[tuple[Any, Tensor]]:
    """The tensors of two values side by side, as far as the structures run alike."""
    if isinstance(expected, Tensor):
        yield actual, expected
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected:
            yield from pairs(actual.get(key), expected[key])
    elif isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        for mine, theirs in zip(actual, expected, strict=False):
            yield from pairs(mine, theirs)


def same(actual: Any, expected: Any, rtol: float = properties.RTOL, atol: float = properties.ATOL) -> bool:
    """The same structure with the same numbers."""
    if isinstance(expected, Tensor) or isinstance(actual, Tensor):
        both = isinstance(actual, Tensor) and isinstance(expected, Tensor)
        return both and properties.close(actual, expected, rtol, atol)
    if isinstance(expected, float) and isinstance(actual, int | float):
        return abs(actual - expected) <= atol + rtol * abs(expected) or (actual != actual and expected != expected)
    if isinstance(expected, dict):
        alike = isinstance(actual, dict) and actual.keys() == expected.keys()
        return alike and all(same(actual[key], expected[key], rtol, atol) for key in expected)
    if isinstance(expected, list | tuple):
        alike = isinstance(actual, list | tuple) and len(actual) == len(expected)
        return alike and all(same(a, b, rtol, atol) for a, b in zip(actual, expected, strict=True))
    if isinstance(expected, Opaque):
        return isinstance(actual, Opaque) and actual.type_name == expected.type_name
    return bool(actual == expected)


def distance(actual: Any, expected: Any) -> float:
    """How far off, for choosing which accepted answer to show. Infinite where the structures differ."""
    both = isinstance(expected, Tensor) and isinstance(actual, Tensor)
    if both and actual.shape == expected.shape and not actual.is_complex():
        return float((actual.detach().double() - expected.detach().double()).nan_to_num(1e9).abs().sum())
    if isinstance(expected, dict) and isinstance(actual, dict) and actual.keys() == expected.keys():
        return sum(distance(actual[key], expected[key]) for key in expected)
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple) and len(actual) == len(expected):
        return sum(distance(a, b) for a, b in zip(actual, expected, strict=True))
    return 0.0 if same(actual, expected) else float("inf")


def show(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
