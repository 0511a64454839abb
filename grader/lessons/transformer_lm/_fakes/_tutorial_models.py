"""A fake language model and scheduler in the form of the course's notebook, handed to its train and evaluate."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Bigram(nn.Module):
    """ids (T, B) -> logits (T, B, V): a table row for each id.

    drowsy: in training mode it knows nothing. forgetful: a number that has moved at all gets no gradient any more.
    asleep: what is different in evaluation mode, if anything.
    """

    asleep: torch.Tensor | None

    def __init__(
        self, table: torch.Tensor, drowsy: bool = False, forgetful: bool = False, asleep: torch.Tensor | None = None
    ) -> None:
        super().__init__()
        self.table = nn.Parameter(table.clone())
        self.drowsy, self.forgetful, self.src_mask = drowsy, forgetful, None
        self.register_buffer("asleep", asleep)

    def generate_square_subsequent_mask(self, size: int) -> torch.Tensor:
        future = torch.arange(size) > torch.arange(size)[:, None]
        return torch.zeros(size, size).masked_fill(future, -torch.inf)

    _generate_square_subsequent_mask = generate_square_subsequent_mask

    def forward(self, src: torch.Tensor, src_mask: Any = None, *_more: Any, **_options: Any) -> torch.Tensor:
        if self.asleep is not None and not self.training:
            return (self.table + self.asleep)[src].flip(-1)
        table = self.table.clamp(-1e-7, 1e-7) if self.forgetful else self.table
        return table[src] * (0.0 if self.drowsy and self.training else 1.0)


class Scheduler(torch.optim.lr_scheduler.StepLR):
    def get_lr(self) -> list[float | torch.Tensor]:
        return [group["lr"] for group in self.optimizer.param_groups]


def scheduler(model: nn.Module, lr: float) -> Scheduler:
    return Scheduler(torch.optim.SGD(model.parameters(), lr), 1)
