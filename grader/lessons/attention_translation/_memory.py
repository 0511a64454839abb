"""What holds for any attention over the words of a sentence: padding is hidden, order is nothing, all parameters learn."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Evidence, Failure, Text, as_written, properties

REPLACED = Text(en="the result after other numbers were put into the padding", ja="パディングの中身を変えた後の結果")
REORDERED = Text(en="the weights after the keys were reordered", ja="key を並べ替えた後の重み")
MOVED = Text(en="the result after the keys were reordered", ja="key を並べ替えた後の結果")

HIDE = Text(
    en="The mask (B, S) is False at the padding. Scores (B, S) -> a hugely negative number where it is False -> softmax -> weights (B, S), 0 there.",
    ja="mask (B, S) はパディングの位置が False です。スコア (B, S) → False の位置を大きな負の数に → softmax → そこが 0 の重み (B, S)。",
)
CONTENT = Text(
    en="Each score compares the query with one key, wherever it stands: query (B, H) and keys (B, S, H) -> scores (B, S) -> weights (B, S), and the "
    "context (B, H) is the sum of weight times key over S.",
    ja="スコアは、query と key 1 つを、その位置によらず比べたものです。query (B, H) と key (B, S, H) → スコア (B, S) → 重み (B, S)。文脈 (B, H) は、重み × key を "
    "S について足したものです。",
)


def padding(draw: Draw, batch: int, length: int) -> Tensor:
    """A mask (B, S), True at the words, with padding behind them; one sentence at least is as long as it may be."""
    lengths = draw.integers(2, length, batch)
    lengths[0] = length
    return torch.arange(length)[None, :] < lengths[:, None]


def hidden(weights: Tensor, mask: Tensor) -> None:
    """Where the mask is False the weight is 0."""
    leaks = (weights.abs() > 1e-6) & ~mask
    if not leaks.any():
        return
    where = tuple(leaks.nonzero()[0].tolist())
    raise Failure(
        Text(
            en=f"{int(leaks.sum())} places of padding get attention: at {list(where)} the weight is "
            f"{float(weights[where]):.4g}.",
            ja=f"パディング {int(leaks.sum())} か所に注意が向いています。たとえば {list(where)} の重みが "
            f"{float(weights[where]):.4g} です。",
        ),
        Text(
            en="What must a score be, so that exp(score) is 0? And on which side of the mask?",
            ja="exp(スコア) が 0 になるには、スコアはいくつであるべきでしょう。それはマスクのどちら側ですか。",
        ),
        (Evidence("matrix", properties.WEIGHTS, properties.as_array(weights), marked=(where,)),),
    )


def learns(gradients: Any, names: list[str], misconception: str | None = "cut_from_the_gradient") -> None:
    """Each of these parameters received a gradient that is not zero."""
    for name in names:
        received = gradients.get(name) if isinstance(gradients, dict) else None
        if isinstance(received, Tensor) and (received.abs() > 0).any():
            continue
        raise Failure(
            Text(
                en=f"No gradient reaches the parameter {as_written(name)}, so it could not learn.",
                ja=f"パラメータ {as_written(name)} に勾配が届かず、学習できません。",
            ),
            Text(
                en="Is it used on the way to the output? `.detach()`, `.data` and `torch.tensor(...)` cut the way.",
                ja="出力までの計算で使われていますか。`.detach()`、`.data`、`torch.tensor(...)` は勾配の通り道を切ってしまいます。",
            ),
            misconception=misconception,
        )
