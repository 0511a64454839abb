"""Fake language models, on which the student's training, perplexity and generation are tried.

None of them notes anything that decides a mark: what became of a training is read off the parameters, whose names and
meaning are alike in all of them.
"""

from __future__ import annotations

import torch
from torch import nn


class Bigram(nn.Module):
    """ids (B, T) -> logits (B, T, V): a table row for each id, and a shift.

    asleep: what is different in evaluation mode, if anything. passes: after how many with gradients it refuses, if
    ever.
    """

    asleep: torch.Tensor | None

    def __init__(
        self, table: torch.Tensor, longest: int, asleep: torch.Tensor | None = None, passes: int | None = None
    ) -> None:
        super().__init__()
        self.table = nn.Parameter(table.clone())
        self.register_buffer("asleep", asleep)
        self.shift = nn.Parameter(torch.zeros(table.size(1)))
        self.left = passes
        self.longest = self.max_len = longest

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if ids.dim() != 2 or ids.size(1) > self.longest:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.longest}, not {tuple(ids.shape)}")
        if self.left is not None and torch.is_grad_enabled():
            if self.left == 0:
                raise RuntimeError("no further")
            self.left -= 1
        if self.training or self.asleep is None:
            return self.table[ids] + self.shift
        return (self.table + self.asleep)[ids].flip(-1) + self.shift


class Forgetful(nn.Module):
    """As a bigram table, but a number that has moved at all has no influence any more, and gets no gradient."""

    def __init__(self, vocabulary: int, longest: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(vocabulary, vocabulary))
        self.longest = self.max_len = longest

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if ids.dim() != 2 or ids.size(1) > self.longest:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.longest}, not {tuple(ids.shape)}")
        return self.table.clamp(-1e-7, 1e-7)[ids]


class Places(nn.Module):
    """ids (B, T) -> logits (B, T, V), the same everywhere: they follow from all ids of the batch, each of which has a
    row.
    """

    def __init__(self, mixing: torch.Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(mixing.size(1), mixing.size(0)))
        self.mixing = mixing
        self.longest = self.max_len = mixing.size(1)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if ids.dim() != 2 or ids.size(1) > self.longest:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.longest}, not {tuple(ids.shape)}")
        return (self.table[ids].sum(dim=(0, 1)) @ self.mixing).expand(*ids.shape, -1)


class Drowsy(nn.Module):
    """A table row for what has been read so far, the order included; in training mode it knows nothing.

    tracked: what its scores are multiplied by where gradients are on.
    """

    def __init__(self, table: torch.Tensor, longest: int, tracked: float = 1.0) -> None:
        super().__init__()
        self.tracked = tracked
        self.table = nn.Parameter(table.clone())
        self.longest = self.max_len = longest

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if ids.dim() != 2 or ids.size(1) > self.longest:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.longest}, not {tuple(ids.shape)}")
        places = torch.arange(1, ids.size(1) + 1, device=ids.device)
        state = ((ids + 1) * places).cumsum(dim=1) % len(self.table)
        scores = self.table[state] * (0.0 if self.training else 1.0)
        return scores * self.tracked if scores.requires_grad else scores


class Attentive(nn.Module):
    """ids (B, T) -> logits (B, T, V), T up to max_len: the best next id follows from all ids so far, oldest and newest.

    tracked: how many ids further it is where gradients are on.
    """

    def __init__(self, vocabulary: int, max_len: int, tracked: int = 0) -> None:
        super().__init__()
        self.vocabulary, self.max_len, self.tracked = vocabulary, max_len, tracked
        self.sharpness = nn.Parameter(torch.ones(1))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if ids.dim() != 2 or ids.size(1) > self.max_len:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.max_len}, not {tuple(ids.shape)}")
        steps = torch.arange(1, ids.size(1) + 1, device=ids.device)
        best = ((ids + 1) * steps).cumsum(dim=1) % self.vocabulary
        if self.training:
            best = (best + 1) % self.vocabulary
        if (1 * self.sharpness).requires_grad:
            best = (best + self.tracked) % self.vocabulary
        distance = (torch.arange(self.vocabulary, device=ids.device) - best.unsqueeze(-1)) % self.vocabulary
        return -self.sharpness * distance.float()


class Recording(Attentive):
    """Counts how often it is asked with gradients on."""

    def __init__(self, vocabulary: int, max_len: int) -> None:
        super().__init__(vocabulary, max_len)
        self.recording = nn.Parameter(torch.zeros(1), requires_grad=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if torch.is_grad_enabled():
            self.recording.add_(1)
        return super().forward(ids)
