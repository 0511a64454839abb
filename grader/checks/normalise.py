"""Readings of a reply: from what a student may reasonably return to the one form that is compared.

A view takes the raw reply and gives the canonical value, or raises `Failure` where it cannot be read so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.checks import properties
from grader.errors import Failure
from grader.matching.replies import behind_a_loss
from grader.model import Text
from grader.sandbox.guest.figures import Figure, Mark
from grader.sandbox.guest.tables import Column, Table

LOGITS = Text(en="the output", ja="出力")


def tensor(*shape: int, what: Text = properties.OUTPUT, letters: str = "") -> Callable[[Any], Tensor]:
    """A floating-point tensor of this shape."""

    def view(value: Any) -> Tensor:
        return properties.is_floating(properties.has_shape(first(value), shape, what, letters), what)

    return view


def unpacked(value: Any) -> Any:
    """A tensor of the same numbers in place of a NumPy array; anything else as it is."""
    is_numbers = isinstance(value, np.ndarray) and value.dtype.kind in "biuf"
    return torch.from_numpy(np.array(value)) if is_numbers else value


def class_scores(*shape: int, what: Text = LOGITS, letters: str = "(B, L)") -> Callable[[Any], Tensor]:
    """Logits, log-probabilities or probabilities over the last axis, all read as log-probabilities.

    The softmax of logits, the exponential of log-probabilities and probabilities themselves are one distribution;
    log_softmax leaves log-probabilities as they are.
    """

    def view(value: Any) -> Tensor:
        scores = properties.is_floating(properties.has_shape(first(value), shape, what, letters), what)
        return log_probabilities(properties.finite(scores, what))

    return view


def log_probabilities(scores: Tensor) -> Tensor:
    """See `class_scores`. Probabilities are known by being non-negative and summing to one."""
    scores = scores.double()
    if (scores >= 0).all() and torch.allclose(scores.sum(-1), torch.ones_like(scores.sum(-1)), atol=1e-4):
        return scores.clamp_min(1e-30).log()
    return scores.log_softmax(-1)


def first(value: Any) -> Any:
    """The output itself, where a state, lengths or weights come with it in a tuple, or a loss: `return loss, logits`."""
    if isinstance(value, dict) and isinstance(value.get("logits"), Tensor):
        return value["logits"]
    if isinstance(value, list | tuple) and value and isinstance(value[0], Tensor):
        return behind_a_loss(value)
    return value


def numbers(*shape: int, what: Text = properties.OUTPUT, letters: str = "") -> Callable[[Any], Tensor]:
    """Numbers of this shape in float64, from an array, a tensor, a column, a list of lists or a number."""

    def view(value: Any) -> Tensor:
        read = as_numbers(value)
        if read is None:
            raise unlike(what, "numbers", "数の配列", value)
        return properties.has_shape(read, shape, what, letters)

    return view


def as_numbers(value: Any) -> Tensor | None:
    if isinstance(value, Tensor):
        return None if value.is_complex() else value.detach().double()
    plain = value.values if isinstance(value, Column) else without_gradients(value)
    try:
        found = np.asarray(plain, dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return None  # words, complex tensors; rows of different lengths; a whole number of 400 digits
    return None if isinstance(plain, str | None) else torch.from_numpy(np.array(found))


def without_gradients(value: Any) -> Any:
    """Tensors in a list as plain ones: losses.append(criterion(model(x), y)) keeps the graph, which NumPy does not take."""
    if isinstance(value, Tensor):
        return value.detach() if value.is_complex() else value.detach().double()
    return [without_gradients(item) for item in value] if isinstance(value, list | tuple) else value


def table(*columns: str, by: str = "", what: Text = properties.OUTPUT) -> Callable[[Any], Table]:
    """These columns of a table, in this order, without its row labels. by: a column in whose order the rows are put."""

    def view(value: Any) -> Table:
        if not isinstance(value, Table):
            raise unlike(what, "a data frame", "データフレーム", value)
        missing = [name for name in columns if name not in value.columns]
        if missing:
            raise Failure(
                Text(
                    en=f"{properties.sentence(what.en)} has no column {missing[0]!r}; its columns are {value.columns[:20]}.",
                    ja=f"{what.ja}に列 {missing[0]!r} がありません。列は {value.columns[:20]} です。",
                )
            )
        rows = (
            sorted(range(len(value)), key=lambda row: repr(value[by][row]))
            if by in value.columns
            else range(len(value))
        )
        return Table(columns, [[value[name][row] for row in rows] for name in columns])

    return view


def by_label(what: Text = properties.OUTPUT) -> Callable[[Any], dict[str, Any]]:
    """A dict from label to value, from a dict or from a column with row labels."""

    def view(value: Any) -> dict[str, Any]:
        if isinstance(value, Column):
            value = dict(zip(map(str, value.index), value.values, strict=True))
        if not isinstance(value, dict):
            raise unlike(what, "a dict or a series with labels", "辞書か、ラベルの付いた Series", value)
        return {str(key): one.item() if isinstance(one, np.generic) else one for key, one in value.items()}

    return view


def lines(value: Any) -> list[str]:
    """The lines of a text, without blank ones and without spaces at their ends."""
    if not isinstance(value, str):
        raise unlike(properties.OUTPUT, "text", "文字列", value)
    return [line.strip() for line in value.splitlines() if line.strip()]


def drawn(*kinds: str, what: Text = properties.OUTPUT) -> Callable[[Any], tuple[Mark, ...]]:
    """What a figure shows of these kinds: line, points, bars, wedges, image; of any, where none is said."""

    def view(value: Any) -> tuple[Mark, ...]:
        if not isinstance(value, Figure):
            raise unlike(what, "a figure", "図", value)
        found = value.drawn(*kinds)
        if not found:
            wanted = " or ".join(kinds) or "anything"
            raise Failure(
                Text(
                    en=f"{properties.sentence(what.en)} does not show {wanted}.",
                    ja=f"{what.ja}に {'・'.join(kinds) or '何も'} が描かれていません。",
                )
            )
        return found

    return view


def unlike(what: Text, wanted_en: str, wanted_ja: str, value: Any) -> Failure:
    kind = "nothing (None)" if value is None else f"of type {getattr(value, 'type_name', type(value).__name__)}"
    kind_ja = "None" if value is None else f"{getattr(value, 'type_name', type(value).__name__)} 型"
    return Failure(
        Text(
            en=f"{properties.sentence(what.en)} should be {wanted_en}, but is {kind}.",
            ja=f"{what.ja}は{wanted_ja}のはずですが、{kind_ja}でした。",
        ),
        Text(en="Look at what stands after `return`.", ja="`return` の後ろを見直してみましょう。"),
    )
