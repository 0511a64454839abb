"""The classifier of values: it looks at what a name of the notebook holds and says what that is for.

`kind_of` asks one question after the other and takes the first answer. There are three lists of questions, because a
list of numbers is the labels of a training, the text of a language model, and nothing at all where titles are looked
for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import torch

# In the name of what is measured on; `device`, `value`, `interval`, `latest` are about something else.
HELD_OUT = re.compile(r"(?<!inter)val(?!ue)|dev(?!ice)|(?<!la)test|tst|検証|評価|テスト", re.IGNORECASE)
FEW = 8  # a collection of no more is an example or a setting, and no data
Question = Callable[[Any], str]


def kind_of(value: Any, questions: Iterable[Question]) -> str:
    """The first answer that is not empty; "" where there is none, or where the value cannot be looked at."""
    try:
        return next((kind for ask in questions if (kind := ask(value))), "")
    except Exception:  # an object of the student's that answers every question in its own way
        return ""


# --- numbers -------------------------------------------------------------------------------------


def is_number(value: Any) -> bool:
    """A plain Python number; True and False are none."""
    return type(value) in (int, float)


def is_whole_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and not value.is_floating_point() and not value.is_complex()


def is_whole_array(value: Any) -> bool:
    """An array or a pandas column of whole numbers."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return isinstance(kind, str) and kind in ("i", "u") and hasattr(value, "__array__")


def is_arraylike(value: Any) -> bool:
    return isinstance(value, torch.Tensor) or hasattr(value, "__array__")


def axes(value: Any) -> int:
    found = getattr(value, "ndim", 0)
    return found if type(found) is int else 0


def flat(value: Any) -> Any:
    """A row of numbers; the one row of a table with one."""
    return value[0] if axes(value) == 2 and len(value) == 1 else value


def is_number_row(value: Any) -> bool:
    """Several numbers in a row: `[1, 2.0]`, an array or a tensor with one axis."""
    if isinstance(value, (list, tuple)):
        return len(value) > 1 and all(type(v) in (int, float) for v in value)
    return axes(value) == 1 and len(value) > 1 and is_arraylike(value)


def is_title(value: Any) -> bool:
    """One title as ids: a tensor with one axis, or a list of numbers."""
    if is_whole_tensor(value) and axes(value) == 1:
        return len(value) > 0
    return isinstance(value, list) and bool(value) and all(type(v) is int for v in value)


def is_id_row(row: Any) -> bool:
    """One title of an encoded collection: a list of ids, or a tensor as `encode(..., return_tensors="pt")` gives it."""
    if isinstance(row, torch.Tensor):
        return row.dim() in (1, 2) and row.numel() > 1 and not row.is_floating_point()
    return isinstance(row, list) and len(row) > 1 and all(type(v) is int for v in row)


# --- what a training reads -----------------------------------------------------------------------


def torch_kind(value: Any) -> str:
    """model, criterion, optimizer, loader, dataset or device."""
    data = torch.utils.data
    if isinstance(value, torch.nn.Module):
        return "model" if list(value.parameters()) else "criterion"
    kinds = {
        torch.optim.Optimizer: "optimizer",
        data.DataLoader: "loader",
        data.Dataset: "dataset",
        torch.device: "device",
    }
    return next((kind for owner, kind in kinds.items() if isinstance(value, owner)), "")


def table_kind(value: Any) -> str:
    return rows_kind(value) if axes(value) == 2 and len(value) > FEW and is_arraylike(value) else ""


def rows_kind(value: Any) -> str:
    """ids, mask, types or onehot: what the rows of a table of numbers are; "" for other numbers."""
    plain = value.to_numpy() if hasattr(value, "to_numpy") else value
    table = value if isinstance(value, torch.Tensor) else torch.as_tensor(plain)
    if not table.numel() or table.is_complex():
        return ""
    if not bool(((table == 0) | (table == 1)).all()):
        return "" if table.is_floating_point() else "ids"
    wide = table.shape[1] > 1
    if wide and bool((table.sum(dim=1) == 1).all()):
        return "onehot"
    if not wide or table.is_floating_point():
        return ""
    return "mask" if bool(table.any()) else "types"


def column_kind(value: Any) -> str:
    """labels or titles: what stands in a row, one for each title."""
    if (is_whole_tensor(value) or is_whole_array(value)) and axes(value) == 1 and len(value) > FEW:
        return "labels"
    if not isinstance(value, (list, tuple)) or len(value) <= FEW:
        return ""
    if all(map(is_title, value[:20])):
        return "titles"
    return "labels" if all(type(v) is int for v in value[:50]) else ""


def several_kind(value: Any) -> str:
    """several: loaders or data sets by the name of their part, `{"train": ..., "val": ...}`."""
    if not isinstance(value, dict) or not value:
        return ""
    return "several" if all(kind_of(v, TRAINING) in ("loader", "dataset") for v in value.values()) else ""


TRAINING: tuple[Question, ...] = (torch_kind, table_kind, column_kind, several_kind)


# --- what a language model reads -----------------------------------------------------------------


def number_kind(value: Any) -> str:
    return "number" if is_number(value) else ""


def stream_kind(value: Any) -> str:
    """text: a long row of ids, or one for each split."""
    return "text" if is_stream(value) else ""


def is_stream(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(isinstance(k, str) and is_stream(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return len(value) > FEW and all(type(v) is int for v in value[:50])
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    whole = (isinstance(value, torch.Tensor) and not value.is_floating_point()) or kind in ("i", "u")
    return bool(whole) and getattr(value, "ndim", 0) == 1 and len(value) > FEW


STREAMS: tuple[Question, ...] = (number_kind, stream_kind)


# --- what titles become --------------------------------------------------------------------------


def is_sentence(value: Any) -> bool:
    return isinstance(value, str) and len(value.split()) > 2


def is_tokens(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple)) and len(value) > 2 and all(isinstance(v, str) and " " not in v for v in value)
    )


def mostly(values: Iterable[Any], test: Callable[[Any], bool]) -> bool:
    """Whether there are more than a few, and seven tenths of them pass: real data has empty lines and short titles."""
    values = list(values)[:60]
    return len(values) > FEW and sum(map(test, values)) > 0.7 * len(values)


def is_pandas(value: Any) -> bool:
    """A DataFrame or one of its columns, told without importing pandas."""
    return type(value).__module__.split(".")[0] == "pandas" and hasattr(value, "iloc")


def text_columns(frame: Any) -> dict[str, str]:
    """text or tokens, for each column of a DataFrame that holds titles."""
    found = {}
    for column in frame.columns:
        values = list(frame[column].iloc[:60])
        if mostly(values, is_sentence):
            found[column] = "text"
        elif mostly(values, is_tokens):
            found[column] = "tokens"
    return found


def tokenizer_kind(value: Any) -> str:
    return "tokenizer" if hasattr(value, "convert_tokens_to_ids") and not isinstance(value, type) else ""


def encoded_kind(value: Any) -> str:
    """encoded, or shown where it is a mask."""
    if not is_encoded(value):
        return ""
    return "shown" if only_ones(value) else "encoded"


def is_encoded(value: Any) -> bool:
    """Titles as ids: a table, rows of ids, or what a tokenizer gives for several titles."""
    if isinstance(value, torch.Tensor):
        return value.dim() == 2 and not value.is_floating_point() and len(value) > FEW
    if hasattr(value, "input_ids") and isinstance(value, dict):
        return len(value["input_ids"]) > FEW
    if isinstance(value, (list, tuple)) and len(value) > FEW:
        return all(is_id_row(row) for row in value[:40])
    column = is_pandas(value) and not hasattr(value, "columns") and len(value) > FEW
    return column and all(is_id_row(row) for row in value.iloc[:40])


def only_ones(value: Any) -> bool:
    """Whether no row holds anything but zeros and ones."""
    if isinstance(value, dict):
        return False
    return all(bool((torch.as_tensor(row).abs() <= 1).all()) for row in list(value)[:40])


def vectors_kind(value: Any) -> str:
    """vectors: gensim's KeyedVectors."""
    return "vectors" if hasattr(value, "key_to_index") and hasattr(value, "vectors") else ""


def texts_kind(value: Any) -> str:
    """texts, in whatever they are kept; words for a list of different ones."""
    if is_pandas(value) and hasattr(value, "columns"):
        return "texts" if len(value) > FEW and text_columns(value) else ""
    if is_pandas(value):
        return "texts" if mostly(value.iloc[:60], is_sentence) or mostly(value.iloc[:60], is_tokens) else ""
    array = type(value).__name__ == "ndarray" and getattr(value, "ndim", 0) == 1
    if not isinstance(value, (list, tuple)) and not array:
        return ""
    if mostly(value, is_sentence) or mostly(value, is_tokens):
        return "texts"
    strings = len(value) > FEW and all(isinstance(v, str) for v in list(value)[:50])
    return "words" if strings and len(set(value)) == len(value) else ""


def vocabulary_kind(value: Any) -> str:
    """vocab: `{"red": 1, "dog": 2, ...}`."""
    if not isinstance(value, dict) or len(value) <= FEW or not all(isinstance(k, str) for k in list(value)[:50]):
        return ""
    return "vocab" if all(type(v) is int for v in list(value.values())[:50]) else ""


TEXTS: tuple[Question, ...] = (tokenizer_kind, encoded_kind, vectors_kind, texts_kind, vocabulary_kind)
