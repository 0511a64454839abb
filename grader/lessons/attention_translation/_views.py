"""What the exercises of this lesson accept as a pair of output and attention weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from grader.checks import Failure, Text, properties

OUT = Text(en="the output", ja="出力")
WEIGHTS = properties.WEIGHTS
RETURN = Text(en="Look at what stands after `return`.", ja="`return` の後ろを見直してみましょう。")

NO_MASK = Text(
    en="It takes no mask, so in a batch the padding behind short sentences gets a share of the attention. One sentence at a time "
    "it is right.",
    ja="mask を受け取らないので、バッチで使うと短い文の後ろのパディングにも注意が向きます。1 文ずつなら問題ありません。",
)
PROBABILITIES = Text(
    en="Probabilities come back here, and are read as such. The text asks for their logarithms (log_softmax): the loss adds these up, and the product "
    "of many small probabilities does not sink to 0.",
    ja="ここでは確率が返っていて、そのまま確率として読みました。本文で求めているのはその対数（log_softmax）です。損失ではそれを足していきます。小さな確率を何回も掛けて 0 になってしまうこともありません。",
)
CUT = Text(
    en="`torch.tensor(...)`, `.detach()`, `.data`, `.item()` and `torch.no_grad()` cut the path of the gradient.",
    ja="`torch.tensor(...)`、`.detach()`、`.data`、`.item()`、`torch.no_grad()` は勾配の通り道を切ってしまいます。",
)


def parts(value: Any, count: int, letters: str) -> list[Any]:
    """The first `count` members of a tuple or list. `letters`: what should have been returned, such as "(out, weights)"."""
    if isinstance(value, list | tuple) and len(value) >= count:
        return list(value[:count])
    kind = getattr(value, "type_name", type(value).__name__)
    raise Failure(
        Text(
            en=f"{count} values should be returned, {letters}, but what came back is of type {kind}.",
            ja=f"{letters} の {count} つを返すはずですが、返ってきたのは {kind} 型でした。",
        ),
        RETURN,
    )


def advice_on(scores: Any) -> Text | None:
    """Advice where probabilities were returned in the place of their logarithms, which are never above 0."""
    told = (
        isinstance(scores, Tensor) and scores.is_floating_point() and bool((scores >= 0).all() and (scores <= 1).all())
    )
    return PROBABILITIES if told else None


def floating(value: Any, shape: tuple[int, ...], what: Text, letters: str) -> Tensor:
    """A tensor of this shape. Where nothing but axes of size one is missing, that is the mistake."""
    try:
        return properties.is_floating(properties.has_shape(value, shape, what, letters), what)
    except Failure as failure:
        if isinstance(value, Tensor) and value.dim() < len(shape) and bare(tuple(value.shape)) == bare(shape):
            raise Failure(failure.rationale, SQUEEZED, failure.evidence, "squeezed_axes") from None
        raise


def bare(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


SQUEEZED = Text(
    en="An axis of size 1 is gone. What does squeeze() remove when there is one sentence, or one word?",
    ja="大きさ 1 の軸がなくなっています。文が 1 つ、または語が 1 つのとき、squeeze() は何を消すでしょう。",
)


def attention(out: tuple[int, ...], weights: tuple[int, ...], letters: str) -> Callable[[Any], tuple[Tensor, Tensor]]:
    """(out, weights). Either may have an axis of size one too many, as the weights (B, 1, Tq, Tk) of one head. `letters`: the two shapes in words."""
    named_out, _, named_weights = letters.partition(" ")

    def view(value: Any) -> tuple[Tensor, Tensor]:
        first, second = parts(value, 2, "(out, weights)")
        return floating(headless(first, out), out, OUT, named_out), floating(
            headless(second, weights), weights, WEIGHTS, named_weights
        )

    return view


def headless(value: Any, shape: tuple[int, ...]) -> Any:
    """A tensor without an axis of size one, for a head or a single query or score, where it has one too many."""
    if isinstance(value, Tensor) and value.dim() == len(shape) + 1:
        for axis in (1, value.dim() - 1):
            if value.shape[axis] == 1 and tuple(value.squeeze(axis).shape) == shape:
                return value.squeeze(axis)
    return value
