"""A fake `fit` and `accuracy`.

Scores are asked for outside, one at a time: here lies neither one nor a note of who asked for which.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ask: Callable[[list[float]], float | None]  # the judge's answer, put here by the sandbox


class Model:
    def __init__(self, config: dict[str, Any]) -> None:
        self.config = dict(config)


def fit_with() -> type[Model]:
    """fit(config) -> a token"""
    return Model


def accuracy_of(names: list[str]) -> Callable[[Model, str], float]:
    """accuracy(token, split) -> a number that goes by how many settings were asked for before."""

    def accuracy(model: Model, split: str) -> float:
        place = ["train", "valid", "test"].index(split)
        score = ask([place, *(float(model.config[name]) for name in names)])  # noqa: F821  # see above
        if score is None:
            raise IndexError("more settings than the space has")
        return score

    return accuracy
