"""Encoders of ours with something planted in them, lent to `fine_tune` to see what it does to them.

`encoder` is "pretrained": the vectors of words that mean alike point the same way, for words that occur in the task's training
data and for others that do not. Two parameters stay exactly zero in an honest training: `padding` gets a gradient only where
padding is visible, `calm` only outside training mode. `once` gets one from the first step alone.
"""

from __future__ import annotations

import torch
from torch import Tensor

from grader.draw import Draw
from grader.student import Module, Student

WIDTH, TIME, CLASSES = 8, 9, 3
SEEN, UNSEEN = 10, 30  # words a class has in the training data, and besides
PAD = CLASSES * (SEEN + UNSEEN)
VOCABULARY = PAD + 1

PLANTED = """
import torch
from torch import nn


class Planted(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.words = nn.Parameter(words.clone())  # (V, D)
        self.padding = nn.Parameter(torch.zeros(words.shape[1], 1))
        self.calm = nn.Parameter(torch.zeros(words.shape[1], 2))
        self.once = nn.Parameter(torch.zeros(words.shape[1], 3))
        self.steps = 0

    def forward(self, ids, mask=None, segments=None):
        visible = torch.ones_like(ids) if mask is None else mask
        share = visible.to(self.words.dtype).unsqueeze(-1)  # (B, T, 1)
        mean = (self.words[ids] * share).sum(1, keepdim=True) / share.sum(1, keepdim=True)  # (B, 1, D)
        padding = (share * (ids == len(self.words) - 1).unsqueeze(-1)).sum(1, keepdim=True)
        mean = mean + padding * self.padding.sum(1)
        if not self.training:
            mean = mean + self.calm.sum(1)
        if torch.is_grad_enabled():
            mean = mean + (self.once.sum(1) if self.steps == 0 else 0)
            self.steps += 1
        return mean.expand(-1, ids.shape[1], -1)  # (B, T, D)


def make(words):
    return Planted(words).eval()
"""

# Writes down which sentences a training step was made of: their numbers plus one, where each begins with its number.
LOGBOOK = """
import torch
from torch import nn


class Logbook(nn.Module):
    def __init__(self, words, steps, longest):
        super().__init__()
        self.words = nn.Parameter(words.clone())  # (V, D)
        self.log = nn.Parameter(torch.zeros(steps, longest), requires_grad=False)
        self.step = 0

    def forward(self, ids, mask=None, segments=None):
        if self.training and torch.is_grad_enabled():
            rows = ids[: self.log.shape[1], 0]
            if self.step < len(self.log):
                self.log.data[self.step, : len(rows)] = (rows + 1).to(self.log.dtype)
            self.step += 1
        return self.words[ids]  # (B, T, D)


def make(words, steps, longest):
    return Logbook(words, steps, longest)
"""

CLASSIFIER = '''
import torch
from torch import nn


class Lookup(nn.Module):
    """Scores by the first word; in training mode it says the opposite."""

    def __init__(self, table):
        super().__init__()
        self.table = nn.Parameter(table.clone())  # (V, L)

    def forward(self, ids, mask, segments=None):
        scores = self.table[ids[:, 0]]
        return -scores if self.training else scores


def make(table):
    return Lookup(table).train()
'''


def word_vectors(draw: Draw) -> Tensor:
    """(V, D): a direction for each class, some noise, and padding far away from all."""
    directions = torch.eye(WIDTH)[:CLASSES] * 3.0
    vectors = directions.repeat_interleave(SEEN + UNSEEN, dim=0) + draw.normal(PAD, WIDTH, scale=0.3)
    return torch.cat([vectors, torch.full((1, WIDTH), 4.0)])


def encoder(student: Student, vectors: Tensor) -> Module:
    return student.lend(PLANTED, vectors)


def logbook(student: Student, draw: Draw, count: int, steps: int) -> Module:
    """An encoder for `count` sentences that remembers up to `steps` training steps."""
    return student.lend(LOGBOOK, draw.normal(count, WIDTH), steps, count)


def numbered(draw: Draw, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """As `examples`: sentences that begin with their own number, and nothing is padding."""
    ids = torch.cat([torch.arange(count)[:, None], draw.integers(0, count, count, 3)], dim=1)
    return ids, torch.ones(count, 4, dtype=torch.bool), draw.integers(0, CLASSES, count)


def examples(draw: Draw, count: int, seen: bool) -> tuple[Tensor, Tensor, Tensor]:
    """ids (M, T), mask (M, T), labels (M,): sentences whose words all speak for their class, with padding behind them."""
    labels = torch.arange(count) % CLASSES
    first, size = (0, SEEN) if seen else (SEEN, UNSEEN)
    ids = labels[:, None] * (SEEN + UNSEEN) + first + draw.integers(0, size, count, TIME)
    mask = torch.arange(TIME) < draw.integers(3, TIME, count, 1)
    order = draw.permutation(count)
    return torch.where(mask, ids, PAD)[order], mask[order], labels[order]
