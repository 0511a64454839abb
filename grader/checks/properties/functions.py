"""What a function of a sequence must satisfy, whatever its insides: `f` maps a batch (B, T, ...) to a batch.

Each of them calls `f` a few times and compares; nothing needs to be known of the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from grader.checks.properties.attention import moves
from grader.checks.properties.shown import OUTPUT, matrix, sentence
from grader.checks.properties.tensors import close, equal, finite, has_shape
from grader.errors import Failure
from grader.model import Text

Function = Callable[[Tensor], Tensor]


def changed_at(x: Tensor, place: int, vocabulary: int = 0) -> Tensor:
    """`x` (B, T, ...) with another value at time `place`: the next id of `vocabulary`, or numbers of opposite sign."""
    other = x.clone()
    other[:, place] = (x[:, place] + 1) % vocabulary if vocabulary else -x[:, place] - 1
    return other


def causal(f: Function, x: Tensor, changed: Tensor, place: int, what: Text = OUTPUT) -> None:
    """`changed` differs from `x` at time `place` alone: outputs before it do not move, and from there on they do."""
    before, after = f(x), f(changed)
    has_shape(after, before.shape, what)
    moved = (after - before).abs().flatten(2).amax(dim=(0, 2))[:place] > 1e-6
    if moved.any():
        t = int(moved.nonzero()[0])
        raise Failure(
            Text(
                en=f"The token at position {place} was changed, and {what.en} at the earlier position {t} moved: it sees its "
                "future.",
                ja=f"位置 {place} を変えたら、それより前の位置 {t} の{what.ja}が動きました。未来が見えています。",
            ),
            Text(
                en="Follow the mask from where it is made to where it is used, and look at one row of the weights.",
                ja="マスクが作られてから使われるまでをたどり、重みの行を 1 つ表示してみましょう。",
            ),
        )
    moves(before[:, place:], after[:, place:], what)


def no_gradient_from_later(gradient: Tensor | None, place: int) -> None:
    """The gradient (B, T, ...) of an output at time `place` is exactly zero for inputs after it, and not for itself."""
    if gradient is None or not gradient[:, place].any():
        raise Failure(
            Text(
                en=f"The output at position {place} has no gradient with respect to its own input.",
                ja=f"位置 {place} の出力から、その位置の入力へ勾配が届いていません。",
            )
        )
    if gradient[:, place + 1 :].any():
        raise Failure(
            Text(
                en=f"The output at position {place} has a gradient with respect to later inputs: it learns from its future.",
                ja=f"位置 {place} の出力から、それより後の入力へ勾配が流れています。未来を見て学習しています。",
            ),
            evidence=(matrix(Text(en="the gradient", ja="勾配"), gradient),),
        )


def permutation_equivariant(f: Function, x: Tensor, order: Tensor) -> None:
    """Without positions, shuffled tokens give the same outputs, shuffled alike."""
    equal(
        f(x[:, order]),
        f(x)[:, order],
        help=Text(
            en="The order of the tokens matters here, though nothing told it of their positions. Do rows get mixed?",
            ja="位置を教えていないのに、並び順で結果が変わります。行が混ざっていないでしょうか。",
        ),
    )


def order_matters(f: Function, x: Tensor, order: Tensor) -> None:
    """With positions, shuffled tokens do not simply give shuffled outputs."""
    if close(f(x[:, order]), f(x)[:, order]):
        raise Failure(
            Text(
                en="Shuffling the tokens only shuffles the output: the model knows nothing of their order.",
                ja="文字を並べ替えても、出力が同じように並べ替わるだけです。モデルが順番を知りません。",
            ),
            Text(
                en="Is the positional encoding added, and is it different at each position?",
                ja="位置エンコーディングは足されていますか。位置ごとに違う値になっていますか。",
            ),
        )


def padding_invariant(f: Function, x: Tensor, padded: Tensor, what: Text = OUTPUT) -> None:
    """More padding at the end changes nothing for the tokens before it. x (B, T), padded (B, T + more)."""
    equal(
        f(padded)[:, : x.shape[1]],
        f(x),
        what,
        help=Text(
            en="Only padding was added at the end. Where does it get in?",
            ja="末尾に padding を足しただけです。どこから入り込んでいるでしょうか。",
        ),
    )


def batch_independent(f: Function, x: Tensor, what: Text = OUTPUT) -> None:
    """The last row alone gives what it gives within the batch. (With batch and time confused the first still looks right.)"""
    equal(
        f(x)[-1:],
        f(x[-1:]),
        what,
        help=Text(
            en="The last row of the batch gives something else when it comes alone: rows influence each other.",
            ja="バッチの最後の 1 件だけを渡すと結果が変わります。ほかの行から影響を受けています。",
        ),
    )


def repeatable(first: Tensor, second: Tensor, what: Text = OUTPUT) -> None:
    """In evaluation mode the same input gives the same output twice."""
    if not close(second, first):
        raise Failure(
            Text(
                en=f"In evaluation mode the same input gave two different results: {what.en} is still random.",
                ja=f"評価モードなのに、同じ入力で{what.ja}が 2 回とも違いました。乱数が混ざっています。",
            ),
            Text(
                en="An nn.Dropout module switches itself off; F.dropout does so only with training=self.training.",
                ja="nn.Dropout は自動で止まりますが、F.dropout は training=self.training を渡さないと止まりません。",
            ),
        )


def unchanged(before: Sequence[Tensor], after: Sequence[Tensor], what: Text) -> None:
    """What was passed in is as it was: nothing was changed in place."""
    for mine, now in zip(before, after, strict=True):
        if not torch.equal(mine, now):
            raise Failure(
                Text(
                    en=f"{sentence(what.en)} was changed in place; whoever passed it in does not expect that.",
                    ja=f"渡された{what.ja}がその場で書き換えられています。渡した側はそれを想定していません。",
                ),
                Text(
                    en="Look for +=, an index on the left of =, or a method that ends in _.",
                    ja="+= や、= の左辺の添字、末尾が _ のメソッドがないか探してみましょう。",
                ),
            )


def finite_for_large(f: Function, x: Tensor, factor: float = 1e4, what: Text = OUTPUT) -> None:
    """Large inputs (x times `factor`) give no NaN and no infinity."""
    finite(f(x * factor), what)
