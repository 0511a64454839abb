"""Whether two values are the same, and if not how far apart: tensors, arrays, tables, figures, numbers, and whatever holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.checks import properties
from grader.errors import Failure
from grader.model import Text
from grader.sandbox.guest.codec import Members, Opaque, Quoted, Record
from grader.sandbox.guest.figures import Axes, Figure, Mark
from grader.sandbox.guest.tables import Column, Table

Alike = Callable[[Any, Any], bool]
NUMBERS = "biuf"  # kinds of numpy's dtypes
INSIDE: dict[type, tuple[str, ...]] = {  # what two of a kind are compared by; how a figure is worded is not among it
    Table: ("columns", "values", "index"),
    Column: ("values", "index"),
    Record: ("fields",),
    Figure: ("axes",),
    Axes: ("marks",),
    Mark: ("kind", "x", "y", "names"),
}


def inside(value: Any) -> dict[str, Any]:
    """The parts of a value of a kind that is listed in INSIDE."""
    parts = {name: getattr(value, name) for name in INSIDE[type(value)]}
    return parts | ({"type": short_name(value)} if isinstance(value, Record) else {})


def short_name(value: Opaque) -> str:
    """Without its module: that of a student's own class is `__main__`."""
    return value.type_name.rpartition(".")[2]


def is_numeric(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in NUMBERS


def as_tensor(array: Any) -> Tensor:
    return torch.from_numpy(np.asarray(array, dtype=np.float64))


def pairs(actual: Any, expected: Any) -> Iterator[tuple[Any, Tensor]]:
    """The tensors of two values side by side, as far as the structures run alike. Raises Failure where an array is none."""
    if isinstance(expected, Tensor):
        yield actual, expected
    elif is_numeric(expected):
        yield as_tensor(an_array(actual)), as_tensor(expected)
    elif type(expected) in INSIDE and type(actual) is type(expected):
        yield from pairs(inside(actual), inside(expected))
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected:
            yield from pairs(actual.get(key), expected[key])
    elif isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        for mine, theirs in zip(actual, expected, strict=False):
            yield from pairs(mine, theirs)


def an_array(actual: Any) -> Any:
    if is_numeric(actual):
        return actual
    kind = "tensor" if isinstance(actual, Tensor) else getattr(actual, "type_name", type(actual).__name__)
    raise Failure(
        Text(
            en=f"An array of numbers should come back here, but it is of type {kind}.",
            ja=f"ここは数の配列になるはずですが、{kind} 型でした。",
        ),
        Text(en="Look at what stands after `return`.", ja="`return` の後ろを見直してみましょう。"),
    )


def same(actual: Any, expected: Any, rtol: float = properties.RTOL, atol: float = properties.ATOL) -> bool:
    """The same structure with the same numbers. Where plain ones are expected, a tensor or an array of them is as good."""
    alike: Alike = lambda a, b: same(a, b, rtol, atol)  # noqa: E731
    actual = as_plain(actual, expected)
    if isinstance(expected, Tensor) or isinstance(actual, Tensor):
        both = isinstance(actual, Tensor) and isinstance(expected, Tensor)
        return both and properties.close(actual, expected, rtol, atol)
    if isinstance(expected, np.ndarray) or isinstance(actual, np.ndarray):
        return same_arrays(actual, expected, alike)
    if isinstance(expected, float) and isinstance(actual, int | float):
        return near(actual, expected, rtol, atol)
    if type(expected) in INSIDE:
        return type(actual) is type(expected) and alike(inside(actual), inside(expected))
    if isinstance(expected, dict):
        keys = isinstance(actual, dict) and actual.keys() == expected.keys()
        return keys and all(alike(actual[key], expected[key]) for key in expected)
    if isinstance(expected, list | tuple):
        of_a_kind = isinstance(actual, list | tuple) and isinstance(actual, Members) >= isinstance(expected, Members)
        return of_a_kind and len(actual) == len(expected) and all(map(alike, actual, expected))
    if isinstance(expected, Opaque):
        told = not isinstance(expected, Quoted) or (isinstance(actual, Quoted) and actual.text == expected.text)
        return told and isinstance(actual, Opaque) and short_name(actual) == short_name(expected)
    return bool(actual == expected)


def as_plain(actual: Any, expected: Any) -> Any:
    """`losses.append(loss)` without `.item()`, `torch.stack(losses)`: the numbers, if the answer is a float or a list of floats."""
    if not isinstance(actual, Tensor | np.ndarray):
        return actual
    listed = isinstance(expected, list) and actual.ndim == 1 and all(isinstance(one, float) for one in expected)
    return actual.tolist() if listed or (isinstance(expected, float) and actual.ndim == 0) else actual


def near(actual: float, expected: float, rtol: float, atol: float) -> bool:
    return abs(actual - expected) <= atol + rtol * abs(expected) or (actual != actual and expected != expected)


def same_arrays(actual: Any, expected: Any, alike: Alike) -> bool:
    """Arrays of one shape with the same numbers, or the same things; one of no dimension is as good as its number."""
    if is_numeric(actual) and is_numeric(expected):
        return actual.shape == expected.shape and alike(as_tensor(actual), as_tensor(expected))
    if isinstance(actual, np.ndarray) and isinstance(expected, np.ndarray):
        return actual.shape == expected.shape and alike(actual.reshape(-1).tolist(), expected.reshape(-1).tolist())
    one, other = (v.item() if isinstance(v, np.ndarray) and v.ndim == 0 else v for v in (actual, expected))
    return not any(isinstance(value, np.ndarray) for value in (one, other)) and alike(one, other)


def distance(actual: Any, expected: Any) -> float:
    """How far off, for choosing which accepted answer to show. Infinite where the structures differ."""
    if is_numeric(actual) and is_numeric(expected):
        return 0.0 if same(actual, expected) else distance(as_tensor(actual), as_tensor(expected))
    both = isinstance(expected, Tensor) and isinstance(actual, Tensor)
    if both and actual.shape == expected.shape and not actual.is_complex():
        return float((actual.detach().double() - expected.detach().double()).nan_to_num(1e9).abs().sum())
    if type(expected) in INSIDE and type(actual) is type(expected):
        return distance(inside(actual), inside(expected))
    if isinstance(expected, dict) and isinstance(actual, dict) and actual.keys() == expected.keys():
        return sum(distance(actual[key], expected[key]) for key in expected)
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple) and len(actual) == len(expected):
        return sum(distance(a, b) for a, b in zip(actual, expected, strict=True))
    return 0.0 if same(actual, expected) else float("inf")


def show(value: Any) -> str:
    """The value as a reader sees it: short, and with six digits wherever a number stands."""
    text = shortened(value)
    return text if len(text) <= 80 else text[:77] + "..."


def shortened(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if type(value) is list:
        return f"[{', '.join(map(shortened, value[:40]))}]"
    if type(value) is tuple:
        return f"({', '.join(map(shortened, value[:40]))}{',' * (len(value) == 1)})"
    return repr(value)
