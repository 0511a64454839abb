"""A class of any size, made of the solution file, with what must come out for each.

Of 300 submissions, and in these proportions for other sizes (at least one of each kind):

    right      120   every answer in, each file different by a remark
    wrong       75   the causal mask with one of its known mistakes, in turn: the mistake is named
    untouched   15   the stub as it was given
    broken      24   a web page, a file cut off in the middle, an empty one, one in Latin-1: unreadable
    crashing    18   the answer does not parse, or raises
    hostile     18   ends the kernel, never ends, patches the comparison, forks, fills the disk: full marks for none
    late        12   right, and handed in after DUE
    double      12   a wrong notebook first, a right one later: the later one counts
    ambiguous    6   a notebook of no lesson: unreadable, and the sentence says what to do

Everybody has a name of three syllables; nothing depends on chance. They hand in the lesson's first exercises, without those
that train a model: it is the batch that is tested here.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import nbformat
import nbformat.v4

from grader.lessons import exercise
from tests import notebooks
from tests.notebooks import answer_cells

LESSON, TARGET, FULL = "transformer_lm", "causal_mask", 5.0
HANDED_IN = ("positional_encoding", TARGET, "multi_head")
DUE = datetime(2026, 6, 1, 12, tzinfo=UTC)
KINDS = {"right": 120, "wrong": 75, "untouched": 15, "broken": 24, "crashing": 18, "hostile": 18, "late": 12, "double": 12, "ambiguous": 6}  # fmt: skip
SYLLABLES = ("ka", "mi", "no", "ri", "su", "ta", "yo")
WRECKS: tuple[bytes, ...] = (
    b"<!doctype html><title>Colab</title>",
    b'{"cells": [{"cell_type": "co',
    b"",
    '{"cells": "caf\xe9"}'.encode("latin-1"),
)
CRASHES = ("def causal_mask(size:\n    return 1", "raise RuntimeError('not today')")
ATTACKS = (
    "import os\nos._exit(0)",
    "while True: pass",
    "import torch\ntorch.equal = torch.allclose = lambda *a, **k: True\ndef causal_mask(size):\n    return torch.ones(size, size, dtype=torch.bool)",
    "import os, signal\nos.kill(-1, signal.SIGKILL)",
    "import os\nwhile os.fork(): pass",
    "with open('big', 'wb') as f:\n    while True: f.write(bytes(1 << 20))",
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One student and what must come out. outcome: as batch.watch.kind says it."""

    student: str
    kind: str
    outcome: str
    mistake: str | None = None


def make(folder: Path, size: int = 300) -> list[Member]:
    """Write the class into `folder`, and say what must come out."""
    counts = {kind: max(1, round(share * size / 300)) for kind, share in KINDS.items()}
    names = everybody()
    writers = {kind: WRITERS[kind]() for kind in counts}
    return [next(writers[kind])(folder, next(names), kind) for kind, count in counts.items() for _ in range(count)]


def everybody() -> Iterator[str]:
    for a in SYLLABLES:
        for b in SYLLABLES:
            for c in SYLLABLES:
                yield f"{a}{b}{c}"


def first_part(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Without the exercises that take long."""
    notebook.cells = [c for c in notebook.cells if c.metadata.get("grader", {}).get("exercise", TARGET) in HANDED_IN]
    return notebook


def solved(**mistakes: str) -> nbformat.NotebookNode:
    return first_part(notebooks.solved(LESSON, **mistakes))


def stub() -> nbformat.NotebookNode:
    return first_part(notebooks.stub(LESSON))


Writer = Callable[[Path, str, str], Member]


def right() -> Iterator[Writer]:
    model = solved()

    def write(folder: Path, student: str, kind: str) -> Member:
        hand_in(folder / f"{student}.ipynb", signed(model, student), DUE + timedelta(hours=3 if kind == "late" else -3))
        return Member(student, kind, "right")

    while True:
        yield write


def wrong() -> Iterator[Writer]:
    for mistake in cycle(variant.id for variant in exercise(TARGET).misconceptions):
        model = solved(causal_mask=mistake)

        def write(
            folder: Path, student: str, kind: str, model: nbformat.NotebookNode = model, mistake: str = mistake
        ) -> Member:
            hand_in(folder / student / "homework.ipynb", signed(model, student))
            return Member(student, kind, "wrong", mistake)

        yield write


def untouched() -> Iterator[Writer]:
    model = stub()
    while True:
        yield lambda folder, student, kind: whole(folder, student, kind, signed(model, student), "wrong")


def instead(texts: tuple[str, ...]) -> Iterator[Writer]:
    """The target's answer replaced by each of the texts in turn."""
    for text in cycle(texts):
        model = solved()
        answer_cells(model, TARGET)[0].source = text
        yield lambda folder, student, kind, model=model: whole(folder, student, kind, signed(model, student), "wrong")  # type: ignore[misc]


def broken() -> Iterator[Writer]:
    for content in cycle(WRECKS):

        def write(folder: Path, student: str, kind: str, content: bytes = content) -> Member:
            put(folder / f"{student}.ipynb", content, DUE - timedelta(hours=3))
            return Member(student, kind, "unreadable")

        yield write


def double() -> Iterator[Writer]:
    bad, good = stub(), solved()

    def write(folder: Path, student: str, kind: str) -> Member:
        hand_in(folder / student / "final.ipynb", signed(bad, student), DUE - timedelta(hours=5))
        hand_in(folder / student / "a really final.ipynb", signed(good, student), DUE - timedelta(hours=1))
        return Member(student, kind, "right")

    while True:
        yield write


def ambiguous() -> Iterator[Writer]:
    model = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)", id="c")])
    while True:
        yield lambda folder, student, kind: whole(folder, student, kind, signed(model, student), "unreadable")


def whole(folder: Path, student: str, kind: str, notebook: nbformat.NotebookNode, outcome: str) -> Member:
    hand_in(folder / f"{student}.ipynb", notebook)
    return Member(student, kind, outcome)


def signed(notebook: nbformat.NotebookNode, student: str) -> nbformat.NotebookNode:
    mine = copy.deepcopy(notebook)
    mine.cells.append(nbformat.v4.new_markdown_cell(f"Handed in by {student}.", id=f"by-{student}"))
    return mine


def hand_in(path: Path, notebook: nbformat.NotebookNode, when: datetime = DUE - timedelta(hours=3)) -> None:
    put(path, json.dumps(notebook).encode(), when)


def put(path: Path, content: bytes, when: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (when.timestamp(), when.timestamp()))


WRITERS: dict[str, Callable[[], Iterator[Writer]]] = {
    "right": right,
    "wrong": wrong,
    "untouched": untouched,
    "broken": broken,
    "crashing": lambda: instead(CRASHES),
    "hostile": lambda: instead(ATTACKS),
    "late": right,
    "double": double,
    "ambiguous": ambiguous,
}
