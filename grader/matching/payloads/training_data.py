"""Data, loaders and optimizers of the judge's in the form of the notebook's own."""

from __future__ import annotations

from typing import Any

import torch

from grader.matching.payloads.classify import axes, flat, is_number_row, is_title, is_whole_array, rows_kind

Titles = list[tuple[torch.Tensor, int]]  # ids (T,) and label


class Unread(Exception):
    """The form of the loop's data cannot be told."""


class Filling:
    """The id that fills up titles: the model's own where it says one, else 0."""

    value = 0

    @classmethod
    def of(cls, model: torch.nn.Module) -> None:
        tables = [part for part in model.modules() if isinstance(part, torch.nn.Embedding)]
        cls.value = next((table.padding_idx for table in tables if table.padding_idx is not None), 0)


def padded(rows: Any) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence(list(rows), padding_value=Filling.value, batch_first=True)


# --- values in the form of the notebook's own ----------------------------------------------------


def like(theirs: Any, ours: torch.Tensor) -> Any:
    """A tensor as the student's value is kept: a tensor, a list, a pandas column or an array, of the same numbers."""
    if isinstance(theirs, torch.Tensor):
        return ours.to(theirs.dtype)
    if isinstance(theirs, (list, tuple)):
        return type(theirs)(ours.tolist())
    if type(theirs).__module__.split(".")[0] == "pandas":
        return type(theirs)(ours.numpy())
    return ours.numpy().astype(theirs.dtype)


def label_like(theirs: Any, label: int) -> Any:
    if isinstance(theirs, torch.Tensor):
        return torch.full_like(theirs, label)
    return type(theirs)(label) if not isinstance(theirs, (list, tuple)) else type(theirs)([label])


def table_like(theirs: Any, kind: str, titles: Titles, classes: int) -> Any:
    """The judge's titles in the place of a table of the student's: ids, mask, types, onehot or labels."""
    ids, gold = padded(t for t, _ in titles), torch.tensor([label for _, label in titles])
    if kind == "onehot":
        return like(theirs, torch.nn.functional.one_hot(gold, classes))
    if kind == "labels":
        return like(theirs, gold)
    shown = torch.nn.utils.rnn.pad_sequence([torch.ones_like(t) for t, _ in titles], batch_first=True)
    return like(theirs, {"ids": ids, "mask": shown, "types": shown * 0}[kind])


class Items(torch.utils.data.Dataset[Any]):
    """The judge's titles, each item in the form of the student's own items: a dict, or a tuple."""

    def __init__(self, theirs: Any, titles: Titles, classes: int) -> None:
        samples = [theirs[i] for i in range(min(len(theirs), 40))]
        self.samples, self.titles, self.classes = samples, titles, classes
        self.kind = "dict" if hasattr(samples[0], "items") else "tuple"
        rows = [list(s.items()) if self.kind == "dict" else list(enumerate(s)) for s in samples]
        told = {key: part_kind(key, [dict(row)[key] for row in rows]) for key, _ in rows[0]}
        self.what = dict(zip(told, surely(list(told.values())), strict=True))
        found = list(self.what.values())
        ids = found.count("ids") + found.count("words")
        if ids != 1 or found.count("label") + found.count("onehot") != 1 or "other" in found:
            raise Unread("the items of the data set are of another form")
        self.fixed = all(len(self.first(s)) == len(self.first(samples[0])) for s in samples) and len(samples) > 1

    def first(self, sample: Any) -> Any:
        """The ids of one item, or its words one-hot."""
        return flat(sample[next(key for key, what in self.what.items() if what in ("ids", "words"))])

    def __len__(self) -> int:
        return len(self.titles)

    def __getitem__(self, index: Any) -> Any:
        ids, label = self.titles[int(index)]
        sample = self.samples[0]
        longest = max(len(title) for title, _ in self.titles)
        rest = longest - len(ids) if self.fixed else 0
        parts = item_parts(ids, label, rest, self.classes)
        if self.kind == "dict":
            return {key: part_like(sample[key], what, parts) for key, what in self.what.items()}
        return tuple(part_like(sample[key], what, parts) for key, what in self.what.items())


def part_kind(key: Any, values: list[Any]) -> str:
    """ids, words (one-hot), mask, types, onehot (label), label, length or other: one part of all items.

    key: its name, or its place in a tuple.
    """
    rows = [flat(v) for v in values]
    if all(is_number_row(row) for row in rows):
        kinds = {rows_kind(torch.as_tensor(row)[None]) for row in rows}
        if kinds == {"onehot"}:
            return "onehot"
        if kinds <= {"mask", "onehot"} or "mask" in str(key).lower():
            return "mask"
        return "types" if kinds == {"types"} else "ids" if is_title(rows[0]) or is_whole_array(rows[0]) else "other"
    if all(map(is_one_hot_title, values)):
        return "words"
    number = [int(v) for v in values if getattr(v, "numel", lambda: 1)() == 1 and not isinstance(v, str)]
    if "len" in str(key).lower() or (number and max(number) > 3):
        return "length"
    return "label" if number else "other"


def is_one_hot_title(value: Any) -> bool:
    """A title as a table (T, V), a row of zeros with a one in it for each word, and rows of zeros where it is filled up."""
    if not isinstance(value, torch.Tensor) or value.dim() != 2 or min(value.shape) < 2:
        return False
    return bool(((value == 0) | (value == 1)).all()) and bool((value.sum(dim=1) <= 1).all()) and bool(value.any())


def item_parts(ids: torch.Tensor, label: int, rest: int, classes: int) -> dict[str, Any]:
    """Every part that an item may have, of a title that is filled up by `rest` places."""
    mask = torch.tensor([1] * len(ids) + [0] * rest)
    return {
        "ids": torch.cat([ids, ids.new_full((rest,), Filling.value)]),
        "mask": mask,
        "types": mask * 0,
        "onehot": torch.nn.functional.one_hot(torch.tensor(label), classes),
        "label": label,
        "length": len(ids),
    }


def part_like(theirs: Any, what: str, parts: dict[str, Any]) -> Any:
    if what in ("label", "length"):
        return label_like(theirs, parts[what])
    if what == "words":
        ids = parts["ids"]
        width = max(theirs.shape[1], int(ids.max()) + 1)
        return (torch.nn.functional.one_hot(ids, width) * parts["mask"][:, None]).to(theirs.dtype)
    made = like(flat(theirs), parts[what])
    return made[None] if axes(theirs) == 2 else made


def surely(kinds: list[str]) -> list[str]:
    """Ids that are all 0 and 1 look like a mask: where nothing else can be the ids, they are."""
    masks = [i for i, kind in enumerate(kinds) if kind in ("mask", "types")]
    if len(masks) != 1 or "ids" in kinds:
        return kinds
    return ["ids" if i in masks else kind for i, kind in enumerate(kinds)]


def dataset_like(theirs: Any, titles: Titles, classes: int) -> Any:
    """A data set of the judge's titles whose items look like the student's. Raises Unread."""
    if not isinstance(theirs, torch.utils.data.TensorDataset):
        return Items(theirs, titles, classes)
    kinds = surely(["labels" if t.dim() == 1 else rows_kind(t) for t in theirs.tensors])
    gold = kinds.count("labels") + kinds.count("onehot")
    if kinds.count("ids") != 1 or gold != 1 or "" in kinds or any(t.dim() > 2 for t in theirs.tensors):
        raise Unread("the tensors of the data set are of another form")
    tables = (table_like(t, k, titles, classes) for t, k in zip(theirs.tensors, kinds, strict=True))
    return torch.utils.data.TensorDataset(*tables)


def loader_like(theirs: Any, titles: Titles, size: int, classes: int) -> Any:
    """A loader of the judge's titles that shuffles, collates and drops as the student's does. Raises Unread."""
    data = dataset_like(theirs.dataset, titles, classes)
    whole_set = theirs.batch_size is not None and theirs.batch_size == len(theirs.dataset)
    shuffled = isinstance(theirs.sampler, torch.utils.data.RandomSampler)
    if theirs.batch_size is None:
        raise Unread("the loader makes its batches in a way of its own")
    rows = len(titles) if whole_set else 1 if theirs.batch_size == 1 else size
    if theirs.drop_last and len(titles) < rows:
        raise Unread("the loader drops what fills no whole batch, and the titles of this question fill none")
    own = theirs.collate_fn
    if isinstance(getattr(own, "__self__", None), torch.utils.data.Dataset):
        own = getattr(theirs.dataset, own.__name__)
    return torch.utils.data.DataLoader(
        data, batch_size=rows, shuffle=shuffled, collate_fn=own, drop_last=theirs.drop_last
    )


def optimizer_like(theirs: Any, model: torch.nn.Module, lr: float) -> Any:
    """An optimizer of the student's kind and options for another model, at this rate and without decay."""
    told_apart = ("lr", "weight_decay", "decoupled_weight_decay")
    options = {name: value for name, value in theirs.defaults.items() if name not in told_apart}
    return type(theirs)(model.parameters(), lr=lr, **options)
