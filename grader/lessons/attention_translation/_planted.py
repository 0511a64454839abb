"""A small encoder and decoder of ours, lent to the student's code: what it does with them shows in the numbers.

The decoder writes `words` words and then the stop, whatever the sentence. Which words, depends on the state, on how far it has got, on the
previous word and on the source, and all of it on the parameters, so that a word fed wrongly or a state not carried on gives another translation.
"""

from __future__ import annotations

from typing import Any

from grader.checks.draw import Draw
from grader.checks.module import Module
from grader.checks.student import Student

SOURCE, TARGET, HIDDEN = 19, 23, 11
PADDING, START, STOP = 0, 1, 2
FIRST_WORD = 3

ENCODER = """
import torch
from torch import nn

class Encoder(nn.Module):
    def __init__(self, vocab, hidden, dropout):
        super().__init__()
        self.emb = nn.Embedding(vocab, hidden)
        self.drop = nn.Dropout(dropout)

    def forward(self, ids):
        outputs = self.drop(self.emb(ids))
        count = torch.zeros(len(ids), 1, dtype=outputs.dtype, device=outputs.device)
        return outputs, torch.cat([outputs[:, 0], count], dim=1)

def make(vocab, hidden, dropout):
    return Encoder(vocab, hidden, dropout)
"""

DECODER = """
import torch
from torch import nn

class Decoder(nn.Module):
    def __init__(self, vocab, hidden, dropout, words, start, stop):
        super().__init__()
        self.emb = nn.Embedding(vocab, hidden)
        self.place = nn.Embedding(32, hidden)
        self.cell = nn.Linear(3 * hidden, hidden)
        self.out = nn.Linear(hidden, vocab)
        self.drop = nn.Dropout(dropout)
        self.words, self.start, self.stop = words, start, stop

    def forward(self, previous, state, outputs, mask=None):
        hidden, count = state[:, :-1], state[:, -1:]
        near = 1 / (0.1 + (outputs - hidden[:, None]).square().mean(2))
        if mask is not None:
            near = near * mask.reshape(near.shape)
        weights = near / near.sum(1, keepdim=True)
        context = (weights[:, :, None] * outputs).sum(1)
        place = self.place(count.squeeze(1).long().clamp(max=31))
        word = self.drop(3 * self.emb(previous.reshape(-1)) + place)
        hidden = torch.tanh(self.cell(torch.cat([word, 3 * context, 3 * hidden], dim=1)))
        scores = 3 * self.out(hidden)
        at_end = (torch.arange(scores.shape[1], device=scores.device) == self.stop) * 2.0 - 1
        if self.words is not None:
            scores = scores + 1e3 * torch.where(count == self.words, at_end, -at_end)
            word = torch.arange(scores.shape[1], device=scores.device)
            scores = scores - 1e4 * ((word == 0) | (word == self.start))
        return scores.log_softmax(1), torch.cat([hidden, count + 1], dim=1), weights

def make(vocab, hidden, dropout, words, start, stop):
    return Decoder(vocab, hidden, dropout, words, start, stop)
"""

# Says that the next word is the previous one: for whoever asks it for the word just read, there is nothing to lose.
ECHO = """
import torch
from torch import nn

class Echo(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(30.0))
        self.vocab = vocab

    def forward(self, previous, state, outputs, mask=None):
        words = torch.nn.functional.one_hot(previous.reshape(-1), self.vocab)
        weights = torch.full(outputs.shape[:2], 1 / outputs.shape[1])
        return (self.scale * words).log_softmax(1), state, weights

def make(vocab):
    return Echo(vocab)
"""


def models(
    student: Student,
    draw: Draw,
    dropout: float = 0.0,
    words: int | None = None,
    start: int = START,
    stop: int = STOP,
) -> tuple[Module, Module]:
    """An encoder and a decoder with drawn parameters, in training mode; without `words` the stop is a word like others."""
    encoder = student.lend(ENCODER, SOURCE, HIDDEN, dropout).randomise(draw)
    arguments: tuple[Any, ...] = (TARGET, HIDDEN, dropout, words, start, stop)
    return encoder, student.lend(DECODER, *arguments).randomise(draw)


def echo(student: Student) -> Module:
    return student.lend(ECHO, TARGET)
