"""Statements that read the training titles from their file, run again with other titles in that file.

Nothing is written: for as long as the statements run, `open` gives the judge's lines for the file, in the form of its own.
"""

from __future__ import annotations

import builtins
import contextlib
import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import torch

from grader.matching.payloads.fragments import rerun
from grader.matching.payloads.recompute import plain_result

# train.txt, data/train.feature.txt, train_re.csv; none of the labels: y_train.txt
OF_TRAINING = re.compile(r"(?i)train[\w.]{0,40}\.(?:txt|tsv|csv)")
HEADER = re.compile(r"(?i)titles?|headlines?|texts?|sentences?|features?")


class NothingRead(Exception):
    """The statements do not read the file of the training titles."""


class Lines:
    """A file of titles with other titles in it: what else stands in a line stays, the header too."""

    def __init__(self, text: str) -> None:
        rows = text.splitlines()
        self.comma = not any("\t" in row for row in rows)
        self.rows = list(csv.reader(rows)) if self.comma else [row.split("\t") for row in rows]
        counts = [max(range(len(row)), key=lambda i: len(row[i].split())) for row in self.rows[1:40] if row]
        self.place = max(counts, key=counts.count) if counts else 0
        first = self.rows[0] if self.rows else []
        self.headed = len(first) > self.place and bool(HEADER.fullmatch(first[self.place].strip()))

    def holding(self, titles: list[str]) -> str:
        """The file's text with these titles, a line each."""
        head, rest = self.rows[: int(self.headed)], self.rows[int(self.headed) :]
        rest = [row for row in rest if len(row) > self.place]
        if not rest:
            raise NothingRead("the file has no titles")
        made = [list(rest[number % len(rest)]) for number in range(len(titles))]
        for row, title in zip(made, titles, strict=True):
            row[self.place] = title
        written = io.StringIO()
        if self.comma:
            csv.writer(written, lineterminator="\n").writerows([*head, *made])
        else:
            written.writelines("\t".join(row) + "\n" for row in [*head, *made])
        return written.getvalue()


@contextlib.contextmanager
def training_file(titles: list[str]) -> Iterator[tuple[Callable[..., Any], list[str]]]:
    """Every way to open a file gives these titles for that of the training data: (the new `open`, the files that were read)."""
    opened: list[str] = []
    real, of_io = builtins.open, io.open

    def instead(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        name = re.split(r"[\\/]", os.fspath(file))[-1] if isinstance(file, str | os.PathLike) else ""
        if not OF_TRAINING.fullmatch(str(name)) or set(mode) & set("wax+"):
            return real(file, mode, *args, **kwargs)
        with real(file, encoding="utf-8") as own:
            made = Lines(own.read()).holding(titles)
        opened.append(str(name))
        return io.BytesIO(made.encode()) if "b" in mode else io.StringIO(made)

    builtins.open = io.open = instead
    try:
        yield instead, opened
    finally:
        builtins.open, io.open = real, of_io


def run_on_file(namespace: dict[str, Any], body: str, result: str) -> Callable[..., Any]:
    """The statements as a function of the training titles. result: the expression that is read afterwards."""

    def run(titles: list[Any]) -> Any:
        plain = [title if isinstance(title, str) else " ".join(title) for title in titles]
        with training_file(plain) as (instead, opened), torch.no_grad():
            found = rerun(namespace, body, lambda: {"open": instead}, lambda: plain_result(eval(result, namespace)))
        if not opened:
            raise NothingRead("no file of training titles was opened")
        return found

    return run
