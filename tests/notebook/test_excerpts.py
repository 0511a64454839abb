"""Code without a single import is an excerpt of something that ran, and gets the usual ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade
from grader.model import Cell, Outcome, Submission
from grader.notebook.excerpts import complete_excerpt, usual_imports
from grader.sandbox.kernel_factory import KernelFactory
from tests.notebooks import answer_cells, save, solved, stub


def completed(*sources: str) -> Submission:
    cells = tuple(Cell(number, "code", source) for number, source in enumerate(sources))
    return complete_excerpt(Submission("somebody", "0" * 64, "en", None, cells))


def test_what_is_read_and_nobody_makes_is_imported() -> None:
    """Before the first cell, outside of all of them, and the student is told."""
    found = completed("def f(titles):\n    return Counter(titles)", "class A(nn.Module):\n    pass")
    assert found.lent == "from collections import Counter\nfrom torch import nn"
    assert [cell.index for cell in found.cells] == [0, 1]
    assert "`Counter`, `nn`" in found.remarks[0].en and "`Counter`, `nn`" in found.remarks[0].ja


@pytest.mark.parametrize(
    "sources",
    [
        ("x = nn.Linear(2, 3)", "import math"),
        ("x = nn.Linear(2, 3)", "def f():\n    import torch"),
        ("x = nn.Linear(2, 3)", "import torch\nprint 3"),
        ("def f(random, re):\n    time = random.time\n    return re, time",),
        ("class Counter:\n    pass\nx = Counter()",),
        ("x = 3",),
    ],
    ids=["imported", "imported inside", "does not parse", "arguments", "own class", "nothing lacking"],
)
def test_elsewhere_nothing_is_added(sources: tuple[str, ...]) -> None:
    """Who imports something forgot the rest; a name of one's own is no module."""
    found = completed(*sources)
    assert not found.lent and not found.remarks


@pytest.mark.parametrize(("name", "statement"), list(usual_imports()))
def test_a_usual_import_makes_its_name(name: str, statement: str) -> None:
    """By itself, where the package is there."""
    pytest.importorskip(statement.split()[1].partition(".")[0])
    scope: dict[str, object] = {}
    exec(statement, scope)  # of ours
    assert name in scope


TIME_FIRST = """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x):  # x: (T, B)
        _, h = self.rnn(self.emb(x))
        return self.fc(h[0])

rnn = RNN(30, 8, 29, 4, 6)
print(rnn(torch.randint(0, 29, (7, 3))).shape)
"""


@pytest.mark.parametrize("name", ["knock81.py", "knock81/model.py"])
def test_an_excerpt_of_their_own_is_no_notebook_of_ours(name: str, tmp_path: Path, host: KernelFactory | None) -> None:
    """Whatever its file or folder is called, it is asked in its own form: the time first, say."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(TIME_FIRST, encoding="utf-8")
    found = grade(tmp_path / name.partition("/")[0], 1, ("knock81",), host=host).exercises[0]
    assert found.score.earned == found.score.possible, found.findings


def test_answers_cut_out_of_our_notebook(tmp_path: Path, host: KernelFactory | None) -> None:
    """Without the first cell a right answer earns everything, and an untouched one is not attempted rather than a crash."""
    right, blank = solved("knock80_89"), stub("knock80_89")
    right.cells = [*answer_cells(right, "knock80"), *answer_cells(blank, "knock81")]
    path = save(right, tmp_path)
    first, second = grade(path, 1, ("knock80", "knock81"), host=host).exercises
    assert first.score.earned == first.score.possible
    assert {finding.outcome for finding in second.findings} == {Outcome.MISSING}
