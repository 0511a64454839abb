"""A training of the student that makes its own CNN, watched from outside, for problem 87."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    normalise,
    properties,
)
from grader.lessons.knock80_89 import _sizes
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._fakes.results import history_in, model_in
from grader.lessons.knock80_89._history import history

WORDS, LABELS, EPOCHS = 30, 5, 3
VOCABULARY = WORDS + 2  # ids 0 (unknown) to WORDS, and the padding last
GUESSING = math.log(LABELS)


@dataclass(frozen=True)
class Trained:
    """What came of one training."""

    model: Module
    series: dict[str, Tensor]
    labels: int = LABELS

    def scores(self, title: Tensor) -> Tensor:
        """ids (T,) -> log-probabilities (L,) in evaluation mode, without a batch and so without padding."""
        return properties.is_tensor(self.model(title[None], view=normalise.class_scores(1, self.labels)))[0]

    def measure(self, data: list[training.Title]) -> tuple[float, float]:
        """Mean loss and accuracy, by the judge."""
        rows = [self.scores(title) for title, _ in data]
        data = [(title, label % self.labels) for title, label in data]
        losses = [-float(row[label]) for row, (_, label) in zip(rows, data, strict=True)]
        hits = [int(row.argmax()) == label for row, (_, label) in zip(rows, data, strict=True)]
        return sum(losses) / len(data), sum(hits) / len(data)

    def changed(self, other: Trained) -> set[str]:
        """The parameters in which two trainings ended differently. Both began with the same random numbers."""
        mine, theirs = self.model.weights, other.model.weights
        return {name for name in mine if name not in theirs or not torch.equal(mine[name], theirs[name])}

    def parameters(self) -> Tensor:
        return torch.cat([w.double().flatten() for w in self.model.weights.values()])


def fit(
    student: Student,
    train: list[training.Title],
    valid: list[training.Title],
    epochs: int,
    lr: float,
    batch_size: int = 4,
    vocabulary: int = VOCABULARY,
) -> Trained:
    """Train a CNN the student's way: by fit_cnn, or by their train on their CNN where there is no such function.

    vocabulary: another number of ids; only where fit_cnn was promised.
    """
    sizes = {"vocab_size": vocabulary, "output_size": LABELS}
    loop: dict[str, int | float | str] = {"epochs": epochs, "lr": lr, "batch_size": batch_size, "device": "cpu"}
    try:
        student.describe("fit_cnn")
    except CallFailed:
        return by_parts(student, train, valid, loop)
    pair = student.module("fit_cnn", train_set=train, valid_set=valid, **sizes, **loop)
    model = student.lend(model_in, pair)
    if not model.weights:
        raise Failure(
            Text(
                en="fit_cnn should return the trained model and the history, but there is no model among what it returns.",
                ja="fit_cnn は学習済みモデルと履歴を返すはずですが、戻り値にモデルがありません。",
            ),
            misconception="model_not_returned",
        )
    model.eval()
    return Trained(model, student.lend(history_in, pair)(view=history))


def by_parts(
    student: Student, train: list[training.Title], valid: list[training.Title], loop: dict[str, int | float | str]
) -> Trained:
    trainer = trainer_of(student)
    sizes = {"vocab_size": VOCABULARY, "emb_size": 20, "padding_idx": VOCABULARY - 1, "output_size": LABELS}
    model = student.module("CNN", **sizes, out_channels=40)
    student.adopt(model, "CNN")
    match = student.matched("CNN")
    labels = LABELS if match is None or "output_size" in match.accepts else len(_sizes.head(model.weights))
    train, valid = ([(title, label % labels) for title, label in data] for data in (train, valid))
    options = {**loop, "padding_idx": VOCABULARY - 1} if trainer.takes("padding_idx") else loop
    series = trainer(model, train, valid, history, **options)
    model.eval().weights = model.current()  # no longer as it was built
    return Trained(model, series, labels)


def trainer_of(student: Student) -> training.Trainer:
    return training.trainer(student, "train_cnn", "train_batches", "train")


def titles(draw: Draw, count: int, time: int = 6) -> list[training.Title]:
    """Titles of known words with labels of all kinds."""
    return [(draw.integers(1, WORDS + 1, time), int(label)) for label in torch.arange(count) % LABELS]
