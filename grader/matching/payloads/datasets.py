"""The student's own `Dataset` on the judge's titles, and batches of the parts that a loop takes apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch

Spec = Sequence[tuple[str, Any]]  # each parameter: tokenizer, titles or labels, or the value that it is given
Pairs = list[tuple[Any, int]]  # title and label
LABELLED = re.compile(r"(?i)label|categ|target|class")  # a column of a table


def specified(spec: Spec, known: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a spec, those that are named after what is known in full."""
    return {name: known.get(what, what) if isinstance(what, str) else what for name, what in spec}


class TitleList(list[Any]):
    """A list that a class made for a column of pandas can look into: `self.X.iloc[i]`, `titles.values`.

    It is the table of that column too, and with `labels` of two: `self.X, self.y = df["TITLE"], df["CATEGORY"]`.
    """

    labels: Any = None

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, str):
            return super().__getitem__(place)
        return self.labels if self.labels is not None and LABELLED.search(place) else self

    @property
    def iloc(self) -> TitleList:
        return self

    @property
    def loc(self) -> TitleList:
        return self

    @property
    def values(self) -> Any:
        return np.array(self)

    def to_numpy(self) -> Any:
        return self.values

    def tolist(self) -> list[Any]:
        return list(self)

    def reset_index(self, **_options: Any) -> TitleList:
        return self


# --- ids and mask of a data set's items ----------------------------------------------------------


def encode_by(theirs: Callable[..., Any], spec: Spec) -> Callable[..., Any]:
    """A Dataset as `encode(tokenizer, titles)`, which gives ids and mask (B, T).

    They are told by their names, or where items are tuples, by their kind; items of different lengths are padded with
    0, and where no mask comes along, the padding tells it.
    """

    def encode(tokenizer: Any, titles: Iterable[Any]) -> dict[str, torch.Tensor]:
        titles = TitleList(titles)
        titles.labels = taken_by(theirs, TitleList([0] * len(titles)))
        known = {"tokenizer": tokenizer, "titles": titles, "labels": titles.labels}
        data = theirs(**specified(spec, known))
        found = [ids_and_mask(data[i]) for i in range(len(titles))]
        ids, masks = padded([one for one, _ in found]), [mask for _, mask in found]
        told = [mask for mask in masks if mask is not None]
        return {"input_ids": ids, "attention_mask": padded(told) if len(told) == len(masks) else ids.ne(0).long()}

    return encode


def taken_by(theirs: Callable[..., Any], labels: Any) -> Any:
    """The labels for a class as they are; a function puts them into its data set, where they have to be a tensor."""
    return labels if isinstance(theirs, type) else torch.tensor(labels)


def ids_and_mask(item: Any) -> tuple[torch.Tensor, torch.Tensor | None]:
    if hasattr(item, "items"):
        whole = {str(name): flat_ids(part) for name, part in item.items()}
        mask = next((part for name, part in whole.items() if "mask" in name), None)
        others = ("mask", "type", "label", "target", "seg")
        ids = [part for name, part in whole.items() if not any(w in name for w in others)]
        return next(part for part in ids if part is not None), mask
    parts = [part for part in map(flat_ids, item) if part is not None]
    first = parts[0]
    return first, next((p for p in parts[1:] if len(p) == len(first) and bool((p <= 1).all())), None)


def flat_ids(part: Any) -> torch.Tensor | None:
    """Whole numbers in a row, (T,); None for a label or anything else."""
    if isinstance(part, (list, tuple)) and part and all(type(number) is int for number in part):
        part = torch.tensor(part)
    fine = isinstance(part, torch.Tensor) and not part.is_floating_point() and part.numel() > 1
    return part.reshape(-1).long() if fine else None


def padded(rows: list[torch.Tensor]) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


# --- what a loop is handed -----------------------------------------------------------------------


def labels_of(pairs: Pairs, one_hot: bool) -> Any:
    """The labels, as a list of numbers or as rows with a single 1."""
    classes = 1 + max(label for _, label in pairs)
    if not one_hot:
        return TitleList(label for _, label in pairs)
    return torch.eye(classes)[[label for _, label in pairs]].numpy()


def own_dataset(theirs: Callable[..., Any], spec: Spec, tokenizer: Any, pairs: Pairs, one_hot: bool) -> Any:
    """The student's own Dataset on the judge's titles."""
    titles = TitleList(title for title, _ in pairs)
    titles.labels = taken_by(theirs, labels_of(pairs, one_hot))
    known = {"tokenizer": tokenizer, "titles": titles, "labels": titles.labels}
    return theirs(**specified(spec, known))


def encoded_items(
    parts: Sequence[tuple[str, str]], named: bool, tokenizer: Any, pairs: Pairs, one_hot: bool
) -> list[Any]:
    """Titles as the items that a loop takes apart.

    parts: the name and the meaning of each; named: by name, else in this order.
    """
    rows = [tokenizer.encode(title) for title, _ in pairs]
    longest = max(map(len, rows))
    labels = torch.tensor(labels_of(pairs, one_hot))
    items: list[Any] = []
    for row, label in zip(rows, labels, strict=True):
        mask = torch.tensor([1] * len(row) + [0] * (longest - len(row)))
        ids = torch.tensor(row + [0] * (longest - len(row)))
        known = {"ids": ids, "mask": mask, "types": mask * 0, "labels": label, "lengths": len(row)}
        whole = {name: known[what] for name, what in parts}
        items.append(whole if named else tuple(whole.values()))
    return items
