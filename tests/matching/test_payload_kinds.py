"""The classifier of values and the reader of metrics, as the modules that they are."""

from __future__ import annotations

from typing import Any

import pandas
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.matching.payloads import (
    classify,
    metrics,
)
from grader.matching.payloads.classify import STREAMS, TEXTS, TRAINING, kind_of
from grader.matching.payloads.fake_encoder import Tokenizer
from grader.matching.payloads.fake_models import Vectors
from tests.matching.payload_values import table

# --- the classifier --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (nn.Linear(2, 2), "model"),
        (nn.CrossEntropyLoss(), "criterion"),
        (torch.optim.SGD([torch.zeros(1)]), "optimizer"),
        (DataLoader(TensorDataset(table())), "loader"),
        ({"train": TensorDataset(table())}, "several"),
        (torch.device("cpu"), "device"),
        (table(), "ids"),
        (table() % 2, "mask"),
        (table() * 0, "types"),
        (torch.eye(10), "onehot"),
        (torch.rand(10, 3), ""),
        (list(range(10)), "labels"),
        (table().numpy()[:, 0], "labels"),
        (pandas.Series(range(10)), "labels"),
        ([torch.tensor([1, 2])] * 10, "titles"),
        ([1, 2], ""),
        ("text", ""),
    ],
)
def test_what_a_training_reads_is_told(value: Any, kind: str) -> None:
    """By its class, or by the numbers that it holds."""
    assert kind_of(value, TRAINING) == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (["a red dog sat"] * 10, "texts"),
        ([["a", "red", "dog"]] * 10, "texts"),
        (pandas.DataFrame({"t": ["a red dog sat"] * 10, "n": range(10)}), "texts"),
        (pandas.Series(["a red dog sat"] * 10), "texts"),
        ([f"w{i}" for i in range(10)], "words"),
        ({f"w{i}": i for i in range(10)}, "vocab"),
        (Vectors([f"w{i}" for i in range(10)], torch.ones(10, 3)), "vectors"),
        (Tokenizer(["red"]), "tokenizer"),
        (table(), "encoded"),
        (table() % 2, "shown"),
        ([[1, 2, 3]] * 10, "encoded"),
        (7, ""),
    ],
)
def test_what_becomes_of_titles_is_told(value: Any, kind: str) -> None:
    """Titles, words, vocabularies, vectors and ids, in whatever they are kept."""
    assert kind_of(value, TEXTS) == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [(5, "number"), (True, ""), (torch.arange(20), "text"), ({"train": list(range(20))}, "text"), (torch.rand(20), "")],
)
def test_what_a_language_model_reads_is_told(value: Any, kind: str) -> None:
    """A number, or a long row of ids."""
    assert kind_of(value, STREAMS) == kind


def test_an_object_that_breaks_when_it_is_looked_at_is_nothing() -> None:
    """And nothing is raised."""

    class Odd:
        @property
        def ndim(self) -> int:
            raise RuntimeError("no")

    assert kind_of(Odd(), TRAINING) == kind_of(Odd(), STREAMS) == ""


def test_the_held_out_set_is_told_by_its_name() -> None:
    """English and Japanese."""
    assert all(classify.HELD_OUT.search(name) for name in ("X_valid", "dev_loader", "検証データ"))
    assert not classify.HELD_OUT.search("X_train")


# --- metrics ---------------------------------------------------------------------------------------


def shown(*lines: list[tuple[str, str, Any]]) -> dict[str, Any]:
    record = metrics.Record()
    for line in lines:
        record.turn()
        for place, (before, source, value) in enumerate(line):
            assert record.seen(before, source, place == 0, value) is value
    return record.series()


def test_series_are_told_by_the_words_in_front() -> None:
    """One number of each an epoch; the epoch itself is none."""
    lines = [
        [
            ("epoch ", "epoch", n),
            (" train loss ", "a", 0.5 - n),
            (" acc ", "b", 0.25),
            (" valid loss ", "c", torch.tensor(0.75)),
            (" acc ", "d", 1.0),
        ]
        for n in range(2)
    ]
    assert shown(*lines) == {
        "train_loss": [0.5, -0.5],
        "train_accuracy": [0.25, 0.25],
        "valid_loss": [0.75, 0.75],
        "valid_accuracy": [1.0, 1.0],
    }


def test_series_that_cannot_be_told_apart_are_not_read() -> None:
    """Four numbers without a word."""
    assert shown([("", name, 0.5) for name in "pqrs"]) == {"unread": metrics.UNREAD}


def test_a_loss_without_a_side_is_the_trainings() -> None:
    """And the other's where that one is there."""
    assert metrics.named({("loss", ""): 1.0}) == {"train_loss": 1.0}
    assert metrics.named({("loss", "train"): 1.0, ("loss", ""): 2.0}) == {"train_loss": 1.0, "valid_loss": 2.0}


@pytest.mark.parametrize("source", ["epoch", "i + 1", "elapsed_time", "optimizer.param_groups[0]['lr']"])
def test_counters_are_no_measurements(source: str) -> None:
    """The number of the epoch, times and rates."""
    assert metrics.counts(source) and not metrics.counts("val_" + "loss")


def test_a_trainer_is_made_and_its_history_read() -> None:
    """Its arguments go to the constructor or to the method, as each takes them."""
    body = (
        "class T:\n    def __init__(self, model): self.loss_history = []\n"
        "    def fit(self, epochs):\n        self.loss_history += [0.5] * epochs\n"
    )
    namespace: dict[str, Any] = {}
    run = metrics.run_trainer(namespace, body, "T", "fit", ["model"])
    assert run(model=None, epochs=2) == {"loss_history": [0.5, 0.5]} and namespace == {}


def test_a_function_that_shows_is_read() -> None:
    """By the marks in its definition."""
    body = "def fit(n):\n    for _ in range(n):\n        __turn__()\n        __seen__('train loss', 'x', True, 0.5)\n"
    assert metrics.run_shown({}, body, "fit")(2) == {"train_loss": [0.5, 0.5]}


@pytest.mark.parametrize(
    ("name", "held_out"),
    [("valid_loader", True), ("dev_y", True), ("X_test", True), ("evaluate", True), ("検証データ", True),
     ("device", False), ("values", False), ("interval", False), ("latest", False), ("train_dl", False)],
)  # fmt: skip
def test_what_is_measured_on_is_told_by_its_name(name: str, held_out: bool) -> None:
    """The parts of other words say nothing: a batch that is sent to a device is no development data."""
    assert bool(classify.HELD_OUT.search(name)) is held_out
