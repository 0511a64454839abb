"""What tensors must satisfy. Each function returns nothing, or raises `Failure` with what was seen.

Shapes and dtypes are asserted before values, and nothing broadcasts before a comparison. `what` names the tensor in
the sentence that the learner reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from grader.errors import Failure
from grader.model import Array, Evidence, Text

OUTPUT = Text(en="the output", ja="出力")
WEIGHTS = Text(en="the attention weights", ja="Attention の重み")

# Float32 arithmetic in another order moves the sixth digit; a mistake moves the first.
RTOL, ATOL = 1e-3, 2e-5


def as_array(tensor: Tensor, limit: int = 400) -> Array:
    """The leading corner of the first matrix of `tensor`, at most `limit` numbers, for showing."""
    while tensor.dim() > 2:
        tensor = tensor[0]
    if tensor.dim() == 2:
        side = max(1, int(limit**0.5))
        tensor = tensor[:side, : max(side, limit // max(1, min(side, tensor.shape[0])))]
    else:
        tensor = tensor.reshape(-1)[:limit]
    return Array(tuple(tensor.shape), tuple(round(float(v), 6) for v in tensor.reshape(-1).tolist()))


def matrix(title: Text, tensor: Tensor, marked: tuple[tuple[int, ...], ...] = ()) -> Evidence:
    """A picture of the leading corner of `tensor`, with the entries that show the fault marked."""
    return Evidence("matrix", title, as_array(tensor), marked=marked)


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
            en=f"{sentence(what.en)} should have shape {tuple(shape)}{meaning}, but has shape {tuple(tensor.shape)}.",
            ja=f"{what.ja}の形は {tuple(shape)}{meaning} のはずですが、{tuple(tensor.shape)} でした。",
        ),
        Text(
            en="Write the shape of each intermediate tensor beside its line and see where they part.",
            ja="途中のテンソルの形を 1 行ずつ書き出して、どこで食い違うか確かめてみましょう。",
        ),
    )


def is_floating(actual: Any, what: Text = OUTPUT) -> Tensor:
    tensor = is_tensor(actual, what)
    if tensor.is_floating_point():
        return tensor
    raise Failure(
        Text(
            en=f"{sentence(what.en)} should hold real numbers, but its dtype is {tensor.dtype}.",
            ja=f"{what.ja}は実数のはずですが、dtype は {tensor.dtype} でした。",
        )
    )


def is_boolean(actual: Any, what: Text = OUTPUT) -> Tensor:
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


def distribution(actual: Any, dim: int = -1, what: Text = WEIGHTS, atol: float = 1e-4) -> Tensor:
    """Along `dim` the values are probabilities: none negative, and they sum to one."""
    tensor = finite(actual, what)
    if (tensor < -atol).any():
        place = (tensor < -atol).nonzero()[0].tolist()
        raise Failure(
            Text(
                en=f"{sentence(what.en)} holds a negative value, {tensor[tuple(place)]:.4g}, at {place}.",
                ja=f"{what.ja}の {place} が負の値（{tensor[tuple(place)]:.4g}）です。",
            ),
            Text(en="A softmax is never negative.", ja="softmax の結果が負になることはありません。"),
        )
    sums = tensor.sum(dim=dim)
    off = (sums - 1).abs() > atol * 10
    if not off.any():
        return tensor
    where = tuple(off.nonzero()[0].tolist())
    seen = float(sums[where]) if where else float(sums)
    raise Failure(
        Text(
            en=f"Row {list(where)} of {what.en} sums to {seen:.4g}, not to 1.",
            ja=f"{what.ja}の行 {list(where)} の和が 1 ではなく {seen:.4g} です。",
        ),
        Text(
            en="Which axis does the softmax run over? Each query distributes its attention over the keys.",
            ja="softmax はどの軸に沿ってとっていますか。1 つの query が key 全体に注意を配分します。",
        ),
        (Evidence("matrix", what, as_array(tensor), marked=(where[-1:] or (0,),)),),
    )


def equal(
    actual: Any, expected: Tensor, what: Text = OUTPUT, rtol: float = RTOL, atol: float = ATOL, help: Text | None = None
) -> Tensor:
    """The same shape and the same numbers, to the precision of float32."""
    tensor = has_shape(actual, expected.shape, what)
    if close(tensor, expected, rtol, atol):
        return tensor
    gap = (tensor.double() - expected.double()).abs()
    gap = torch.where(torch.isfinite(gap), gap, torch.inf)
    off = gap > atol + rtol * expected.double().abs()
    where = tuple(int(i) for i in torch.unravel_index(gap.argmax(), gap.shape))
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


def reached(gradients: Mapping[str, Any]) -> None:
    """Every parameter takes part: it has a gradient, and that of a matrix is not all zero.

    A vector's may be: the softmax does not feel a bias of the keys, which moves all scores of a row alike.
    """
    for name, gradient in gradients.items():
        if gradient is None or (is_tensor(gradient).dim() > 1 and not gradient.any()):
            raise Failure(
                Text(
                    en=f"No gradient reaches the parameter {name}: it has no influence on the output and never learns.",
                    ja=f"パラメータ {name} に勾配が届いていません。出力に影響しておらず、学習されることもありません。",
                ),
                Text(
                    en="Follow it from `__init__` to `return`: where should it be used?",
                    ja="`__init__` から `return` までたどって、どこで使うはずだったか探してみましょう。",
                ),
            )


def compared(what: Text, actual: Tensor, expected: Tensor, where: tuple[int, ...]) -> Evidence:
    """Both tensors around `where`: the matrix it lies in, at most 16 rows and 16 columns of it, with the place marked."""
    for index in where[:-2]:
        actual, expected = actual[index], expected[index]
    corner = [max(0, min(i - 8, size - 16)) for i, size in zip(where[-2:], actual.shape, strict=True)]
    window = tuple(slice(start, start + 16) for start in corner)
    mark = tuple(i - start for i, start in zip(where[-2:], corner, strict=True))
    return Evidence("compare", what, as_array(actual[window]), as_array(expected[window]), (mark,))


def close(actual: Tensor, expected: Tensor, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Equal shapes and equal numbers up to tolerance; NaN equals NaN, because a mistake may well produce one."""
    if actual.shape != expected.shape or actual.is_complex() or expected.is_complex():
        return False
    return torch.allclose(actual.double(), expected.double(), rtol=rtol, atol=atol, equal_nan=True)


def number(value: Tensor) -> str:
    return str(bool(value)) if value.dtype is torch.bool else f"{float(value):.4g}"


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
