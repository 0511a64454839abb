"""A fake model for judging training loops, and what it has to become.

The fake model is a softmax regression on word counts with weights that the judge chose. It is handed to the student's
`train`; what it must be after one and after a few steps, and what its losses and accuracies are, the judge computes
for itself in float64. Its output is log-probabilities, for which cross-entropy and negative log-likelihood are one.
Ids outside 1..WORDS count for nothing, so that padding, whatever its id, has no influence.

What it notes of its passes lies beside the student's code, which may rewrite it. So that decides no mark: it chooses between
questions, and gives a name to a mistake that values have shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Exchange, Failure, Module, StandsFor, Student, Text, properties
from grader.checks.signature import bind
from grader.lessons.knock80_89 import _history
from grader.lessons.knock80_89._fakes import classifier

WORDS, LABELS = 11, 5
SIZES = {"vocab_size": WORDS + 2, "emb_size": 8, "padding_idx": WORDS + 1, "output_size": LABELS, "hidden_size": 8}
OWN_MODEL = StandsFor("RNN", SIZES)
TRAIN_TIME, VALID_TIME = 6, 7  # by its length the judge knows which set a title is from
STILL = 1e-9  # a learning rate that changes nothing: then every honest average is the same


Title = tuple[Tensor, int]
MODEL = Text(en="the model after training", ja="学習後のモデル")


@dataclass(frozen=True)
class ForwardPass:
    """One forward pass of the fake model.

    time: the most words in a title of the batch, padding not counted. device: where it ran, or "missing" where it was sent to a GPU that is not there.
    """

    training: bool
    gradient: bool
    batch: int
    time: int
    device: str


@dataclass(frozen=True)
class FakeModel:
    """The fake model, and the numbers it was made of."""

    module: Module
    weight: Tensor  # (L, K)
    bias: Tensor  # (L,)

    def seen(self) -> list[ForwardPass]:
        """Its passes so far as it noted them, see above."""
        rows = None
        with self.module.student.unrecorded(), suppress(CallFailed):  # how often a loop looks is its own affair
            rows = self.module.method("log")
        return [ForwardPass(*row) for row in rows if is_pass(row)] if isinstance(rows, list) else []

    def now(self) -> tuple[Tensor, Tensor]:
        """Weight and bias as they are after training, float64."""
        current = self.module.current()
        weight, bias = (
            properties.has_shape(current.get(name), tuple(before.shape), MODEL)
            for name, before in (("weight", self.weight), ("bias", self.bias))
        )
        return weight.double(), bias.double()


def is_pass(row: Any) -> bool:
    kinds = (bool, bool, int, int, str)
    return isinstance(row, tuple) and len(row) == 5 and all(type(v) is kind for v, kind in zip(row, kinds, strict=True))


@dataclass(frozen=True)
class FakeKind:
    """What a fake model multiplies the words by, each (K,): in training mode, in evaluation mode, with gradients, without."""

    awake: Tensor
    asleep: Tensor
    tracked: Tensor
    untracked: Tensor


ONES = torch.ones(WORDS)
PLAIN = FakeKind(ONES, ONES, ONES, ONES)


def fake_model(student: Student, draw: Draw, kind: FakeKind = PLAIN, weight: Tensor | None = None) -> FakeModel:
    return fake_model_of(
        student,
        draw.normal(LABELS, WORDS, scale=0.4) if weight is None else weight,
        draw.normal(LABELS, scale=0.4),
        kind,
    )


def fake_model_of(student: Student, weight: Tensor, bias: Tensor, kind: FakeKind) -> FakeModel:
    # Who goes back to the best epoch at the end, in a training of their own, has learnt all the same until then.
    parts = (weight, bias, kind.awake, kind.asleep, kind.tracked, kind.untracked, student.promised)
    return FakeModel(student.lend(classifier.FakeModel, *parts, own=OWN_MODEL), weight, bias)


def titles(draw: Draw, count: int, time: int) -> list[Title]:
    """`count` titles of `time` words each, with labels that are not all alike."""
    labels = (draw.integers(0, LABELS, 1) + torch.arange(count) * 2) % LABELS
    return [(draw.integers(1, WORDS + 1, time), int(label)) for label in labels]


# --- what must come of it, from the definition ---------------------------------------------------


def counts(title: Tensor) -> Tensor:
    """How often each word occurs: (K,), float64."""
    return torch.tensor([int((title == word).sum()) for word in range(1, WORDS + 1)], dtype=torch.float64)


def scores(data: list[Title], weight: Tensor, bias: Tensor) -> Tensor:
    """(N, L) log-probabilities of the fake model, float64."""
    features = torch.stack([counts(title) for title, _ in data])
    return (features @ weight.double().T + bias.double()).log_softmax(dim=-1)


def measure(data: list[Title], weight: Tensor, bias: Tensor) -> tuple[float, float]:
    """Mean loss over the titles, and the share of right answers."""
    found = scores(data, weight, bias)
    losses = [-float(row[label]) for row, (_, label) in zip(found, data, strict=True)]
    hits = [int(row.argmax()) == label for row, (_, label) in zip(found, data, strict=True)]
    return sum(losses) / len(data), sum(hits) / len(data)


def truth(train: list[Title], valid: list[Title], weight: Tensor, bias: Tensor, epochs: int) -> dict[str, list[Tensor]]:
    """The history of a model that stays as it is."""
    numbers = (*measure(train, weight, bias), *measure(valid, weight, bias))
    return {
        name: [torch.full((epochs,), number, dtype=torch.float64)]
        for name, number in zip(_history.SERIES, numbers, strict=True)
    }


def has_an_entry_an_epoch(model: FakeModel, found: dict[str, Tensor], titles: int) -> None:
    """Raises Failure for a history that is too short: because fewer epochs were learned, or because fewer were kept."""
    entries = len(next(iter(found.values())))
    if entries == _history.EPOCHS:
        return
    learned = sum(seen.batch for seen in model.seen() if seen.gradient and seen.training)
    raise Failure(
        Text(
            en=f"There were {_history.EPOCHS} epochs, but the history has {entries} entries.",
            ja=f"{_history.EPOCHS} エポック学習したのに、履歴には {entries} 個しか値がありません。",
        ),
        Text(
            en="How many times does the outer loop run, and where in it is something appended to the four lists?",
            ja="外側のループは何回まわり、そのどこで 4 つのリストに追加していますか。",
        ),
        misconception="epochs_ignored" if learned == titles * entries else "last_epoch_only" if entries == 1 else None,
    )


@contextmanager
def by_what_it_does(student: Student) -> Iterator[None]:
    """Name a mistake by what the training does, not by its numbers.

    These come of random weights of sizes that everybody chooses, and of an order that everybody shuffles: no known answer
    would ever have the same. So what was asked is remembered only by name; what ended in an error stays, for errors are alike.
    """
    crashed = False
    try:
        yield
    except CallFailed:
        crashed = True
        raise
    finally:
        targets = dict.fromkeys(e.request["target"] for e in student.exchanges if isinstance(e.request["target"], str))
        names = [name for name in targets if name != "lent"]
        kept = [Exchange({"op": "describe", "section": student.section, "target": name}) for name in names]
        student.exchanges[:] = kept if student.promised and not crashed else student.exchanges


# --- asking --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trainer:
    """The student's training function. `name`: what the contract calls it; `own`: what they call it."""

    student: Student
    name: str
    own: str
    parameters: list[Any]

    @property
    def takes_batches(self) -> bool:
        """Whether a batch size can be asked for; else it learns from one title at a time."""
        named = {str(p[0]) for p in self.parameters}
        return "batch_size" in named or len(self.parameters) > 5 or any(p[1] == "VAR_KEYWORD" for p in self.parameters)

    def takes(self, name: str) -> bool:
        return any(p[0] == name or p[1] == "VAR_KEYWORD" for p in self.parameters)

    def one_by_one(self, draw: Draw) -> bool:
        """Whether it learns from one title at a time, even where batches are asked for."""
        if not self.takes_batches:
            return True
        data, valid = titles(draw, 3, TRAIN_TIME), titles(draw, 2, VALID_TIME)
        with self.student.unrecorded():
            model = fake_model(self.student, draw)
            self(model.module, data, valid, _history.anything, epochs=1, lr=STILL, batch_size=3)
        return {seen.batch for seen in model.seen() if seen.gradient and seen.time != VALID_TIME} == {1}

    def __call__(self, model: Any, train: list[Title], valid: list[Title], view: Any, **options: Any) -> Any:
        """Ask for training, by name or in the contract's order; the request is kept in the contract's form."""
        before = len(self.student.exchanges)
        asked = {k: v for k, v in options.items() if k != "batch_size" or self.takes_batches}
        sets = (model, train, valid)
        args, kwargs = bind(self.parameters, sets, asked)
        if "device" in asked and not kwargs and len(self.parameters) < len(args):
            args = args[:-1]  # a trainer that finds its device by itself
        try:
            return self.student.call(self.own, *args, view=view, **kwargs)
        finally:
            handle = model.handle if isinstance(model, Module) else model
            self.student.restate(before, target=self.name, args=(handle, train, valid), kwargs=options)


def trainer(student: Student, name: str, *others: str) -> Trainer:
    """The function that trains: by its name in the contract, or by another that people use."""
    written, asked = student.matching.written, student.section
    if student.matching.active and written.parsed and not written.attempted(asked):
        others = ()  # what another exercise was answered with is no answer to one that was left out
    for own in (name, *others):
        try:
            described = student.describe(own)
        except CallFailed:
            continue
        return Trainer(student, name, own, described["parameters"])
    return Trainer(student, name, name, student.describe(name)["parameters"])
