"""A language of a few words, whose next word depends on the last two."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class NextWord(nn.Module):
    """A beginning, a list of ids, -> log probabilities (V,) of the next word; table (V, V, V): by the last two words."""

    table: torch.Tensor

    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("table", table)

    def forward(self, ids: Any) -> torch.Tensor:
        known = [int(word) for word in ids]
        return self.table[known[-2] if len(known) > 1 else 0, known[-1]].clone()
