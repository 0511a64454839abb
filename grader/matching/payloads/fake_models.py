"""Fakes of models and vectors for trials: small enough that what comes back says how they were asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import torch


def ids_in(parts: Iterable[Any]) -> torch.Tensor:
    """The ids (B, T) among what a loop hands to its model: by place or by name, in a dict, a list or an object.

    Words may come one-hot, (B, T, V): rows of zeros are the id 0.
    """
    found = [p for p in leaves(parts) if isinstance(p, torch.Tensor)]
    whole = next((p for p in found if p.dim() == 2 and not p.is_floating_point()), None)
    if whole is not None:
        return whole
    one_hot = next((p for p in found if p.dim() == 3), None)
    if one_hot is None:
        shapes = ", ".join(str(tuple(p.shape)) for p in found) or "no tensor"
        raise ValueError(f"the model expects ids of the shape (B, T), but was given {shapes}")
    return one_hot.argmax(dim=2)


def leaves(parts: Iterable[Any]) -> Iterator[Any]:
    for part in parts:
        if isinstance(part, torch.Tensor):
            yield part
        elif isinstance(part, dict):
            yield from leaves(part.values())
        elif isinstance(part, (list, tuple)):
            yield from leaves(part)
        elif hasattr(part, "__dict__"):
            yield from leaves(vars(part).values())


# model.init_hidden(batch_size), net.reset_state(), model.initHidden()
MAKES_STATE = re.compile(
    r"(?:init|reset|zero|clear|detach)_?\w{0,20}(?:hidden|state|h0|memory)s?|(?:hidden|state)_init", re.IGNORECASE
)


class Classifier(torch.nn.Module):
    """A model that takes what trainers ask of their own models besides: `model.init_hidden()`, `x.to(model.device)`."""

    sent = ""  # where it was last sent to

    def __getattr__(self, name: str) -> Any:
        if name == "device":
            return torch.device(self.sent or "cpu")
        return (lambda *_given, **_named: None) if MAKES_STATE.fullmatch(name) else super().__getattr__(name)


class Bag(Classifier):
    """ids (B, T) -> logits (B, 5), by how often each of eleven words occurs.

    ready: with labels it gives a loss, as a library's does.
    """

    def __init__(self, ready: bool = False) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(5, 11))
        self.bias = torch.nn.Parameter(torch.zeros(5))
        self.ready = ready

    def forward(self, *given: Any, **named: Any) -> Any:
        ids = ids_in([*given, *named.values()])
        counts = (ids[:, :, None] == torch.arange(1, 12)).sum(dim=1).to(self.weight.dtype)
        scores = counts @ self.weight.T + self.bias
        return with_loss(scores, named.get("labels")) if self.ready else scores


class LossAndLogits(tuple[torch.Tensor, ...]):
    """(loss, logits), or (logits,), by place and by name."""

    logits = property(lambda self: self[-1])
    loss = property(lambda self: self[0])


def with_loss(scores: torch.Tensor, labels: Any) -> LossAndLogits:
    if labels is None:
        return LossAndLogits((scores,))
    if labels.is_floating_point():
        return LossAndLogits((torch.nn.functional.binary_cross_entropy_with_logits(scores, labels), scores))
    return LossAndLogits((torch.nn.functional.cross_entropy(scores, labels.view(-1)), scores))


class Sums(torch.nn.Module):
    """ids (B, T) -> scores (B, T, 7): the next word tells the sum of all that it has read."""

    def __init__(self) -> None:
        super().__init__()
        self.sharpness, self.max_len = torch.nn.Parameter(torch.ones(1)), 399

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        best = ids.cumsum(dim=1) % 7
        return -self.sharpness * (((torch.arange(7) - best.unsqueeze(-1)) % 7) > 0).float()


class Table(torch.nn.Module):
    """ids (B, 5) -> scores (B, 5, V): a row for each word. Raises ValueError for any other length."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.table, self.max_len = torch.nn.Parameter(torch.zeros(size, size)), 5

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if ids.dim() != 2 or ids.shape[1] != 5:
            raise ValueError("the text was not cut as it was told")
        return self.table[ids]


class Vectors(dict[str, Any]):
    """A dict of word -> array that also answers to the names that gensim's KeyedVectors has."""

    def __init__(self, words: Iterable[str], matrix: torch.Tensor) -> None:
        words, rows = list(words), matrix.numpy()
        super().__init__(zip(words, rows, strict=False))
        self.index_to_key, self.vectors, self.vector_size = words, rows, rows.shape[1]
        self.key_to_index = {word: row for row, word in enumerate(words)}
        # what they were asked for before gensim 4
        self.wv, self.vocab, self.index2word, self.syn0 = self, self.key_to_index, words, rows

    def get_vector(self, word: str) -> Any:
        return self[word]
