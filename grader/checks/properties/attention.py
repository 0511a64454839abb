"""What an attention must satisfy. The weights are (..., Tq, Tk): each query has a row over the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.checks.properties.shown import OUTPUT, WEIGHTS, as_array, matrix, sentence
from grader.checks.properties.tensors import equal, finite, has_shape
from grader.errors import Failure
from grader.model import Evidence, Text

Attention = Callable[[Tensor, Tensor, Tensor], Tensor]  # query, key, value -> output


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


def hidden(weights: Tensor, mask: Tensor, what: Text = WEIGHTS) -> None:
    """No weight on a key that the mask hides. `mask` broadcasts to the weights; True where attention is allowed."""
    leaks = ((weights.abs() > 1e-6) & ~mask).nonzero().tolist()
    if leaks:
        t, s = leaks[0][-2:]
        raise Failure(
            Text(
                en=f"Query {t} must not look at key {s}, but gives it the weight {float(weights[tuple(leaks[0])]):.4g}.",
                ja=f"query {t} は key {s} を見てはいけませんが、重み {float(weights[tuple(leaks[0])]):.4g} が付いています。",
            ),
            Text(
                en="What must a score be, so that its softmax is exactly 0?",
                ja="softmax の結果がちょうど 0 になるには、点数がいくつであればよいでしょうか。",
            ),
            (matrix(what, weights, ((t, s),)),),
        )


def zero_where_all_is_hidden(output: Any, mask: Tensor, what: Text = OUTPUT) -> None:
    """Rows (B, Tq, D) of queries for which `mask` (B, Tq, Tk) hides every key are zero, never NaN."""
    tensor = finite(output, what)
    blind = ~mask.any(dim=-1)
    off = (tensor[blind].abs() > 1e-6).any(dim=-1)
    if off.any():
        place = blind.nonzero()[off][0].tolist()
        raise Failure(
            Text(
                en=f"Query {place} may look at nothing, so its row should be 0, but it is {float(tensor[tuple(place)][0]):.4g}, ...",
                ja=f"query {place} はどこも見てはいけないので、その行は 0 のはずですが、{float(tensor[tuple(place)][0]):.4g}, … でした。",
            ),
            Text(
                en="A softmax over equal scores, be they all -1e9, is an even spread: such rows need to be set to 0 afterwards.",
                ja="点数がすべて同じなら、たとえ全部 -1e9 でも、softmax は均等になります。そういう行は後で 0 にします。",
            ),
        )


def blind_to_hidden(
    attention: Attention, query: Tensor, key: Tensor, value: Tensor, changed: tuple[Tensor, Tensor], what: Text = OUTPUT
) -> None:
    """Keys and values that the mask hides have no influence: `changed` differs from (key, value) in those alone."""
    equal(
        attention(query, *changed),
        attention(query, key, value),
        what,
        help=Text(
            en="Only keys and values behind the mask were changed, and the output moved. Where do they get in?",
            ja="マスクで隠した key と value だけを変えたのに、出力が動きました。どこから入り込んでいるでしょうか。",
        ),
    )


def linear_in_values(attention: Attention, query: Tensor, key: Tensor, one: Tensor, other: Tensor) -> None:
    """attention(q, k, 2a - 3b) = 2 attention(q, k, a) - 3 attention(q, k, b): the weights do not depend on the values."""
    expected = 2 * attention(query, key, one) - 3 * attention(query, key, other)
    equal(
        attention(query, key, 2 * one - 3 * other),
        expected,
        atol=1e-4,
        help=Text(
            en="The output is a weighted mean of the values; nothing else may be done to them.",
            ja="出力は value の加重平均です。value にそれ以外の加工をしてはいけません。",
        ),
    )


def scaled_by_root(weights: Callable[[Tensor, Tensor], Tensor], query: Tensor, key: Tensor) -> None:
    """softmax(q k^T / sqrt(d)) at two widths: with every column four times over, q / 2 gives the same weights.

    The dot product of the wider ones is four times as large, q / 2 halves it, and the root of 4 d halves the rest.
    query (B, Tq, d), key (B, Tk, d).
    """
    equal(
        weights(query.repeat(1, 1, 4) / 2, key.repeat(1, 1, 4)),
        weights(query, key),
        WEIGHTS,
        help=Text(
            en="By what are the scores divided? It has to grow as the square root of the width.",
            ja="点数を何で割っていますか。割る数は幅の平方根に比例するはずです。",
        ),
    )


def heads_apart(heads: Callable[[Tensor], Tensor], x: Tensor, changed: Tensor, head: int, columns: slice) -> None:
    """Heads are independent: a change in the columns of one head moves its weights (B, N, Tq, Tk) and no other's."""
    before, after = heads(x), heads(changed)
    has_shape(after, before.shape, WEIGHTS)
    others = [i for i in range(before.shape[1]) if i != head]
    equal(
        after[:, others],
        before[:, others],
        Text(en="the weights of the other heads", ja="ほかのヘッドの重み"),
        help=Text(
            en=f"Only columns {columns.start} to {columns.stop - 1}, those of head {head}, were changed. How are the heads cut?",
            ja=f"ヘッド {head} の列（{columns.start} から {columns.stop - 1}）だけを変えました。ヘッドをどう切り分けていますか。",
        ),
    )
    moves(before[:, head], after[:, head], Text(en="the weights of that head", ja="そのヘッドの重み"))


def moves(before: Tensor, after: Tensor, what: Text = OUTPUT) -> None:
    """Something changed that has to matter."""
    if torch.equal(before, after):
        raise Failure(
            Text(
                en=f"{sentence(what.en)} did not move at all when the input changed.",
                ja=f"入力を変えても、{what.ja}がまったく動きません。",
            ),
            Text(en="Is the input used at all?", ja="入力がそもそも使われているか、確かめてみましょう。"),
        )
