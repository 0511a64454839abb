"""Readings of a training history: the four series, however they are kept."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import torch
from torch import Tensor

from grader.checks import Evidence, Failure, Record, Text, properties
from grader.model import Array

SERIES = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")
EPOCHS = 3  # never four: four series of four numbers could be read either way

WORDS = {
    "train_loss": Text(en="the loss on the training data", ja="学習データの損失"),
    "train_accuracy": Text(en="the accuracy on the training data", ja="学習データの正解率"),
    "valid_loss": Text(en="the loss on the validation data", ja="検証データの損失"),
    "valid_accuracy": Text(en="the accuracy on the validation data", ja="検証データの正解率"),
}


def anything(_value: Any) -> None:
    """What is returned is not asked here: only what happened to the model."""


def history(value: Any) -> dict[str, Tensor]:
    """The four series by name, or as "0" to "3" where they come without names. Raises Failure."""
    named = by_name(value)
    found = named if named else unnamed(value)
    if len(found) == 4 and len({len(series) for series in found.values()}) == 1 and len(found[min(found)]):
        return found
    missing = [WORDS[name] for name in SERIES if name not in found] if named else []
    if missing:
        raise Failure(
            Text(
                en=f"The history does not hold {missing[0].en}.",
                ja=f"履歴に{missing[0].ja}が入っていません。",
            ),
            FORM,
        )
    kind = getattr(value, "type_name", type(value).__name__)
    raise Failure(
        Text(
            en=f"The history should hold four series with a number for each epoch, but is of type {kind} and cannot be read so.",
            ja=f"履歴はエポックごとの数値が並ぶ 4 本の系列のはずですが、{kind} 型で、そのように読み取れませんでした。",
        ),
        FORM,
    )


def shown(value: Any) -> dict[str, Tensor]:
    """The series that there are, none to four: of somebody who was never told to keep them. Raises Failure if unread."""
    if isinstance(value, dict) and list(value) == ["unread"]:
        return history(value)
    try:
        return history(value)
    except Failure:
        return by_name(value)


FORM = Text(
    en="Return a dict with train_loss, train_accuracy, valid_loss and valid_accuracy, each a list with one number an epoch.",
    ja="train_loss・train_accuracy・valid_loss・valid_accuracy を持つ辞書（それぞれエポックごとの数値のリスト）を返しましょう。",
)


def by_name(value: Any) -> dict[str, Tensor]:
    """Series found under names in dicts, rows of dicts and nested dicts. Test data are read where no validation data are named."""
    gathered: dict[str, list[float]] = {}
    for path, number in leaves(value, ()):
        name = meaning(path)
        if name:
            gathered.setdefault(name, []).append(number)
    for metric in ("loss", "accuracy"):
        series = gathered.pop(f"test_{metric}", [])
        if series and f"valid_{metric}" not in gathered:
            gathered[f"valid_{metric}"] = series
    return {name: torch.tensor(series, dtype=torch.float64) for name, series in gathered.items()}


def leaves(value: Any, path: tuple[str, ...]) -> Any:
    """Every number, with the keys that lead to it, in order."""
    value = fields_of(value)
    plain = to_number(value)
    if plain is not None:
        yield path, plain
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)) if isinstance(key, str) else path)
    elif isinstance(value, list | tuple) or numeric(value):
        for item in value:
            yield from leaves(item, path)


def meaning(path: tuple[str, ...]) -> str:
    """Which series a path such as ("val", "loss") or ("train_acc",) means; "" for none."""
    words = " ".join(path).lower()
    metric = "loss" if "loss" in words else "accuracy" if "acc" in words else ""
    held_out = any(word in words for word in ("val", "dev", "eval"))
    side = "valid" if held_out else "test" if "test" in words else "train"
    return f"{side}_{metric}" if metric else ""


def unnamed(value: Any) -> dict[str, Tensor]:
    """Four lists, a row of four an epoch, pairs of lists, or for each of two sets a pair an epoch."""
    value = fields_of(value)
    table = rectangle(list(value.values()) if isinstance(value, dict) else value)
    if table is None or table.dim() == 0:
        return {}
    if table.shape[0] != 4 and table.dim() == 2 and table.shape[1] == 4:
        table = table.T
    if table.dim() == 3 and table.shape[0] == table.shape[2] == 2 != table.shape[1]:
        table = table.transpose(1, 2)
    if table.dim() == 3:
        table = table.reshape(-1, table.shape[2]) if table.shape[0] * table.shape[1] == 4 else table.flatten(1).T
    return {str(i): series for i, series in enumerate(table)} if table.dim() == 2 and len(table) == 4 else {}


def rectangle(value: Any) -> Tensor | None:
    """Nested sequences of numbers as a tensor, where all rows are equally long."""
    plain = to_number(value)
    if plain is not None:
        return torch.tensor(plain, dtype=torch.float64)
    if not isinstance(value, list | tuple) and not numeric(value):
        return None
    parts = [rectangle(item) for item in value]
    whole = [part for part in parts if part is not None]
    if not whole or len(whole) != len(parts) or len({part.shape for part in whole}) != 1:
        return None
    return torch.stack(whole)


def fields_of(value: Any) -> Any:
    """A dataclass, such as History(train_loss=[...], ...), as a dict of its fields; anything else as it is."""
    return value.fields if isinstance(value, Record) else value


def numeric(value: Any) -> bool:
    """A tensor or array with at least one axis."""
    return hasattr(value, "tolist") and getattr(value, "ndim", 0) > 0


def to_number(value: Any) -> float | None:
    if isinstance(value, Tensor) and value.dim() == 0 and not value.is_complex():
        return float(value)
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


BY_HAND = Text(
    en="Take three titles and a model that does not learn (lr=0), work out loss and accuracy of each title by hand, and compare: what is "
    "summed over the titles, when in the epoch, in which mode of the model, and by which number is the sum divided in the end?",
    ja="題名 3 件と学習しないモデル（lr=0）で、1 件ずつの損失と正解を手で計算して比べましょう。何を題名について合計し、エポックのどの時点で、モデルのどのモードで測り、"
    "最後に何で割っていますか。",
)


def must_be(found: dict[str, Tensor], truth: dict[str, list[Tensor]], help: Text = BY_HAND) -> None:
    """Every series that is there is one of those that `truth` allows; without names, in some order. Accuracy may be percent."""
    if all(name in SERIES for name in found):
        for name in [name for name in SERIES if name in truth and name in found]:
            if not any(agrees(name, found[name], right) for right in truth[name]):
                raise Failure(
                    wrong(name, found[name], truth[name][0]), help, picture(name, found[name], truth[name][0])
                )
        return
    series = list(found.values())
    for order in permutations(SERIES):
        pairs = [(name, s) for name, s in zip(order, series, strict=True) if name in truth]
        if all(any(agrees(name, s, right) for right in truth[name]) for name, s in pairs):
            return
    raise Failure(
        Text(
            en="The four series are not the losses and accuracies that the model has, in whatever order they are read.",
            ja="4 本の系列を、どの順番で読んでも、モデルの実際の損失・正解率になっていません。",
        ),
        help,
    )


def agrees(name: str, found: Tensor, right: Tensor) -> bool:
    """Equal to five digits; only the last values where fewer are known or there; an accuracy also as a percentage."""
    count = min(len(found), len(right))
    tail, right = found[len(found) - count :], right[len(right) - count :]
    scales = (1.0, 100.0) if name.endswith("accuracy") else (1.0,)
    return any(properties.close(tail, right * scale, rtol=1e-3, atol=1e-4) for scale in scales)


def wrong(name: str, found: Tensor, right: Tensor) -> Text:
    """The last entry that is not what it should be."""
    count, words = min(len(found), len(right)), WORDS[name]
    tail, right = found[len(found) - count :], right[len(right) - count :]
    off = [n for n in range(count) if not agrees(name, tail[n : n + 1], right[n : n + 1])]
    at = off[-1] if off else count - 1
    if at < count - 1:
        entry = len(found) - count + at + 1
        return Text(
            en=f"After epoch {entry} of {len(found)} {words.en} is {float(right[at]):.4f}, but the history says {float(tail[at]):.4f}.",
            ja=f"{len(found)} エポック中 {entry} エポック目の{words.ja}は {float(right[at]):.4f} ですが、履歴では {float(tail[at]):.4f} です。",
        )
    return Text(
        en=f"At the end of training {words.en} is {float(right[-1]):.4f}, but the history says {float(tail[-1]):.4f}.",
        ja=f"学習の終わりの{words.ja}は {float(right[-1]):.4f} ですが、履歴では {float(tail[-1]):.4f} になっています。",
    )


def picture(name: str, found: Tensor, right: Tensor) -> tuple[Evidence, ...]:
    def series(values: Tensor) -> Array:
        return properties.as_array(torch.nan_to_num(values))

    return (Evidence("series", WORDS[name], series(found), series(right)),)
