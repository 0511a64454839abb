"""The execution log: what is told about it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import nbformat.v4
import pytest

from grader.grading import grade
from grader.judge import saved_outputs
from grader.model import Cell, CellRun, Ending, Run, Submission
from grader.sandbox.kernel_factory import KernelFactory
from tests.notebooks import save, solved, without_demonstrations


def remarks(*cells: Cell, printed: dict[int, str] | None = None) -> list[str]:
    run = Run(tuple(CellRun(c.index, Ending.OK, output=(printed or {}).get(c.index, c.output)) for c in cells), 1.0)
    return [text.en for text in saved_outputs.read_log(Submission("n", "0", "en", None, cells), run)]


def cell(index: int, count: int | None, output: str = "", source: str = "x = 1") -> Cell:
    return Cell(index, "code", source, output=output, count=count)


def test_a_full_log_needs_no_word() -> None:
    """Run from top to bottom, printing what it prints: nothing to say."""
    assert remarks(cell(0, 1, "3\n"), cell(1, 2, "loss 0.5")) == []


def test_a_notebook_that_was_never_run_is_told() -> None:
    """No brackets at all: there is no log."""
    assert "no execution log" in remarks(cell(0, None), cell(1, None))[0]


def test_gaps_and_disorder_are_told_apart() -> None:
    """A cell without a number is a gap; numbers that go down are disorder."""
    assert "cells 2 have not been run" in remarks(cell(0, 1), cell(1, None), cell(2, 2))[0]
    assert "not run from top to bottom" in remarks(cell(0, 5), cell(1, 2))[0]


def test_an_untouched_exercise_is_no_gap() -> None:
    """A stub that still raises NotImplementedError is not held against the log."""
    assert remarks(cell(0, 1), cell(1, None, source="def f():\n    raise NotImplementedError")) == []


@pytest.mark.parametrize(
    ("saved", "here"),
    [
        ("loss 0.512", "loss 0.497"),
        ("took 12 s", "took 15 s"),
        ("<object at 0x7f01>", "<object at 0x7ffe>"),
        ("10%\r100%\rdone", "done"),
        ("[1.5e-05]", "[2.5e-03]"),
        ("trained on cuda:0", "trained on cpu"),
        ("done\n[image]\n", "done"),
        ("CPU times: user 2 ms, sys: 0 ns, total: 2 ms\nWall time: 27 ms\n499500", "499500"),
    ],
)
def test_chance_is_not_compared(saved: str, here: str) -> None:
    """Losses, times, addresses, progress bars and the device may differ."""
    assert remarks(cell(0, 1, saved), printed={0: here}) == []


@pytest.mark.parametrize(
    "source",
    [
        "pass  # left out: !pip install transformers",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "print(torch.cuda.is_available())",
        "x.to('cuda')",
        "print(torch.__version__)",
        "print(sys.version)",
        "print(set(words))",
        "torch.randperm(5)",
        "random.sample(ids, 3)",
        "print(datetime.now())",
    ],
)
def test_what_another_machine_prints_is_not_compared(source: str) -> None:
    """Colab, a GPU, a version and the shell answer otherwise there."""
    assert remarks(cell(0, 1, "Tesla T4", source), printed={0: "nothing"}) == []


DRAWN = [
    "import torch, random\nfrom os import getpid",
    "order = torch.randperm(5)",
    "kept = []\nfor i in order:\n    kept.append(int(i))",
]


@pytest.mark.parametrize(
    ("before", "source"),
    [
        (DRAWN, "print(order[:3])"),
        (DRAWN, "print(kept)"),
        (DRAWN, "pid = getpid()\nprint(pid)"),
        (["words = list('abc')", "import random as r\nr.shuffle(words)"], "print(words)"),
        (["kinds = {w for w in text}\nids = {w: i for i, w in enumerate(kinds)}"], "ids['a']"),
        (["from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(3, 2)", "net = Net()"], "print(net(x).argmax())"),
        (["import pandas as pd\ntable = pd.read_csv('news.tsv')"], "len(table)"),
        (["from time import ctime"], "ctime()"),
        (["import uuid\ndef name():\n    return uuid.uuid4()"], "print(name())"),
        (["from google.colab import userdata"], "userdata.get('x')"),
        ([], "print 'old'"),
        (["words = 'a b a'.split()"], "print(sorted(set(words), key=words.count))"),
        (["from torch.utils.data import DataLoader"], "for rows in DataLoader(data, shuffle=True):\n    print(rows)"),
        (["import torch\nnet = torch.nn.Linear(3, 2)"], "print(net(x).argmax())"),
        (["def predict(x):\n    return model(x).argmax()", "from torch import nn\nmodel = nn.Linear(3, 2)"], "print(predict(x))"),
        (["import random\ndef mix(items):\n    random.shuffle(items)", "words = list('abc')\nmix(words)"], "print(words)"),
        (["import random\ndef draw():\n    global best\n    best = random.random()", "draw()"], "print(best > 1)"),
        ([], "print({'a', 'b'})"),
        (["from torch import randint"], "print(randint(9, (1,)).item())"),
        (["order = [2, 1\n"], "print(order)"),
    ],
)  # fmt: skip
def test_what_follows_from_chance_is_not_compared(before: list[str], source: str) -> None:
    """Names are followed from cell to cell: what was drawn in one is printed in another."""
    cells = [cell(n, n + 1, "", text) for n, text in enumerate([*before, source])]
    cells[-1] = cell(len(before), len(cells), "seven", source)
    assert remarks(*cells, printed={len(before): "eight"}) == []


@pytest.mark.parametrize(
    ("before", "source"),
    [
        (DRAWN, "print(len('abc'))"),
        (DRAWN, "x = torch.zeros(3, 4)\nprint(x.shape)"),
        (DRAWN, "order = [1, 2]\nprint(order)"),
        (["kinds = sorted(set(text))"], "len(kinds)"),
        (["import torch\nfrom torch import nn\nclass Table(nn.Module):\n    pass"], "print(Table.__name__)"),
    ],
)
def test_what_no_chance_decides_is_compared(before: list[str], source: str) -> None:
    """Beside what is drawn stands what is not; a name that is given a value anew is no longer what was drawn."""
    cells = [cell(n, n + 1, "", text) for n, text in enumerate([*before, source])]
    cells[-1] = cell(len(before), len(cells), "seven", source)
    assert "printed something else" in remarks(*cells, printed={len(before): "eight"})[0]


def test_a_notebook_graded_whole_prints_each_line_once(tmp_path: Path, host: KernelFactory | None) -> None:
    """A cell that prints is no cell that was changed after its last run."""
    notebook = without_demonstrations(solved("quiz"))
    said = nbformat.v4.new_code_cell("print('all passed')", execution_count=1)
    said.outputs = [nbformat.v4.new_output("stream", text="all passed\n")]
    notebook.cells = [*notebook.cells, said]
    for count, code in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        code.execution_count = count
    report = grade(save(notebook, tmp_path), seed=1, host=host)
    assert not [remark.en for remark in report.remarks if "printed something else" in remark.en]


@pytest.mark.parametrize(
    ("saved", "here"), [("torch.Size([3, 4])", "torch.Size([4, 3])"), ("5", "6"), ("all passed", "")]
)
def test_words_and_whole_numbers_are_compared(saved: str, here: str) -> None:
    """A shape, a count or a word that is not what the cell prints is told."""
    assert "printed something else" in remarks(cell(0, 1, saved), printed={0: here})[0]
