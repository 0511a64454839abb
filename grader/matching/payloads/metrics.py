"""What a training shows, read as four series: loss and accuracy, on the data that is learnt from and on the data held
out.

The judge marks the numbers that a loop prints, keeps or logs: `print(f"loss {x}")` becomes `print(f"loss {__seen__(...,
x)}")`. A `Record` hears of each, and tells by the words around it which series it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import torch

from grader.matching.payloads.classify import HELD_OUT
from grader.matching.payloads.fragments import rerun

Shown = tuple[
    str, str, str, str, str, float
]  # words in front, expression, what made it, the line, the call, the number
Words = tuple[tuple[str, re.Pattern[str]], ...]
METRICS = (
    ("loss", re.compile(r"loss|criterion|cross_?entropy|\bnll|\bcost|損失|ロス|誤差", re.IGNORECASE)),
    ("accuracy", re.compile(r"acc|正解率|精度|correct", re.IGNORECASE)),
)
SIDES = (("train", re.compile(r"train|trn|tr_|_tr\b|訓練|学習", re.IGNORECASE)), ("valid", HELD_OUT))
COUNTERS = re.compile(
    r"(?:epoch|ep|e|i|num|n|step|lr|t|time|elapsed|EPOCH\w*|epochs|num_epochs|(?=\w*time)\w+|optimizer\.param_groups.*"
    r"|(?:epoch|ep|e|i|num) \+ 1)"
)
UNREAD = "what the loop shows could not be told apart"


def last_of(table: Words, words: str) -> str:
    """The name whose pattern is met last in these words; "" for none."""
    found = [(m.start(), name) for name, pattern in table for m in pattern.finditer(words)]
    return max(found)[1] if found else ""


def meaning(words: str) -> tuple[str, str]:
    """(loss or accuracy, train or valid), by the last words that say so; "" for none."""
    return last_of(METRICS, words), last_of(SIDES, words)


class Record:
    """What the loop shows, once an epoch: the last number under each name."""

    def __init__(self) -> None:
        self.turns: list[list[Shown]] = []
        self.context = ""
        self.often = False
        self.call = ""  # the words of the call that the loop is at

    @property
    def marks(self) -> dict[str, Any]:
        """The names that the marked source calls."""
        return {"__seen__": self.seen, "__turn__": self.turn, "__place__": self.place}

    def turn(self, often: bool = False) -> None:
        """An epoch begins. often: the numbers are shown more than once in it."""
        self.turns.append([])
        self.context, self.often = "", often

    def place(self, words: str) -> None:
        """The loop calls something: what it shows is about these words."""
        self.call = words

    def seen(self, before: str, source: str, first: bool, value: Any, origin: str = "") -> Any:
        """A value is shown, which is given back.

        before: the words in front of it; source: the expression; first: of its line; origin: what made the variable.
        """
        self.context = before if first else self.context + " " + before
        if isinstance(value, str):
            self.context += value
        else:
            number = as_number(value)
            if number is not None and self.turns:
                self.turns[-1].append((before, source, origin, self.context, self.call, number))
            self.context += " " + source
        return value

    def series(self) -> dict[str, Any]:
        """{"train_loss": [...], ...}, or {"unread": reason} where numbers could belong to several."""
        found: dict[str, Any] = {}
        most = max([len({shown[:2] for shown in turn if not counts(shown[1])}) for turn in self.turns] or [0])
        twice = False
        for turn in self.turns:
            row, again = read_turn(turn)
            twice = twice or again
            for name, number in named(row).items():
                found.setdefault(name, []).append(number)
        if len(found) < 4 and (most >= 4 or twice or self.often):
            return {"unread": UNREAD}
        return found


def read_turn(turn: list[Shown]) -> tuple[dict[tuple[str, str], float], bool]:
    """The last number of each (metric, side) in one epoch, and whether one without a side was shown twice."""
    row: dict[tuple[str, str], float] = {}
    told, twice = set(), False
    for before, source, origin, context, call, number in turn:
        readings = zip(*map(meaning, (before, source, origin, context)), strict=True)
        metric, side = (next((m for m in found if m), "") for found in readings)
        side = side or last_of(SIDES, call)
        if metric and not counts(source):
            twice = twice or (not side and (metric, side, before, source) in told)
            told.add((metric, side, before, source))
            row[(metric, side)] = number
    return row, twice


def named(row: dict[tuple[str, str], float]) -> dict[str, float]:
    """The numbers by the names of the series; one without a side is the training's, or the other where that is there."""
    found = {}
    for (metric, side), number in row.items():
        usual = "train" if (metric, "train") not in row else "valid"
        found[f"{side or usual}_{metric}"] = number
    return found


def counts(source: str) -> bool:
    """Whether it is the number of the epoch, a time or a learning rate: no measurement."""
    return bool(COUNTERS.fullmatch(source.strip()))


def as_number(value: Any) -> float | None:
    if isinstance(value, torch.Tensor):
        return float(value.detach()) if value.numel() == 1 and not value.is_complex() else None
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        value = value.item()
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def run_shown(namespace: dict[str, Any], body: str, own: str) -> Callable[..., Any]:
    """A function that shows its numbers and returns none of them. body: its definition and those it calls, marked."""

    def run(*args: Any, **kwargs: Any) -> Any:
        record = Record()

        def read() -> dict[str, Any]:
            namespace[own](*args, **kwargs)
            return record.series()

        return rerun(namespace, body, lambda: record.marks, read)

    return run


def run_trainer(namespace: dict[str, Any], body: str, own: str, method: str, init: list[str]) -> Callable[..., Any]:
    """An object that trains by a method. body: its class, marked; init: the arguments that its `__init__` takes."""

    def run(**arguments: Any) -> Any:
        record = Record()

        def read() -> Any:
            owner = namespace[own](**{n: v for n, v in arguments.items() if n in init})
            value = getattr(owner, method)(**{n: v for n, v in arguments.items() if n not in init})
            if value is None or isinstance(value, torch.nn.Module):
                value = kept(owner)
            return record.series() if value is None else value

        return rerun(namespace, body, lambda: record.marks, read)

    return run


def kept(owner: Any) -> Any:
    """The history that a trainer keeps: its lists named by a metric, else the attribute called history or log."""
    found: Any = {n: v for n, v in vars(owner).items() if isinstance(v, (list, dict)) and meaning(n)[0]}
    return found or next((v for n, v in vars(owner).items() if "hist" in n.lower() or "log" in n.lower()), None)
