"""A fake encoder and decoder in the form of the course's notebook, handed to its train and evaluate.

What the student's loop does with them shows in the numbers: which word comes next depends on the previous word, the
state, how often it was carried on, and the encoder's outputs. The decoder writes `words` words and then the end, where
that is given.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, HIDDEN = 19, 7


class Encoder(nn.Module):
    def __init__(self, vocabulary: int, hidden: int) -> None:
        super().__init__()
        self.hidden_size = hidden
        self.words = nn.Embedding(vocabulary, hidden)

    def forward(self, word: torch.Tensor, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mixed = torch.tanh(self.words(word.reshape(())) + 0.7 * hidden[0, 0])
        state = torch.cat([mixed[:-1], mixed.new_zeros(1)])  # the last place counts for the decoder
        return state.view(1, 1, -1), state.view(1, 1, -1)

    def initHidden(self) -> torch.Tensor:
        return torch.zeros(1, 1, self.hidden_size)

    init_hidden = initHidden


class Decoder(nn.Module):
    def __init__(self, vocabulary: int, hidden: int, longest: int, words: int | None) -> None:
        super().__init__()
        self.hidden_size, self.max_length, self.stop_after = hidden, longest, words
        self.words = nn.Embedding(vocabulary, hidden)
        self.where = nn.Linear(hidden, longest)
        self.out = nn.Linear(hidden, vocabulary)

    def forward(
        self, word: torch.Tensor, hidden: torch.Tensor, outputs: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        state, count = hidden[0, 0], float(hidden[0, 0, -1])
        weights = F.softmax(self.where(state), dim=0)[None]
        previous = self.words(word.reshape(()))
        mixed = torch.tanh(2 * previous + 2 * (weights @ outputs)[0] + 0.9 * state)
        scores = 3 * self.out(mixed)
        if self.stop_after is not None:
            end = torch.arange(len(scores)) == 1
            scores = scores + torch.where(end == (count >= self.stop_after), 0.0, -60.0)
            scores = scores - 60.0 * (torch.arange(len(scores)) == 0)
        after = torch.cat([mixed[:-1], torch.full((1,), count + 1, dtype=mixed.dtype)])
        return F.log_softmax(scores, dim=0)[None], after.view(1, 1, -1), weights

    def initHidden(self) -> torch.Tensor:
        return torch.zeros(1, 1, self.hidden_size)

    init_hidden = initHidden


class Lang:
    """The words of a language, by number and the other way round."""

    def __init__(self, size: int, letter: str) -> None:
        self.name, self.n_words = letter, size
        self.index2word = {0: "SOS", 1: "EOS", **{i: letter + str(i) for i in range(2, size)}}
        self.word2index = {word: i for i, word in self.index2word.items() if i > 1}
        self.word2count = dict.fromkeys(self.word2index, 1)
