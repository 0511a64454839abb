"""Statements of the notebook, computed again from the judge's titles, vocabulary, vectors or tokenizer.

A result that no function makes, such as a table of ids or an embedding that was filled in a loop, is asked by running
the statements that made it with the judge's data where the notebook's own was.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any

import torch

from grader.matching.payloads.arguments import entries_for_unknown
from grader.matching.payloads.classify import TEXTS, is_pandas, kind_of, text_columns
from grader.matching.payloads.fragments import rerun

USUAL_WIDTH = 300  # of the vectors that the problems name


def tell_holdings(namespace: dict[str, Any]) -> Callable[[], dict[str, str]]:
    """A function that says what the notebook's globals hold: {name: kind}, of titles and of what becomes of them.

    A number is `dim` where vectors are so wide, and `size` where it is that of a vocabulary, or up to two more.
    """

    def tell() -> dict[str, str]:
        told = {n: kind_of(v, TEXTS) for n, v in list(namespace.items()) if not n.startswith("_")}
        found = {n: kind for n, kind in told.items() if kind}
        sizes = {len(namespace[n]) for n, kind in found.items() if kind in ("vocab", "words")}
        widths = (namespace[n].vectors.shape[1] for n, kind in found.items() if kind == "vectors")
        width = next(widths, USUAL_WIDTH)
        for n, v in list(namespace.items()):
            if type(v) is not int or n.startswith("_"):
                continue
            if v == width:
                found[n] = "dim"
            elif any(0 <= v - size <= 2 for size in sizes):
                found[n] = "size"
        return found

    return tell


# --- values in the form of the notebook's own ----------------------------------------------------


def texts_like(theirs: Any, titles: list[Any], read: list[str]) -> Any:
    """The judge's titles as the student keeps titles: a DataFrame, one of its columns, an array or a list.

    read: columns that the statements take from it; a name that holds one of them by now held a whole DataFrame then.
    """
    plain = [t if isinstance(t, str) else " ".join(t) for t in titles]
    if read and is_pandas(theirs) and not hasattr(theirs, "columns"):
        import pandas

        return pandas.DataFrame(dict.fromkeys(read, plain))
    if is_pandas(theirs):
        return frame_like(theirs, plain)
    rows = rows_like(theirs[0], plain)
    if type(theirs).__name__ == "ndarray":
        import numpy

        made = numpy.empty(len(rows), dtype=object)
        made[:] = rows
        return made
    return type(theirs)(rows)


def frame_like(theirs: Any, plain: list[str]) -> Any:
    import pandas

    if not hasattr(theirs, "columns"):
        return pandas.Series(rows_like(theirs.iloc[0], plain), name=theirs.name)
    kinds = text_columns(theirs)
    columns = {}
    for column in theirs.columns:
        if column in kinds:
            columns[column] = plain if kinds[column] == "text" else [t.split() for t in plain]
        else:
            columns[column] = [theirs[column].iloc[i % len(theirs)] for i in range(len(plain))]
    return pandas.DataFrame(columns)


def rows_like(sample: Any, titles: list[str]) -> list[Any]:
    """Titles as words where the student's are; within a line of several fields in the place of the longest."""
    if not isinstance(sample, str):
        return [title.split() for title in titles]
    fields = sample.rstrip("\n").split("\t")
    place = max(range(len(fields)), key=lambda i: len(fields[i].split()))
    end = "\n" if sample.endswith("\n") else ""
    return ["\t".join(title if i == place else f for i, f in enumerate(fields)) + end for title in titles]


def vocabulary_like(theirs: Any, vocab: dict[str, int]) -> Any:
    """A dict, or a defaultdict or Counter where theirs is one, with their entry for unknown words."""
    vocab = {**entries_for_unknown(theirs), **vocab}
    if hasattr(theirs, "default_factory"):
        return type(theirs)(theirs.default_factory, dict(vocab))
    return type(theirs)(dict(vocab))


def words_like(theirs: Any, vocab: dict[str, int], their_vocab: dict[str, int]) -> Any:
    """The list whose places are ids, or which is one short of that."""
    first = next((i for i, w in enumerate(theirs) if their_vocab.get(w, 0) == 1), 0)
    made = [*list(theirs)[:first], *sorted(vocab, key=lambda word: vocab[word])]
    if type(theirs).__name__ == "ndarray":
        import numpy

        return numpy.array(made)
    return type(theirs)(made)


def size_like(theirs: int, counted: list[int], vocab: dict[str, int]) -> int:
    """As many more than there are words as the student's number is."""
    off = [theirs - size for size in counted] or [1]
    return len(vocab) + max(0, min(off))


def table_holder(path: list[str], rows: int, dim: Any) -> Any:
    """An object with a table of vectors where the student's model has one: model.emb.weight."""
    value: Any = torch.nn.Parameter(torch.zeros(rows, dim))
    for name in reversed(path):
        value = types.SimpleNamespace(**{name: value})
    return value


# --- what comes out ------------------------------------------------------------------------------


def ids_and_mask(value: Any) -> dict[str, torch.Tensor]:
    """Ids and mask. Where no mask was made, the padding tells it: the id 0."""
    if isinstance(value, dict):
        ids, mask = padded(value["input_ids"]), value.get("attention_mask")
    else:
        ids, mask = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
        ids = padded(ids)
    return {"input_ids": ids, "attention_mask": ids.ne(0).long() if mask is None else padded(mask)}


def padded(rows: Any) -> torch.Tensor:
    rows = [torch.as_tensor(row).reshape(-1).long() for row in rows]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def plain_result(value: Any) -> Any:
    """A dict, or a tensor of floats; rows that were kept in a list become one."""
    if isinstance(value, (list, tuple)) and value and not isinstance(value[0], (int, float, str)):
        value = torch.stack([torch.as_tensor(v) for v in value])
    if isinstance(value, dict):
        return dict(value)
    return value.detach().float() if isinstance(value, torch.Tensor) else value


# --- the statements ------------------------------------------------------------------------------


def run_again(
    namespace: dict[str, Any], body: str, stops: dict[str, str], result: str, columns: dict[str, list[str]]
) -> Callable[..., Any]:
    """The statements as a function of titles, of vocabulary, vectors and their width, or of a tokenizer and titles.

    stops: the names that get other values, and their kinds; result: the expression that is read afterwards; columns:
    what the statements take from a name in square brackets.
    """

    def run(
        titles: list[Any] | None = None,
        vocab: dict[str, int] | None = None,
        vectors: Any = None,
        dim: int | None = None,
        tokenizer: Any = None,
    ) -> Any:
        given = {"texts": titles, "vocab": vocab, "tokenizer": tokenizer, "vectors": vectors, "dim": dim}
        given |= {"words": vocab, "size": vocab}
        known = {kind: value for kind, value in given.items() if value is not None}
        values = new_values(namespace, stops, known, columns)
        values |= {"__dim__": dim} if dim is not None else {}
        root, *path = result.removesuffix(".data").split(".")
        if path and vocab is not None:
            values[root] = table_holder(path, len(vocab) + 2, dim)

        def read() -> Any:
            value = eval(result, namespace)
            return plain_result(value) if tokenizer is None else ids_and_mask(value)

        with torch.no_grad():
            return rerun(namespace, body, lambda: values, read)

    return run


def new_values(
    namespace: dict[str, Any], stops: Mapping[str, str], given: dict[str, Any], columns: Mapping[str, list[str]]
) -> dict[str, Any]:
    """The judge's value for each name of a kind that was given, in the form of the notebook's own."""
    their_vocab: dict[str, int] = next((namespace[n] for n, kind in stops.items() if kind == "vocab"), {})
    counted = [len(namespace[n]) for n, kind in stops.items() if kind in ("vocab", "words")] if "size" in given else []
    values = {}
    for name, kind in stops.items():
        theirs: Any = namespace.get(name)
        if kind not in given:
            continue
        if kind == "texts":
            values[name] = texts_like(theirs, given[kind], columns.get(name, []))
        elif kind == "vocab":
            values[name] = vocabulary_like(theirs, given[kind])
        elif kind == "words":
            values[name] = words_like(theirs, given[kind], their_vocab)
        elif kind == "size":
            values[name] = size_like(theirs, counted, given[kind])
        else:
            values[name] = given[kind]
    return values
