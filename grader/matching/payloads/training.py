"""A training loop of the notebook, run again on the judge's model and data.

Every name that the loop reads is looked at, and what is a model, an optimizer, a loader, ids or labels gives way to the
judge's in the same form. Which set a name belongs to is told by the name; where only one loader is there, it is the one
that is learnt from.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from typing import Any

import torch

from grader.matching.payloads.classify import HELD_OUT, TRAINING, kind_of
from grader.matching.payloads.fragments import rerun
from grader.matching.payloads.metrics import Record, as_number
from grader.matching.payloads.training_data import (
    Filling,
    Titles,
    dataset_like,
    like,
    loader_like,
    optimizer_like,
    table_like,
)

BATCH_SIZES = re.compile(r"(?i)bs|b|batch_?size\w*|\w*_batch_?size|minibatch_?size")  # `BATCH_SIZE`, `train_batch_size`
DATA = ("dataset", "ids", "mask", "onehot", "labels", "titles")
TABLES = ("ids", "mask", "types", "onehot", "labels")


class Replacement:
    """The judge's own in the place of what the loop's names hold.

    size: of a batch. sets: the sizes of data sets, theirs -> ours.
    """

    def __init__(
        self, model: torch.nn.Module, train_set: Titles, valid_set: Titles, lr: float, size: int, device: str
    ) -> None:
        self.model, self.train_set, self.valid_set = model, train_set, valid_set
        self.lr, self.size, self.device = lr, size, device
        self.classes = 1 + max(label for _, label in [*train_set, *valid_set])
        self.sets: dict[int, int] = {}

    def titles(self, name: Any) -> Titles:
        return self.valid_set if HELD_OUT.search(str(name)) else self.train_set

    def values(self, namespace: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The new value of each name that gets one: first of what holds data, then of numbers that count it."""
        values: dict[str, Any] = {}
        for name in names:
            theirs: Any = namespace.get(name)
            kind = kind_of(theirs, TRAINING)
            if kind in REPLACED:
                values[name] = self.of_kind(name, theirs, kind)
            if kind == "loader":
                self.sets.setdefault(len(theirs.dataset), len(self.titles(name)))
                self.sets.setdefault(len(theirs), len(values[name]))
            elif kind in DATA:
                self.sets.setdefault(len(theirs), len(self.titles(name)))
        for name in names:
            self.count(name, namespace.get(name), values)
        return values

    def of_kind(self, name: Any, theirs: Any, kind: str) -> Any:
        titles, classes = self.titles(name), self.classes
        if kind == "model":
            return with_settings_of(theirs, self.model, self.size)
        if kind == "optimizer":
            return optimizer_like(theirs, self.model, self.lr)
        if kind == "loader":
            return loader_like(theirs, titles, self.size, classes)
        if kind == "dataset":
            return dataset_like(theirs, titles, classes)
        if kind == "several":
            parts = {k: "loader" if kind_of(v, TRAINING) == "loader" else "dataset" for k, v in theirs.items()}
            return {k: self.of_kind(k, theirs[k], part) for k, part in parts.items()}
        if kind == "titles":
            return [like(theirs[0], t) for t, _ in titles]
        return torch.device(self.device) if kind == "device" else table_like(theirs, kind, titles, classes)

    def count(self, name: str, theirs: Any, values: dict[str, Any]) -> None:
        """A number that is the size of a data set or of a batch, or a list that results are kept in."""
        if type(theirs) is int and theirs > 8 and theirs in self.sets:
            values[name] = self.sets[theirs]
        elif type(theirs) is int and BATCH_SIZES.fullmatch(name):
            values[name] = self.size
        elif isinstance(theirs, list) and kind_of(theirs, TRAINING) == "" and all(map(is_kept, theirs)):
            values[name] = []


def with_settings_of(theirs: Any, ours: torch.nn.Module, size: int) -> torch.nn.Module:
    """Our model with the plain attributes of the student's that it lacks, the size of a batch being ours: `range(model.batch_size)`."""
    for name, value in vars(theirs).items():
        plain = isinstance(value, (bool, int, float, str, torch.device)) and not name.startswith("_")
        if plain and name not in vars(ours):
            setattr(ours, name, size if type(value) is int and BATCH_SIZES.fullmatch(name) else value)
    return ours


REPLACED = ("model", "optimizer", "loader", "dataset", "several", "titles", "device", *TABLES)


def is_kept(value: Any) -> bool:
    """Whether it is something that a loop appends: a number, or several."""
    return as_number(value) is not None or isinstance(value, (list, tuple))


def emptied(table: Any) -> Any:
    """A table as it was before anything was kept in it: `torch.zeros(2, epochs)`, an array, `[0] * epochs`."""
    if isinstance(table, torch.Tensor):
        return torch.zeros_like(table)
    if isinstance(table, list) and all(as_number(value) is not None for value in table):
        return [0.0] * len(table)
    return table * 0 if type(table).__name__ == "ndarray" else copy.copy(table)


def encoded(tokenizer: Any, pairs: list[tuple[Any, int]]) -> Titles:
    """Titles as ids, where a tokenizer comes along."""
    return pairs if tokenizer is None else [(torch.tensor(tokenizer.encode(title)), label) for title, label in pairs]


def run_training(
    namespace: dict[str, Any], body: str, names: Sequence[str], tables: Sequence[str], alone: bool, setup: str
) -> Callable[..., Any]:
    """The loop as a function of model, data and settings that gives the four series.

    body: the loop, marked for a `Record`, for `__epochs__` turns; names: what it reads; tables: those of them that
    measurements are kept in by place; alone: it takes one title at a time; setup: the assignments in front of it.
    """

    def run(
        model: torch.nn.Module,
        train_set: Any,
        valid_set: Any,
        epochs: int,
        lr: float,
        batch_size: int = 1,
        device: str = "cpu",
        tokenizer: Any = None,
    ) -> Any:
        record = Record()

        def choose() -> dict[str, Any]:
            Filling.of(model)
            sets = encoded(tokenizer, train_set), encoded(tokenizer, valid_set)
            ours = Replacement(model, *sets, lr, 1 if alone else batch_size, device)
            empty = {name: emptied(namespace[name]) for name in tables if name in namespace}
            return {**ours.values(namespace, names), **empty, "__epochs__": epochs, "__lr__": lr, **record.marks}

        return rerun(namespace, body, choose, record.series, setup)

    return run


def tell_kinds(namespace: dict[str, Any], names: Sequence[str], setup: str) -> Callable[[], dict[str, str]]:
    """A function that says what the names hold after `setup`: {name: kind}, a loader with its batch size."""

    def read() -> dict[str, str]:
        found = {}
        for name in names:
            kind = kind_of(namespace[name], TRAINING) if name in namespace else ""
            if kind:
                found[name] = f"loader {namespace[name].batch_size}" if kind == "loader" else kind
        return found

    return lambda: rerun(namespace, "", dict, read, setup)
