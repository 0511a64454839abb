"""A fake encoder, handed to the student's code: so small that what each input does to each output is known beforehand.

`encoders.Simple` gives hidden states (B, T, D): the word's own vector plus its segment's, times one plus `mixing` times the mean over the
visible positions. With mixing 0 every position stands for itself.
"""

from __future__ import annotations

from torch import Tensor

from grader.checks import Draw, Module, StandsFor, Student
from grader.lessons.bert._fakes import encoders


def simple_encoder(
    student: Student, draw: Draw, words: int, width: int, mixing: float = 0.0, vocabulary: int | None = None
) -> Module:
    """An encoder for `words` different ids that gives (B, T, width). vocabulary: how many of them the student is told of."""
    table, kinds = draw.normal(words, width), draw.normal(2, width)
    return student.lend(encoders.Simple, table, kinds, mixing, own=own_encoder(vocabulary or words, width))


def own_encoder(words: int, width: int) -> StandsFor:
    """The student's encoder for as many words, as wide."""
    sizes = {"num_heads": 1, "d_ff": 2 * width, "num_layers": 1, "max_len": 64, "dropout": 0.0}
    return StandsFor("Encoder", {"vocab_size": words, "d_model": width, **sizes})


def change(before: Tensor, after: Tensor) -> Tensor:
    """How far each position's output moved, the largest over batch and features: (B, T, D), (B, T, D) -> (T,)"""
    return (before - after).abs().amax(dim=(0, 2))


# Weights are drawn so that outputs are about one. What may not influence at all moves nothing or the seventh digit; what
# does influence moves the second.
STILL, MOVED = 1e-5, 1e-4
