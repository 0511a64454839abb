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
    """In front of all cells, in one of ours, and the student is told."""
    found = completed("def f(titles):\n    return Counter(titles)", "class A(nn.Module):\n    pass")
    assert found.cells[0].source == "from collections import Counter\nfrom torch import nn"
    assert found.cells[0].index == -1 and [cell.index for cell in found.cells[1:]] == [0, 1]
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
    assert len(found.cells) == len(sources) and not found.remarks


@pytest.mark.parametrize(("name", "statement"), list(usual_imports()))
def test_a_usual_import_makes_its_name(name: str, statement: str) -> None:
    """By itself, where the package is there."""
    pytest.importorskip(statement.split()[1].partition(".")[0])
    scope: dict[str, object] = {}
    exec(statement, scope)  # of ours
    assert name in scope


def test_answers_cut_out_of_our_notebook(tmp_path: Path, host: KernelFactory | None) -> None:
    """Without the first cell a right answer earns everything, and an untouched one is not attempted rather than a crash."""
    right, blank = solved("knock80_89"), stub("knock80_89")
    right.cells = [*answer_cells(right, "knock80"), *answer_cells(blank, "knock81")]
    path = save(right, tmp_path)
    first, second = grade(path, 1, ("knock80", "knock81"), host=host).exercises
    assert first.score.earned == first.score.possible
    assert {finding.outcome for finding in second.findings} == {Outcome.MISSING}
