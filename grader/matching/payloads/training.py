"""What is sent into the room to run a training loop again. Plain source: it arrives there as text, as `Made` describes.

`RERUN` makes `run(model, train_set, valid_set, epochs, lr, batch_size, device)`. Which set a global belongs to is told by its name;
where only one loader is there, it is the one that is learnt from.
"""

from __future__ import annotations

from grader.matching.payloads.classify import COMMON
from grader.matching.payloads.metrics import RECORD

RERUN = (
    COMMON
    + RECORD
    + r'''
class Unread(Exception):
    """What the loop shows cannot be told apart."""


class Filling:
    """The id that fills up titles: the model's own where it says one, else 0."""

    value = 0

    @classmethod
    def of(cls, model):
        tables = [part for part in model.modules() if isinstance(part, torch.nn.Embedding)]
        cls.value = next((table.padding_idx for table in tables if table.padding_idx is not None), 0)


def padded(rows):
    return torch.nn.utils.rnn.pad_sequence(list(rows), padding_value=Filling.value, batch_first=True)


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

    def __init__(self, theirs, titles, classes):
        samples = [theirs[i] for i in range(min(len(theirs), 40))]
        self.samples, self.titles, self.classes = samples, titles, classes
        self.kind = "dict" if hasattr(samples[0], "items") else "tuple"
        rows = [list(s.items()) if self.kind == "dict" else list(enumerate(s)) for s in samples]
        self.what = {key: self.meaning(key, [dict(row)[key] for row in rows]) for key, _ in rows[0]}
        self.what = dict(zip(self.what, surely(list(self.what.values()))))
        found = list(self.what.values())
        if found.count("ids") != 1 or found.count("label") + found.count("onehot") != 1 or "other" in found:
            raise Unread("the items of the data set are of another form")
        self.fixed = all(len(self.first(s)) == len(self.first(samples[0])) for s in samples) and len(samples) > 1

    def first(self, sample):
        return flat(sample[next(key for key, what in self.what.items() if what == "ids")])

    def meaning(self, key, values):
        rows = [flat(v) for v in values]
        if all(is_row(row) for row in rows):
            kinds = {rows_kind(torch.as_tensor(row)[None]) for row in rows}
            if kinds == {"onehot"}:
                return "onehot"
            if kinds <= {"mask", "onehot"} or "mask" in str(key).lower():
                return "mask"
            return "types" if kinds == {"types"} else "ids" if is_title(rows[0]) or numbers(rows[0]) else "other"
        number = [int(v) for v in values if getattr(v, "numel", lambda: 1)() == 1 and not isinstance(v, str)]
        if "len" in str(key).lower() or (number and max(number) > 3):
            return "length"
        return "label" if number else "other"

    def __len__(self):
        return len(self.titles)

    def __getitem__(self, index):
        ids, label = self.titles[int(index)]
        sample = self.samples[0]
        longest = max(len(title) for title, _ in self.titles)
        rest = longest - len(ids) if self.fixed else 0
        mask = torch.tensor([1] * len(ids) + [0] * rest)
        rows = {"ids": torch.cat([ids, ids.new_full((rest,), Filling.value)]), "mask": mask, "types": mask * 0,
                "onehot": torch.nn.functional.one_hot(torch.tensor(label), self.classes)}
        numbers = {"label": label, "length": len(ids)}

        def part(what, old):
            if what in numbers:
                return label_like(old, numbers[what])
            made = like(flat(old), rows[what])
            return made[None] if axes(old) == 2 else made

        if self.kind == "dict":
            return {key: part(what, sample[key]) for key, what in self.what.items()}
        return tuple(part(what, sample[key]) for key, what in self.what.items())


def surely(kinds):
    """Ids that are all 0 and 1 look like a mask: where nothing else can be the ids, they are."""
    masks = [i for i, kind in enumerate(kinds) if kind in ("mask", "types")]
    return [("ids" if i in masks else kind) for i, kind in enumerate(kinds)] if len(masks) == 1 and "ids" not in kinds else kinds


def is_row(value):
    """Whether it is several numbers in a row."""
    if isinstance(value, (list, tuple)):
        return len(value) > 1 and all(type(v) in (int, float) for v in value)
    return axes(value) == 1 and len(value) > 1 and (isinstance(value, torch.Tensor) or hasattr(value, "__array__"))


def table_like(theirs, kind, titles, classes):
    """The judge's titles in the place of a table of the student's: ids, mask, types, onehot or labels."""
    ids, gold = padded(t for t, _ in titles), torch.tensor([label for _, label in titles])
    if kind == "onehot":
        return like(theirs, torch.nn.functional.one_hot(gold, classes))
    if kind == "labels":
        return like(theirs, gold)
    shown = torch.nn.utils.rnn.pad_sequence([torch.ones_like(t) for t, _ in titles], batch_first=True)
    return like(theirs, {"ids": ids, "mask": shown, "types": shown * 0}[kind])


def dataset_like(theirs, titles, classes):
    if isinstance(theirs, torch.utils.data.TensorDataset):
        kinds = surely(["labels" if t.dim() == 1 else rows_kind(t) for t in theirs.tensors])
        gold = kinds.count("labels") + kinds.count("onehot")
        if kinds.count("ids") != 1 or gold != 1 or "" in kinds or any(t.dim() > 2 for t in theirs.tensors):
            raise Unread("the tensors of the data set are of another form")
        return torch.utils.data.TensorDataset(*(table_like(t, k, titles, classes) for t, k in zip(theirs.tensors, kinds)))
    return Items(theirs, titles, classes)


def loader_like(theirs, titles, size, classes):
    data = dataset_like(theirs.dataset, titles, classes)
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


def encoded(tokenizer, pairs):
    """Titles as ids, where a tokenizer comes along."""
    return pairs if tokenizer is None else [(torch.tensor(tokenizer.encode(title)), label) for title, label in pairs]


def make(namespace, body, names, alone, setup):
    def run(model, train_set, valid_set, epochs, lr, batch_size=1, device="cpu", tokenizer=None):
        with overridden(namespace, {}):
            exec(compile(setup, "<cell lifted>", "exec"), namespace)
            record = prepare(model, train_set, valid_set, epochs, lr, batch_size, device, tokenizer)
            exec(compile(body, "<cell lifted>", "exec"), namespace)
            return record.series()

    def prepare(model, train_set, valid_set, epochs, lr, batch_size, device, tokenizer):
        """The judge's own in the place of what the loop's names hold."""
        Filling.of(model)
        train_set, valid_set = encoded(tokenizer, train_set), encoded(tokenizer, valid_set)
        classes = 1 + max(label for _, label in [*train_set, *valid_set])
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
                values[name] = loader_like(theirs, titles, size, classes)
                sets.setdefault(len(theirs.dataset), len(titles)), sets.setdefault(len(theirs), len(values[name]))
            elif kind == "dataset":
                values[name] = dataset_like(theirs, titles, classes)
            elif kind == "several":
                values[name] = {k: loader_like(v, valid_set if OTHER.search(str(k)) else train_set, size, classes) if kind_of(v) == "loader"
                                else dataset_like(v, valid_set if OTHER.search(str(k)) else train_set, classes) for k, v in theirs.items()}
            elif kind in ("ids", "mask", "types", "onehot", "labels"):
                values[name] = table_like(theirs, kind, titles, classes)
            elif kind == "titles":
                values[name] = [like(theirs[0], t) for t, _ in titles]
            elif kind == "device":
                values[name] = torch.device(device)
            if kind in ("dataset", "ids", "mask", "onehot", "labels", "titles"):
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
        return record

    return run
'''
)
