"""What is sent into the room to run a training loop again. Plain source: it arrives there as text, as `Made` describes.

`RERUN` makes `run(model, train_set, valid_set, epochs, lr, batch_size, device)`; `KINDS` tells what globals hold. Which set a
global belongs to is told by its name; where only one loader is there, it is the one that is learnt from.
"""

from __future__ import annotations

HELD_OUT = "val|dev|test|eval|tst|検証|評価|テスト"  # in the name of what is measured on, not learnt from

COMMON = (
    f"""
import re
import torch

OTHER = re.compile({HELD_OUT!r}, re.I)
"""
    + r'''
VALID = re.compile(r"val|dev|eval", re.I)


def whole(value):
    return isinstance(value, torch.Tensor) and not value.is_floating_point() and not value.is_complex()


def numbers(value):
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return isinstance(kind, str) and kind in ("i", "u") and hasattr(value, "__array__")


def axes(value):
    found = getattr(value, "ndim", 0)
    return found if type(found) is int else 0


def kind_of(value):
    try:
        return what_it_is(value)
    except Exception:  # an object of the student's that answers every question in its own way
        return ""


def what_it_is(value):
    """model, optimizer, loader, batches, dataset, ids, labels, device; "" for what stays as it is."""
    data = torch.utils.data
    if isinstance(value, torch.nn.Module):
        return "criterion" if not list(value.parameters()) else "model"
    if isinstance(value, torch.optim.Optimizer):
        return "optimizer"
    if isinstance(value, data.DataLoader):
        return "loader"
    if isinstance(value, data.Dataset):
        return "dataset"
    if isinstance(value, torch.device):
        return "device"
    if (whole(value) or numbers(value)) and axes(value) in (1, 2) and len(value) > 8:
        return "ids" if axes(value) == 2 else "labels"
    if isinstance(value, (list, tuple)) and len(value) > 8 and all(map(is_title, value[:20])):
        return "titles"
    if isinstance(value, (list, tuple)) and len(value) > 8 and all(type(v) is int for v in value[:50]):
        return "labels"
    if isinstance(value, dict) and value and all(kind_of(v) in ("loader", "dataset") for v in value.values()):
        return "several"
    return ""


def is_title(value):
    if whole(value) and axes(value) == 1:
        return len(value) > 0
    return isinstance(value, list) and bool(value) and all(type(v) is int for v in value)
'''
)

KINDS = (
    COMMON
    + r"""
def make(namespace, names):
    def tell():
        found = {}
        for name in names:
            kind = kind_of(namespace[name]) if name in namespace else ""
            if kind == "loader":
                kind = f"loader {namespace[name].batch_size}"
            if kind:
                found[name] = kind
        return found
    return tell
"""
)

RERUN = (
    COMMON
    + r'''
METRICS = (("loss", re.compile(r"loss|損失|ロス|誤差", re.I)), ("accuracy", re.compile(r"acc|正解率|正答率|精度|correct", re.I)))
SIDES = (("train", re.compile(r"train|trn|tr_|_tr\b|訓練|学習", re.I)), ("valid", OTHER))


class Unread(Exception):
    """What the loop shows cannot be told apart."""


def padded(rows):
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)


def like(theirs, ours):
    """A tensor in the dress of the student's value."""
    if isinstance(theirs, torch.Tensor):
        return ours.to(theirs.dtype)
    if isinstance(theirs, (list, tuple)):
        return type(theirs)(ours.tolist())
    if type(theirs).__module__.split(".")[0] == "pandas":
        return type(theirs)(ours.numpy())
    return ours.numpy().astype(theirs.dtype)


def label_like(theirs, label):
    if isinstance(theirs, torch.Tensor):
        return torch.full_like(theirs, label)
    return type(theirs)(label) if not isinstance(theirs, (list, tuple)) else type(theirs)([label])


class Items(torch.utils.data.Dataset):
    """The judge's titles, each item in the form of the student's own items."""

    def __init__(self, theirs, titles):
        samples = [theirs[i] for i in range(min(len(theirs), 40))]
        self.samples, self.titles = samples, titles
        self.kind = "dict" if isinstance(samples[0], dict) else "tuple"
        rows = [list(s.items()) if self.kind == "dict" else list(enumerate(s)) for s in samples]
        self.what = {key: self.meaning(key, [dict(row)[key] for row in rows]) for key, _ in rows[0]}
        self.fixed = all(len(self.first(s)) == len(self.first(samples[0])) for s in samples) and len(samples) > 1
        if sorted(v for v in self.what.values() if v != "length") != ["ids", "label"]:
            raise Unread("the items of the data set are of another form")

    def first(self, sample):
        return sample[next(key for key, what in self.what.items() if what == "ids")]

    def meaning(self, key, values):
        value = values[0]
        if is_title(value) or numbers(value) and axes(value) == 1:
            return "ids"
        number = [int(v) for v in values if getattr(v, "numel", lambda: 1)() == 1]
        if "len" in str(key).lower() or (number and max(number) > 3):
            return "length"
        return "label" if number else "other"

    def __len__(self):
        return len(self.titles)

    def __getitem__(self, index):
        ids, label = self.titles[int(index)]
        sample = self.samples[0]
        longest = max(len(title) for title, _ in self.titles)
        full = torch.cat([ids, ids.new_zeros(longest - len(ids))]) if self.fixed else ids
        parts = {"ids": lambda old: like(old, full), "label": lambda old: label_like(old, label), "length": lambda old: label_like(old, len(ids))}
        if self.kind == "dict":
            return {key: parts[what](sample[key]) for key, what in self.what.items()}
        return tuple(parts[what](sample[key]) for key, what in self.what.items())


def dataset_like(theirs, titles):
    ids, labels = padded(t for t, _ in titles), torch.tensor([label for _, label in titles])
    if isinstance(theirs, torch.utils.data.TensorDataset):
        made = [ids if t.dim() == 2 else labels for t in theirs.tensors]
        if sorted(t.dim() for t in theirs.tensors) != [1, 2]:
            raise Unread("the tensors of the data set are of another form")
        return torch.utils.data.TensorDataset(*made)
    return Items(theirs, titles)


def loader_like(theirs, titles, size):
    data = dataset_like(theirs.dataset, titles)
    whole_set = theirs.batch_size is not None and theirs.batch_size == len(theirs.dataset)
    shuffled = isinstance(theirs.sampler, torch.utils.data.RandomSampler)
    if theirs.batch_size is None:
        raise Unread("the loader makes its batches in a way of its own")
    rows = len(titles) if whole_set else 1 if theirs.batch_size == 1 else size
    own = theirs.collate_fn
    if isinstance(getattr(own, "__self__", None), torch.utils.data.Dataset):
        own = getattr(theirs.dataset, own.__name__)
    return torch.utils.data.DataLoader(data, batch_size=rows, shuffle=shuffled, collate_fn=own, drop_last=theirs.drop_last)


def optimizer_like(theirs, model, lr):
    options = {name: value for name, value in theirs.defaults.items() if name not in ("lr", "weight_decay", "decoupled_weight_decay")}
    return type(theirs)(model.parameters(), lr=lr, **options)


def learnt_from(namespace, names):
    """Which loader, data set or tensors are learnt from, where no name says so: those whose names say nothing else."""
    return [name for name in names if not OTHER.search(name)]


def meaning(words):
    """train_loss, train_accuracy, valid_loss or valid_accuracy, by the last words that say so; "" for none."""
    def last(table):
        found = [(m.start(), name) for name, pattern in table for m in pattern.finditer(words)]
        return max(found)[1] if found else ""
    return last(METRICS), last(SIDES)


class Record:
    """What the loop shows, once an epoch: the last number under each name."""

    def __init__(self):
        self.turns, self.context, self.shown = [], "", 0

    def turn(self):
        self.turns.append([])
        self.context = ""

    def seen(self, before, source, first, value):
        self.context = before if first else self.context + " " + before
        if isinstance(value, str):
            self.context += value
        else:
            number = as_number(value)
            if number is not None and self.turns:
                self.turns[-1].append((before, source, self.context, number))
            self.context += " " + source
        return value

    def series(self):
        found, most = {}, max([len({(b, s) for b, s, _, _ in turn if not counts(s)}) for turn in self.turns] or [0])
        for turn in self.turns:
            row = {}
            for before, source, context, number in turn:
                metric, side = (next((m for m in found_in if m), "") for found_in in zip(meaning(before), meaning(source), meaning(context)))
                if metric and not counts(source):
                    row[(metric, side)] = number
            named = {}
            for (metric, side), number in row.items():
                if not side:
                    side = "train" if (metric, "train") not in row else "valid"
                named[f"{side}_{metric}"] = number
            for name, number in named.items():
                found.setdefault(name, []).append(number)
        if len(found) < 4 and most >= 4:
            return {"unread": "what the loop shows could not be told apart"}
        return found


def counts(source):
    """The number of the epoch, a time or a learning rate is no measurement."""
    return bool(re.fullmatch(r"(?:epoch|ep|e|i|num|n|step|lr|t|time|elapsed|EPOCH\w*|epochs|num_epochs|\w*time\w*|optimizer\.param_groups.*|(?:epoch|ep|e|i|num) \+ 1)", source.strip()))


def as_number(value):
    if isinstance(value, torch.Tensor):
        return float(value.detach()) if value.numel() == 1 and not value.is_complex() else None
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        value = value.item()
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def make(namespace, body, names, alone):
    def run(model, train_set, valid_set, epochs, lr, batch_size=1, device="cpu"):
        before = dict(namespace)
        size = 1 if alone else batch_size
        values, sets = {}, {}
        for name in names:
            theirs = namespace.get(name)
            titles = valid_set if OTHER.search(name) else train_set
            kind = kind_of(theirs)
            if kind == "model":
                values[name] = model
            elif kind == "optimizer":
                values[name] = optimizer_like(theirs, model, lr)
            elif kind == "loader":
                values[name] = loader_like(theirs, titles, size)
                sets.setdefault(len(theirs.dataset), len(titles)), sets.setdefault(len(theirs), len(values[name]))
            elif kind == "dataset":
                values[name] = dataset_like(theirs, titles)
            elif kind == "several":
                values[name] = {k: loader_like(v, valid_set if OTHER.search(str(k)) else train_set, size) if kind_of(v) == "loader"
                                else dataset_like(v, valid_set if OTHER.search(str(k)) else train_set) for k, v in theirs.items()}
            elif kind == "ids":
                values[name] = like(theirs, padded(t for t, _ in titles))
            elif kind == "labels":
                values[name] = like(theirs, torch.tensor([label for _, label in titles]))
            elif kind == "titles":
                values[name] = [like(theirs[0], t) for t, _ in titles]
            elif kind == "device":
                values[name] = torch.device(device)
            if kind in ("dataset", "ids", "labels", "titles"):
                sets.setdefault(len(theirs), len(titles))
        for name in names:
            theirs = namespace.get(name)
            if type(theirs) is int and theirs > 8 and theirs in sets:
                values[name] = sets[theirs]
            elif type(theirs) is int and re.fullmatch(r"(?i)bs|b|batch_?size\w*|\w*_batch_?size|minibatch_?size", name):
                values[name] = size
            elif isinstance(theirs, list) and kind_of(theirs) == "" and all(as_number(v) is not None or isinstance(v, (list, tuple)) for v in theirs):
                values[name] = []
        record = Record()
        namespace.update(values, __epochs__=epochs, __seen__=record.seen, __turn__=record.turn)
        try:
            exec(compile(body, "<cell lifted>", "exec"), namespace)
            return record.series()
        finally:
            namespace.clear()
            namespace.update(before)
    return run
'''
)
