"""A tiny encoder and a tokenizer for judging problem 89, handed to the student's code in the place of pretrained ones."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from grader.checks import Draw, Module, Student
from grader.matching.payloads.fake_encoder import Tokenizer, pretrained_encoder

WORDS = 20  # words of the lent tokenizer; ids 0..3 are [PAD], [CLS], [SEP], [UNK]
SPECIAL = 4


@dataclass(frozen=True)
class TokenizerFacts:
    """What the judge knows of the tokenizer: its ids, word by word."""

    words: list[str]

    def ids(self, title: str) -> list[int]:
        return [1, *(self.words.index(word) + SPECIAL for word in title.split()), 2]

    def batch(self, titles: list[str]) -> tuple[Tensor, Tensor]:
        """ids (B, T) and mask (B, T), padded behind with 0."""
        rows = [self.ids(title) for title in titles]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        return ids, mask


def lend_encoder(student: Student, draw: Draw, width: int, as_tuple: bool) -> Module:
    """Pretrained, as it were: its parameters are the same whenever the same questions are asked again."""
    return student.lend(pretrained_encoder, WORDS + SPECIAL, width, as_tuple, draw.seed)


def lend_tokenizer(student: Student, lent: TokenizerFacts) -> Module:
    return student.lend(Tokenizer, lent.words)


def titles(draw: Draw, words: list[str], count: int) -> list[str]:
    """Titles of three words and more, all of different lengths."""
    lengths = draw.sample(range(3, 3 + count), count)
    return [" ".join(draw.sample(words, length)) for length in lengths]
