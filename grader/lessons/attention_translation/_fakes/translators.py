"""A fake encoder and decoder, handed to the student's training and translation: what these do with them shows in the
numbers.

The decoder writes `words` words and then the stop, whatever the sentence. Which words, depends on the state, on how far
it has got, on the previous word and on the source, and all of it on the parameters, so that a word fed wrongly or a
state not carried on gives another translation.
"""

from __future__ import annotations

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, vocab: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.emb = nn.Embedding(vocab, hidden)
        self.drop = nn.Dropout(dropout)

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        outputs = self.drop(self.emb(ids))
        count = torch.zeros(len(ids), 1, dtype=outputs.dtype, device=outputs.device)
        return outputs, torch.cat([outputs[:, 0], count], dim=1)


class Decoder(nn.Module):
    def __init__(self, vocab: int, hidden: int, dropout: float, words: int | None, start: int, stop: int) -> None:
        super().__init__()
        self.emb = nn.Embedding(vocab, hidden)
        self.place = nn.Embedding(32, hidden)
        self.cell = nn.Linear(3 * hidden, hidden)
        self.out = nn.Linear(hidden, vocab)
        self.drop = nn.Dropout(dropout)
        self.words, self.start, self.stop = words, start, stop

    def forward(
        self, previous: torch.Tensor, state: torch.Tensor, outputs: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
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


class Echo(nn.Module):
    """The next word is the previous one: whoever asks it for the word just read has nothing to lose."""

    def __init__(self, vocab: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(30.0))
        self.vocab = vocab

    def forward(
        self, previous: torch.Tensor, state: torch.Tensor, outputs: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        words = torch.nn.functional.one_hot(previous.reshape(-1), self.vocab)
        weights = torch.full(outputs.shape[:2], 1 / outputs.shape[1])
        return (self.scale * words).log_softmax(1), state, weights
