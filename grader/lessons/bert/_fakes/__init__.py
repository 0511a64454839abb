"""Fake encoders, handed to `fine_tune` to see what it does to them. What is sent as text stands in `encoders`.

`encoder` is "pretrained": the vectors of words that mean alike point the same way, for words that occur in the task's
training data and for others that do not. It notes nothing: one that is different in evaluation mode, or where padding
is visible, must end as one does that is not, and of `once` a number that has moved at all gets no gradient again. Which
sentences a step was made of is told to the judge, sentence by sentence (`Logbook`), and does not stay in the sandbox.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Module, StandsFor, Student
from grader.lessons.bert._fakes import encoders

WIDTH, TIME, CLASSES = 8, 9, 3
SEEN, UNSEEN = 10, 30  # words a class has in the training data, and besides
PAD = CLASSES * (SEEN + UNSEEN)
VOCABULARY = PAD + 1


def own_encoder(words: int) -> StandsFor:
    """The student's encoder for as many words."""
    sizes = {"d_model": WIDTH, "num_heads": 1, "d_ff": 2 * WIDTH, "num_layers": 1, "max_len": 2 * TIME, "dropout": 0.0}
    return StandsFor("Encoder", {"vocab_size": words, **sizes})


def word_vectors(draw: Draw) -> Tensor:
    """(V, D): a direction for each class, some noise, and padding far away from all."""
    directions = torch.eye(WIDTH)[:CLASSES] * 3.0
    vectors = directions.repeat_interleave(SEEN + UNSEEN, dim=0) + draw.normal(PAD, WIDTH, scale=0.3)
    return torch.cat([vectors, torch.full((1, WIDTH), 4.0)])


def encoder(
    student: Student, vectors: Tensor, asleep: Tensor | None = None, padding: Tensor | None = None, blank: bool = False
) -> Module:
    """asleep: what is added in evaluation mode. padding: what is added for each padding that is seen. Each (D,).

    blank: all sentences look alike, so that there is next to nothing to learn.
    """
    asleep, padding = (torch.zeros(WIDTH) if given is None else given for given in (asleep, padding))
    return student.lend(encoders.pretrained, vectors, asleep, padding, blank, own=own_encoder(VOCABULARY))


class Steps:
    """What a logbook tells: the sentences of one step after the other. awake: of those in training mode alone."""

    def __init__(self) -> None:
        self.awake: list[list[int]] = []
        self.all: list[list[int]] = []

    def __call__(self, question: Any) -> None:
        training, *numbers = map(int, question)
        self.all.append(numbers)
        self.awake += [numbers] if training else []


def logbook(student: Student, draw: Draw, count: int) -> tuple[Module, Steps]:
    """An encoder for `count` sentences that tells of its training steps."""
    return student.lend_asking(Steps, encoders.Logbook, draw.normal(count, WIDTH), own=own_encoder(count))


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
