"""A definition finds its names as they were meant where it stands, whatever cells below made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.grading import grade
from grader.model import Cell, Outcome
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.local import LocalSandbox
from tests.notebooks import save, solved, without_demonstrations

MEAN = """
import math

limit = 2

def mean(values):
    return math.floor(sum(values[:limit]) / len(values[:limit]))
"""


def asked(*cells: tuple[str, str | None], section: str | None = "here", name: str = "mean") -> Any:
    """What `mean` says after these cells, each with its section."""
    sandbox = LocalSandbox()
    for index, (source, where) in enumerate(cells):
        sandbox.run(Cell(index, "code", source, exercise=where))
    request = {"op": "call", "section": section, "target": name, "args": ([4, 7, 90],), "kwargs": {}, "seed": 1}
    with sandbox.branch() as branch:
        reply = branch.ask(request)
    return reply.fault.type if reply.fault is not None else reply.value


@pytest.mark.parametrize("where", ["here", "below", None])
@pytest.mark.parametrize("line", ["mean = mean([1, 2])", "math = 3", "sum, len = 0, 5", "math = mean = sum = None"])
def test_a_name_that_became_data_means_what_it_meant(line: str, where: str | None) -> None:
    """A result under the function's own name, a count called like a module, a number called like a builtin."""
    assert asked((MEAN, "here"), (line, where)) == 5


def test_without_sections_the_same_holds() -> None:
    """As in a script, or in a notebook without headings."""
    assert asked((MEAN, None), ("mean = mean([1, 2])", None), ("math = 3", None), section=None) == 5


def test_data_is_as_the_section_left_it() -> None:
    """A setting may be made after the function that reads it, and the section's last word counts."""
    assert asked((MEAN, "here"), ("limit = 3", "here"), ("limit = 1", "below")) == 33


def test_what_was_data_before_the_definition_stays() -> None:
    """Who calls a list `range` and reads it in a function means that list."""
    own = "range = [1, 2]\ndef mean(values):\n    return range[0] + len(values)"
    assert asked((own, "here"), ("len = 5", "below")) == 4


def test_a_later_definition_of_the_section_counts() -> None:
    """A function that is written once more, and an alias for another one."""
    assert asked((MEAN, "here"), ("def mean(values):\n    return 0", "here")) == 0
    assert asked((MEAN, "here"), ("def other(values):\n    return 1", "here"), ("mean = other", "here")) == 1


def test_data_of_another_section_keeps_its_name() -> None:
    """What a section without definitions of its own made is found there, though another one has a function of that name."""
    cells = ((MEAN, "above"), ("def total(values):\n    return mean", "above"), ("mean = 8", "here"))
    assert asked(*cells, section="here", name="total") == 8


def test_right_work_loses_nothing_by_the_names_below(tmp_path: Path, host: KernelFactory | None) -> None:
    """In a real kernel: builtins, modules and the answers' own names are all something else at the end of the notebook."""
    notebook = without_demonstrations(solved("transformer_lm"))
    for line in ("sum = 0; max = 3; len = 5; list = []; range = 1; super = 2", "F = 3; nn = None", "lm_loss = 0.5"):
        notebook.cells.append(nbformat.v4.new_code_cell(line))
    report = grade(save(notebook, tmp_path), seed=4, host=host, only=("multi_head", "lm_training", "generate"))
    assert {f.outcome for e in report.exercises for f in e.findings} == {Outcome.PASSED}
