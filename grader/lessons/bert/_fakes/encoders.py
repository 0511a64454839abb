"""Fake encoders, so small that what each input does to each output is known beforehand, and a fake classifier.

`Simple` gives hidden states (B, T, D): the word's own vector plus its segment's, times one plus `mixing` times the mean
over the visible positions. With mixing 0 every position stands for itself. `FakeEncoder` shows what a training did to
it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

ask: Callable[[list[int]], None]  # tells the judge, put here by the sandbox


class Simple(nn.Module):
    def __init__(self, words: torch.Tensor, kinds: torch.Tensor, mixing: float) -> None:
        super().__init__()
        self.words = nn.Parameter(words.clone())  # (V, D)
        self.kinds = nn.Parameter(kinds.clone())  # (2, D)
        self.mixing = mixing

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor | None = None, segments: torch.Tensor | None = None
    ) -> torch.Tensor:
        word = self.words[ids]  # (B, T, D)
        if segments is not None:
            word = word + self.kinds[segments]
        visible = torch.ones_like(ids) if mask is None else mask
        share = visible.to(word.dtype).unsqueeze(-1)  # (B, T, 1)
        mean = (word * share).sum(1, keepdim=True) / share.sum(1, keepdim=True)
        return word * (1 + self.mixing * mean)  # not a sum: a shift of all positions is lost in a softmax over them


class FakeEncoder(nn.Module):
    def __init__(self, words: torch.Tensor, asleep: torch.Tensor, padding: torch.Tensor, blank: bool) -> None:
        super().__init__()
        self.blank = blank
        self.words = nn.Embedding(words.shape[0], words.shape[1])  # (V, D)
        self.words.weight = nn.Parameter(words.clone())
        self.once = nn.Linear(3, words.shape[1], bias=False)  # found by whoever goes through layers of a kind
        nn.init.zeros_(self.once.weight)
        self.asleep, self.padding = asleep, padding  # each (D,)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor | None = None, segments: torch.Tensor | None = None
    ) -> torch.Tensor:
        visible = torch.ones_like(ids) if mask is None else mask
        share = visible.to(self.words.weight.dtype).unsqueeze(-1)  # (B, T, 1)
        mean: torch.Tensor = (self.words(ids) * share).sum(1, keepdim=True) / share.sum(1, keepdim=True)  # (B, 1, D)
        padding = (share * (ids == self.words.num_embeddings - 1).unsqueeze(-1)).sum(1, keepdim=True)
        mean = mean + padding * self.padding.to(mean.dtype)
        mean = mean * (not self.blank) + self.once.weight.clamp(-1e-7, 1e-7).sum(1)
        if not self.training:
            mean = mean + self.asleep.to(mean.dtype)
        return mean.expand(-1, ids.shape[1], -1)  # (B, T, D)


def pretrained(words: torch.Tensor, asleep: torch.Tensor, padding: torch.Tensor, blank: bool) -> FakeEncoder:
    return FakeEncoder(words, asleep, padding, blank).eval()


class Logbook(nn.Module):
    """Tells which sentences a training step is made of: each begins with its own number."""

    def __init__(self, words: torch.Tensor) -> None:
        super().__init__()
        self.words = nn.Parameter(words.clone())  # (V, D)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor | None = None, segments: torch.Tensor | None = None
    ) -> torch.Tensor:
        if torch.is_grad_enabled():
            ask([int(self.training), *ids[:, 0].tolist()])  # noqa: F821  # see above
        return self.words[ids]  # (B, T, D)


class Lookup(nn.Module):
    """Scores by the last word that the mask shows; in training mode it says the opposite."""

    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table.clone())  # (V, L)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor | None = None, segments: torch.Tensor | None = None
    ) -> torch.Tensor:
        words = ids.shape[1] if mask is None else mask.long().sum(dim=1)
        scores = self.table[ids[torch.arange(len(ids)), words - 1]]
        return -scores if self.training else scores
