"""What is sent into the room to compute a result again from other data. Plain source, see `Made`.

`HOLDS` tells what globals hold; `REBUILD` makes `run(titles=...)` or `run(vocab=..., vectors=..., dim=...)`.
"""

from __future__ import annotations

from grader.matching.payloads.classify import BORROWED

COMMON = r'''
import types
import torch


def is_text(value):
    return isinstance(value, str) and len(value.split()) > 2


def is_tokens(value):
    return isinstance(value, (list, tuple)) and len(value) > 2 and all(isinstance(v, str) and " " not in v for v in value)


def mostly(values, test):
    values = list(values)[:60]
    return len(values) > 8 and sum(map(test, values)) > 0.7 * len(values)


def frame_like(value):
    return type(value).__module__.split(".")[0] == "pandas" and hasattr(value, "iloc")


def text_columns(frame):
    found = {}
    for column in frame.columns:
        values = list(frame[column].iloc[:60])
        if mostly(values, is_text):
            found[column] = "text"
        elif mostly(values, is_tokens):
            found[column] = "tokens"
    return found


def is_encoded(value):
    """Titles as ids: a table, rows of ids, or what a tokenizer gives for several titles."""
    if isinstance(value, torch.Tensor):
        return value.dim() == 2 and not value.is_floating_point() and len(value) > 8
    if hasattr(value, "input_ids") and isinstance(value, dict):
        return len(value["input_ids"]) > 8
    if isinstance(value, (list, tuple)) and len(value) > 8:
        return all(is_row(row) for row in value[:40])
    return frame_like(value) and not hasattr(value, "columns") and len(value) > 8 and all(is_row(row) for row in value.iloc[:40])


def is_row(row):
    if isinstance(row, torch.Tensor):
        return row.dim() in (1, 2) and row.numel() > 1 and not row.is_floating_point()
    return isinstance(row, list) and len(row) > 1 and all(type(v) is int for v in row)


def only_ones(value):
    if isinstance(value, dict):
        return False
    return all(bool((torch.as_tensor(row).abs() <= 1).all()) for row in list(value)[:40])


def holds(value):
    """texts, vocab, vectors, words, tokenizer, encoded, shown (a mask); "" for everything else."""
    if hasattr(value, "convert_tokens_to_ids") and not isinstance(value, type):
        return "tokenizer"
    if is_encoded(value):
        return "shown" if only_ones(value) else "encoded"
    if hasattr(value, "key_to_index") and hasattr(value, "vectors"):
        return "vectors"
    if frame_like(value):
        if hasattr(value, "columns"):
            return "texts" if len(value) > 8 and text_columns(value) else ""
        return "texts" if mostly(value.iloc[:60], is_text) or mostly(value.iloc[:60], is_tokens) else ""
    if isinstance(value, (list, tuple)) or type(value).__name__ == "ndarray" and getattr(value, "ndim", 0) == 1:
        if mostly(value, is_text) or mostly(value, is_tokens):
            return "texts"
        if len(value) > 8 and all(isinstance(v, str) for v in list(value)[:50]) and len(set(value)) == len(value):
            return "words"
        return ""
    if isinstance(value, dict) and len(value) > 8 and all(isinstance(k, str) for k in list(value)[:50]):
        return "vocab" if all(type(v) is int for v in list(value.values())[:50]) else ""
    return ""
'''

HOLDS = (
    COMMON
    + r"""
def make(namespace):
    def tell():
        found = {n: holds(v) for n, v in list(namespace.items()) if not n.startswith("_")}
        found = {n: kind for n, kind in found.items() if kind}
        sizes = {len(namespace[n]) for n, kind in found.items() if kind in ("vocab", "words")}
        width = next((namespace[n].vectors.shape[1] for n, kind in found.items() if kind == "vectors"), 300)
        for n, v in list(namespace.items()):
            if type(v) is int and not n.startswith("_"):
                if v == width:
                    found[n] = "dim"
                elif any(0 <= v - size <= 2 for size in sizes):
                    found[n] = "size"
        return found
    return tell
"""
)

REBUILD = (
    BORROWED
    + COMMON
    + r'''
def texts_like(theirs, titles):
    plain = [t if isinstance(t, str) else " ".join(t) for t in titles]
    if frame_like(theirs):
        import pandas
        if not hasattr(theirs, "columns"):
            return pandas.Series(row_like(theirs.iloc[0], plain), name=theirs.name)
        kinds = text_columns(theirs)
        columns = {}
        for column in theirs.columns:
            if column in kinds:
                columns[column] = plain if kinds[column] == "text" else [t.split() for t in plain]
            else:
                columns[column] = [theirs[column].iloc[i % len(theirs)] for i in range(len(plain))]
        return pandas.DataFrame(columns)
    rows = row_like(theirs[0], plain)
    if type(theirs).__name__ == "ndarray":
        import numpy
        made = numpy.empty(len(rows), dtype=object)
        made[:] = rows
        return made
    return type(theirs)(rows)


def row_like(sample, titles):
    """Titles as words where the student's are; within a line of several fields in the place of the longest."""
    if not isinstance(sample, str):
        return [title.split() for title in titles]
    fields = sample.rstrip("\n").split("\t")
    place = max(range(len(fields)), key=lambda i: len(fields[i].split()))
    end = "\n" if sample.endswith("\n") else ""
    return ["\t".join(title if i == place else f for i, f in enumerate(fields)) + end for title in titles]


def vocab_like(theirs, vocab):
    made = dict(vocab)
    if hasattr(theirs, "default_factory"):
        return type(theirs)(theirs.default_factory, made)
    return type(theirs)(made)


def words_like(theirs, vocab, their_vocab):
    """The list whose places are ids, or which is one short of that."""
    first = next((i for i, w in enumerate(theirs) if their_vocab.get(w, 0) == 1), 0)
    made = [*list(theirs)[:first], *sorted(vocab, key=vocab.get)]
    if type(theirs).__name__ == "ndarray":
        import numpy
        return numpy.array(made)
    return type(theirs)(made)


def both(value):
    """Ids and mask. Where no mask was made, the padding tells it: the id 0."""
    if isinstance(value, dict):
        ids, mask = table(value["input_ids"]), value.get("attention_mask")
        return {"input_ids": ids, "attention_mask": ids.ne(0).long() if mask is None else table(mask)}
    ids, mask = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
    ids = table(ids)
    return {"input_ids": ids, "attention_mask": ids.ne(0).long() if mask is None else table(mask)}


def table(rows):
    rows = [torch.as_tensor(row).reshape(-1).long() for row in rows]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def holder(path, rows, dim):
    """An object with a table of vectors where the student's model has one: model.emb.weight."""
    value = torch.nn.Parameter(torch.zeros(rows, dim))
    for name in reversed(path):
        value = types.SimpleNamespace(**{name: value})
    return value


def make(namespace, body, stops, result):
    def run(titles=None, vocab=None, vectors=None, dim=None, tokenizer=None):
        their_vocab = next((namespace[n] for n, kind in stops.items() if kind == "vocab"), {})
        values = {}
        for name, kind in stops.items():
            theirs = namespace.get(name)
            if kind == "texts" and titles is not None:
                values[name] = texts_like(theirs, titles)
            elif kind == "vocab" and vocab is not None:
                values[name] = vocab_like(theirs, vocab)
            elif kind == "tokenizer" and tokenizer is not None:
                values[name] = tokenizer
            elif kind == "vectors" and vectors is not None:
                values[name] = vectors
            elif kind == "words" and vocab is not None:
                values[name] = words_like(theirs, vocab, their_vocab)
            elif kind == "dim" and dim is not None:
                values[name] = dim
            elif kind == "size" and vocab is not None:
                off = [theirs - len(namespace[n]) for n, k in stops.items() if k in ("vocab", "words")] or [1]
                values[name] = len(vocab) + max(0, min(off))
        root, *path = result.removesuffix(".data").split(".")
        if path and vocab is not None:
            values[root] = holder(path, len(vocab) + 2, dim)
        with overridden(namespace, values):
            with torch.no_grad():
                exec(compile(body, "<cell lifted>", "exec"), namespace)
            value = eval(result, namespace)
            if tokenizer is not None:
                return both(value)
            if isinstance(value, (list, tuple)) and value and not isinstance(value[0], (int, float, str)):
                value = torch.stack([torch.as_tensor(v) for v in value])
            if isinstance(value, dict):
                return dict(value)
            return value.detach().float() if isinstance(value, torch.Tensor) else value
    return run
'''
)
