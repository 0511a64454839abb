"""What one tensor must be: a tensor, of a shape, of a kind, finite, equal to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.checks.properties.shown import OUTPUT, as_array, compared, number, sentence
from grader.errors import Failure
from grader.model import Evidence, Text

# Float32 arithmetic in another order moves the sixth digit; a mistake moves the first.
RTOL, ATOL = 1e-3, 2e-5


def is_tensor(actual: Any, what: Text = OUTPUT) -> Tensor:
    """A tensor, given back for the next question."""
    if isinstance(actual, Tensor):
        return actual
    kind = getattr(actual, "type_name", type(actual).__name__)
    raise Failure(
        Text(
            en=f"{sentence(what.en)} should be a tensor, but it is of type {kind}.",
            ja=f"{what.ja}はテンソルのはずですが、{kind} 型でした。",
        ),
        Text(en="Look at what stands after `return`.", ja="`return` の後ろを見直してみましょう。"),
    )


def has_shape(actual: Any, shape: Sequence[int], what: Text = OUTPUT, letters: str = "") -> Tensor:
    """A tensor of exactly this shape. `letters`, such as "(B, L)", says what the sizes mean."""
    tensor = is_tensor(actual, what)
    if tuple(tensor.shape) == tuple(shape):
        return tensor
    meaning = f" = {letters}" if letters else ""
    raise Failure(
        Text(
            en=f"{sentence(what.en)} should have shape {tuple(shape)}{meaning}, but the shape is {tuple(tensor.shape)}.",
            ja=f"{what.ja}の形は {tuple(shape)}{meaning} のはずですが、{tuple(tensor.shape)} でした。",
        ),
        Text(
            en="Write the shape of each intermediate tensor beside its line and see where they part.",
            ja="途中のテンソルの形を 1 行ずつ書き出して、どこで食い違うか確かめてみましょう。",
        ),
    )


def is_floating(actual: Any, what: Text = OUTPUT) -> Tensor:
    """A tensor of floating-point numbers."""
    tensor = is_tensor(actual, what)
    if tensor.is_floating_point():
        return tensor.float() if tensor.element_size() == 1 else tensor  # torch computes nothing with eight bits
    raise Failure(
        Text(
            en=f"{sentence(what.en)} should hold real numbers, but its dtype is {tensor.dtype}.",
            ja=f"{what.ja}は実数のはずですが、dtype は {tensor.dtype} でした。",
        )
    )


def is_boolean(actual: Any, what: Text = OUTPUT) -> Tensor:
    """A tensor of truth values."""
    tensor = is_tensor(actual, what)
    if tensor.dtype is torch.bool:
        return tensor
    raise Failure(
        Text(
            en=f"{sentence(what.en)} should be boolean (True or False), but its dtype is {tensor.dtype}.",
            ja=f"{what.ja}は真偽値（True / False）のはずですが、dtype は {tensor.dtype} でした。",
        ),
        Text(en="`.bool()` or `dtype=torch.bool` makes it so.", ja="`.bool()` や `dtype=torch.bool` を使います。"),
    )


def finite(actual: Any, what: Text = OUTPUT) -> Tensor:
    """No NaN and no infinity."""
    tensor = is_floating(actual, what)
    bad = ~torch.isfinite(tensor)
    if not bad.any():
        return tensor
    where = tuple(bad.nonzero()[0].tolist())
    raise Failure(
        Text(
            en=f"{sentence(what.en)} holds {int(bad.sum())} values that are NaN or infinite, the first at {list(where)}.",
            ja=f"{what.ja}に NaN または無限大が {int(bad.sum())} 個あります（最初は {list(where)}）。",
        ),
        Text(
            en="NaN comes from inf - inf or 0/0: look at large inputs to exp, and at rows where everything is masked.",
            ja="NaN は inf - inf や 0/0 から生まれます。exp に大きな値が入っていないか、全部マスクされた行がないか見てみましょう。",
        ),
        (Evidence("matrix", what, as_array(torch.nan_to_num(tensor)), marked=(where,)),),
    )


def equal(
    actual: Any, expected: Tensor, what: Text = OUTPUT, rtol: float = RTOL, atol: float = ATOL, help: Text | None = None
) -> Tensor:
    """The same shape and the same numbers, to the precision of float32."""
    tensor = has_shape(actual, expected.shape, what)
    if close(tensor, expected, rtol, atol):
        return tensor
    if tensor.is_complex():
        is_floating(tensor, what)  # says so
    gap = (tensor.double() - expected.double()).abs()
    gap = torch.where(torch.isfinite(gap), gap, torch.inf)
    off = gap > atol + rtol * expected.double().abs()
    # torch.unravel_index imports sympy the first time, which takes most of a second
    where = tuple(int(i) for i in np.unravel_index(int(gap.argmax()), tuple(gap.shape)))
    place = list(where)
    raise Failure(
        Text(
            en=f"{int(off.sum())} of {off.numel()} values of {what.en} differ from what they should be; "
            f"at {place} it is {number(tensor[where])} and should be {number(expected[where])}.",
            ja=f"{what.ja}の {off.numel()} 個の値のうち {int(off.sum())} 個が正しい値と違います。"
            f"たとえば {place} は {number(expected[where])} のはずですが {number(tensor[where])} でした。",
        ),
        help,
        (compared(what, tensor, expected, where),),
    )


def close(actual: Tensor, expected: Tensor, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Equal shapes and equal numbers up to tolerance; NaN equals NaN, because a mistake may well produce one."""
    if actual.shape != expected.shape or actual.is_complex() or expected.is_complex():
        return False
    return torch.allclose(actual.double(), expected.double(), rtol=rtol, atol=atol, equal_nan=True)
