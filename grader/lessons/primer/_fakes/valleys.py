"""Functions with a slope, for gradient descent to walk down."""

from __future__ import annotations

import torch
from torch import nn


class Valley(nn.Module):
    """x of any shape -> one number: a parabola in each direction, steeper in some, and a little of the fourth power.

    bottom, steepness: shaped like x. The slope depends on where one stands, so a slope that is not computed anew shows.
    """

    bottom: torch.Tensor
    steepness: torch.Tensor

    def __init__(self, bottom: torch.Tensor, steepness: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("bottom", bottom)
        self.register_buffer("steepness", steepness)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        away = x - self.bottom
        return (self.steepness * away**2 + 0.05 * away**4).sum()
