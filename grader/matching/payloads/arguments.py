"""What parameters of the student's get that the contract has no word for: an optimizer, a loader, a settings object."""

from __future__ import annotations

import contextlib
import copy
import inspect
import unittest.mock
from collections import Counter, defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch

from grader.matching.payloads.classify import HELD_OUT


def sgd(model: torch.nn.Module, lr: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=lr)


def adamw(model: torch.nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(list(model.parameters()), rate)


class Unscheduled:
    """A schedule that leaves the learning rate as it is."""

    def __init__(self, lr: float) -> None:
        self.lr = lr

    def step(self, *_given: Any, **_named: Any) -> None:
        """For `scheduler.step()` and `scheduler.step(valid_loss)`."""

    def get_last_lr(self) -> list[float]:
        return [self.lr]

    get_lr = get_last_lr

    def state_dict(self) -> dict[str, Any]:
        return {}


def unscheduled(lr: float) -> Unscheduled:
    return Unscheduled(lr)


def loss(name: str = "CrossEntropyLoss") -> Any:
    """torch's loss of this name."""
    return getattr(torch.nn, name)()


def device(name: str) -> torch.device:
    return torch.device(name)


def own_value(namespace: dict[str, Any], text: str, usual: Any, at_least: bool) -> Any:
    """What an expression of the notebook's own call is worth, or the usual where nothing has set what it names."""
    try:
        found = eval(text, namespace)
    except (NameError, AttributeError, LookupError, TypeError):
        return usual
    return max(found, usual) if at_least and isinstance(found, int) else found


def random_table(rows: int, width: int) -> torch.Tensor:
    return torch.randn(rows, width)


def random_array(rows: int, width: int) -> Any:
    """The same for a class that makes a tensor of it: `nn.Parameter(torch.from_numpy(vectors))`."""
    return torch.randn(rows, width).numpy()


def frame(column: str, values: list[Any]) -> Any:
    """A pandas DataFrame of one column."""
    import pandas

    return pandas.DataFrame({column: values})


def recorder() -> Any:
    """What takes every call and keeps nothing that matters: `writer.add_scalar("loss", loss, epoch)`."""
    return unittest.mock.MagicMock()


def loader(data: Any, batch_size: int, shuffle: bool, collate: Any) -> Any:
    """Batches; of titles of different lengths, filled up with 0 where the student has no way of their own."""
    own = collate or filled_batch
    return torch.utils.data.DataLoader(data, batch_size=batch_size, shuffle=shuffle, collate_fn=own)


class ByPart(dict[str, Any]):
    """Something for the training data and something for the validation data, by whatever the part is called."""

    def __missing__(self, part: str) -> Any:
        return self["val" if HELD_OUT.search(str(part)) else "train"]


def by_part(train: Any, valid: Any) -> ByPart:
    """For `dataloaders["train"]`, `dataset_sizes[phase]`."""
    return ByPart(train=train, val=valid)


def filled_batch(batch: list[Any]) -> Any:
    if isinstance(batch[0], dict):
        return {key: filled_part([item[key] for item in batch]) for key in batch[0]}
    return [filled_part(list(parts)) for parts in zip(*batch, strict=True)]


def filled_part(parts: list[Any]) -> Any:
    """One part of all items: a table of ids, or what a loader makes of it."""
    if isinstance(parts[0], torch.Tensor) and parts[0].dim() == 1 and len({len(part) for part in parts}) > 1:
        return torch.nn.utils.rnn.pad_sequence(parts, batch_first=True)
    return torch.utils.data.default_collate(parts)


def first_of(theirs: Any) -> Any:
    """A function that answers for several, asked for one of them: `titles_to_ids([title])`."""
    return lambda *args, **kwargs: theirs(*args, **kwargs)[0]


def object_of(parts: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**parts)


def settings(theirs: Any, known: dict[str, Any], usual: dict[str, Any]) -> Any:
    """A settings object with these values: of the student's own class, which works out the rest of them by itself, or a copy of theirs."""
    made: Any = SimpleNamespace(**usual)
    if isinstance(theirs, type):
        made = settings_of(theirs, known, usual) or made
    elif theirs is not None:
        made = copy.copy(theirs)
    for name, value in {**{n: v for n, v in usual.items() if not hasattr(made, n)}, **known}.items():
        with contextlib.suppress(AttributeError):  # a property is worked out
            object.__setattr__(made, name, value)
    return made


def settings_of(theirs: type, known: dict[str, Any], usual: dict[str, Any]) -> Any:
    """What the class makes of the values that it takes: `GPTConfig(n_embd=12)`; None where it takes something else."""
    taken = inspect.signature(theirs).parameters
    required = {n: usual.get(n) for n, p in taken.items() if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD}
    given = {**required, **{n: v for n, v in known.items() if n in taken}}
    for values in (given, {}):
        with contextlib.suppress(Exception):
            return theirs(**values)
    return None


class SettingsDict(dict[str, Any]):
    """Settings by words in brackets, and as attributes where another class reads them so: config.get("d_model"), config.d_model."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def settings_dict(theirs: dict[str, Any] | None, known: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    return SettingsDict({**usual, **(theirs or {}), **known})


# {"[UNK]": 0, "red": 1}, {"<unk>": 0}: what a vocabulary calls a word that it does not have
UNKNOWN = ("unk", "unknown", "oov")


def counts_like(theirs: Any, ours: dict[str, int]) -> Any:
    """Our dict with the student's own entry for unknown words, as a defaultdict or a Counter where theirs is one."""
    ours = {**entries_for_unknown(theirs), **ours}
    if isinstance(theirs, defaultdict):
        return defaultdict(theirs.default_factory, ours)
    return Counter(ours) if isinstance(theirs, Counter) else ours


def words_like(theirs: Any, ours: dict[str, int]) -> Any:
    """Our words as the student keeps them beside the dict, in a list, a tuple or a set; anything else as it is."""
    kept = isinstance(theirs, (list, tuple, set, frozenset)) and bool(theirs)
    return type(theirs)(ours) if kept and all(isinstance(word, str) for word in theirs) else theirs


def entries_for_unknown(theirs: Any) -> dict[str, int]:
    """What the student's vocabulary has for words that it does not know: {"[UNK]": 0}."""
    entries = theirs.items() if isinstance(theirs, dict) else ()
    return {key: 0 for key, number in entries if number == 0 and str(key).strip("[]<>(){}_ ").lower() in UNKNOWN}


# --- padding and batches -------------------------------------------------------------------------


def batches_padded(pad: Callable[..., Any], names: list[str]) -> Callable[[Any], Any]:
    """A function that pads lists of ids, all of them or one at a time, as one that makes batches: the labels stay
    beside it.

    names: its other parameters. The id that fills up is 0; any other number is how long the longest title is.
    """

    def options(longest: int) -> dict[str, int]:
        return {name: 0 if is_filling(name) else longest for name in names}

    def collate(batch: list[Any]) -> Any:
        longest = max(len(ids) for ids, _ in batch)
        labels = torch.as_tensor(list(zip(*batch, strict=False))[1])
        try:
            ids = rows_of(pad([ids.tolist() for ids, _ in batch], **options(longest)))
            if ids.dim() == 2 and len(ids) == len(batch):
                return ids, labels
        except (TypeError, ValueError, AttributeError):
            pass
        return torch.stack([rows_of(pad(ids.tolist(), **options(longest))).reshape(-1) for ids, _ in batch]), labels

    return collate


def is_filling(name: str) -> bool:
    """`pad_id`, `fill_value`, `padding`; `max_pad` is a length."""
    low = name.lower()
    return any(part in low for part in ("pad", "fill", "val", "id")) and "max" not in low


def rows_of(value: Any) -> torch.Tensor:
    """A table of ids as a tensor."""
    if isinstance(value, tuple) and value and isinstance(value[0], torch.Tensor):
        value = value[0]  # with how many words there were
    if isinstance(value, list):
        value = [v.tolist() if hasattr(v, "tolist") else v for v in value]
    return value if isinstance(value, torch.Tensor) else torch.as_tensor(value)


# --- loaders of pretrained models ----------------------------------------------------------------


def pretrained(encoder: Any, package: bool) -> Any:
    """Hugging Face's loader of pretrained models, with the judge's encoder behind it whatever is asked for.

    package: an object like `transformers`, in which every name is such a loader; else the loader, like `AutoModel`.
    """

    class Pretrained:
        @staticmethod
        def from_pretrained(*_names: Any, **options: Any) -> Any:
            encoder.as_tuple = encoder.as_tuple or options.get("return_dict") is False
            return encoder

    class Package:
        def __getattr__(self, name: str) -> type[Pretrained]:
            return Pretrained

    return Package() if package else Pretrained
