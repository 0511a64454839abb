"""Encoders of ours, lent to the student's code: so small that what each input does to each output is known beforehand.

`simple` gives hidden states (B, T, D): the word's own vector plus its segment's, times one plus `mixing` times the mean over the
visible positions. With mixing 0 every position stands for itself.
"""

from __future__ import annotations

from torch import Tensor

from grader.checks.draw import Draw
from grader.checks.module import Module
from grader.checks.student import Student

SIMPLE = """
import torch
from torch import nn


class Simple(nn.Module):
    def __init__(self, words, kinds, mixing):
        super().__init__()
        self.words = nn.Parameter(words.clone())  # (V, D)
        self.kinds = nn.Parameter(kinds.clone())  # (2, D)
        self.mixing = mixing

    def forward(self, ids, mask=None, segments=None):
        word = self.words[ids]  # (B, T, D)
        if segments is not None:
            word = word + self.kinds[segments]
        visible = torch.ones_like(ids) if mask is None else mask
        share = visible.to(word.dtype).unsqueeze(-1)  # (B, T, 1)
        mean = (word * share).sum(1, keepdim=True) / share.sum(1, keepdim=True)
        return word * (1 + self.mixing * mean)  # not a sum: a shift of all positions is lost in a softmax over them


def make(words, kinds, mixing):
    return Simple(words, kinds, mixing)
"""


def simple(student: Student, draw: Draw, words: int, width: int, mixing: float = 0.0) -> Module:
    """An encoder for `words` different ids that gives (B, T, width)."""
    return student.lend(SIMPLE, draw.normal(words, width), draw.normal(2, width), mixing)


def change(before: Tensor, after: Tensor) -> Tensor:
    """How far each position's output moved, the largest over batch and features: (B, T, D), (B, T, D) -> (T,)"""
    return (before - after).abs().amax(dim=(0, 2))


# Weights are drawn so that outputs are about one. What may not influence at all moves nothing or the seventh digit; what
# does influence moves the second.
STILL, MOVED = 1e-5, 1e-4
