"""What the three exercises in the form of the course's notebook have in common: one word at a time, no batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from grader.checks import Failure, Text, properties
from grader.lessons.attention_translation import _views

TITLE = Text(
    en="the course's notebook (one word at a time, as in PyTorch's seq2seq tutorial)",
    ja="授業のノートブック（PyTorch の seq2seq チュートリアルと同じ 1 語ずつの書き方）",
)
SOLUTION = "forms/attention_translation"
SCORES = Text(en="the decoder's log-probabilities", ja="デコーダーの対数確率")
STATE = Text(en="the state", ja="状態")
OUTPUT = Text(en="the encoder's output", ja="エンコーダーの出力")
SOURCE, TARGET = 23, 29  # sizes of the vocabularies: shapes of parameters occur once

HIDDEN = r"hidden\w*|h_size|n_hidden"
OUT = r"out\w*|n_out\w*|target\w*|vocab\w*"


def state(value: Any, hidden: int, what: Text = STATE) -> Tensor:
    return _views.floating(value, (1, 1, hidden), what, "(1, 1, H)")


def encoded(hidden: int) -> Callable[[Any], tuple[Tensor, Tensor]]:
    """Output and state, both (1, 1, H)."""

    def view(value: Any) -> tuple[Tensor, Tensor]:
        output, after = _views.parts(value, 2, "(output, hidden)")
        return state(output, hidden, OUTPUT), state(after, hidden)

    return view


def scores(value: Any) -> Tensor:
    """Log-probabilities (1, V), as they come."""
    return properties.finite(_views.floating(value, (1, TARGET), SCORES, "(1, V)"), SCORES)


def log_probabilities(found: Tensor) -> None:
    """Their exponentials sum to one: NLLLoss, which this form trains with, takes nothing else."""
    total = float(found.double().exp().sum())
    if abs(total - 1) > 1e-3:
        raise Failure(
            Text(
                en=f"The exponentials of the output sum to {total:.4g} instead of 1, so these are no log-probabilities.",
                ja=f"出力の exp の和が 1 ではなく {total:.4g} なので、対数確率になっていません。",
            ),
            Text(
                en="NLLLoss takes log-probabilities. Which function makes them, and over which axis?",
                ja="NLLLoss に渡すのは対数確率です。どの関数で、どの軸についてとりますか。",
            ),
        )
