"""What the two losses of this lesson may give back, and that they teach."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import Failure, Text, properties

LOSS = Text(en="the loss", ja="損失")


def scalar(value: Any) -> Tensor:
    """One number, as a tensor."""
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return properties.finite(properties.has_shape(value, (), LOSS), LOSS)


def teaches_nothing() -> Failure:
    return Failure(
        Text(
            en="The number is right, but no gradient comes back from the loss to the scores, so nothing is learned.",
            ja="値は合っていますが、損失から得点へ勾配が戻らないので、何も学習されません。",
        ),
        properties.CUTS,
    )


def encoder_learns_nothing() -> Failure:
    return Failure(
        Text(
            en="The number is right, but no gradient comes back from the loss to what `encode` gave, so the encoder never learns.",
            ja="値は合っていますが、損失から `encode` の出力へ勾配が戻らないので、エンコーダーが学習されません。",
        ),
        properties.CUTS,
    )
