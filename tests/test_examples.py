"""The example notebooks, as `make demo` grades them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from grader.grading import grade
from grader.model import Outcome, Report
from grader.sandbox.kernel_factory import KernelFactory
from tools.make_examples import FOLDER, HANDED_IN, MISTAKES, cells_of, code_of, notebooks


def graded(name: str, host: KernelFactory | None = None) -> Report:
    return grade(FOLDER / name, seed=9, host=host)


def test_the_examples_are_up_to_date() -> None:
    """The cells of examples/ are what the solution file gives today."""
    for name, content in notebooks().items():
        there = (FOLDER / name).read_text(encoding="utf-8")
        assert cells_of(there) == cells_of(content), f"{name}: run `make build`"


@pytest.mark.parametrize("name", HANDED_IN)
def test_an_example_was_run_as_a_student_runs_it(name: str) -> None:
    """All its cells, from top to bottom, and the log names no folder of the machine that made it; a right one has no error."""
    code = code_of(nbformat.read(FOLDER / name, as_version=4))
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    ends = [o.output_type for cell in code for o in cell.outputs if o.output_type == "error"]
    assert bool(ends) == (name == "five_mistakes.ipynb")
    assert not [o for cell in code for o in cell.outputs if o.get("name") == "stderr"]
    assert not re.search(r"/(?:home|work|tmp|root|Users)/", json.dumps([cell.outputs for cell in code]))


def test_the_right_example_earns_everything(host: KernelFactory | None) -> None:
    """Nothing but passed checks, and notes that await a person."""
    report = graded("right.ipynb", host)
    assert report.score.earned is not None
    assert report.score.earned + report.score.pending == report.score.possible


def test_the_stub_earns_nothing(host: KernelFactory | None) -> None:
    """Every check is MISSING."""
    report = graded("stub.ipynb", host)
    assert {f.outcome for e in report.exercises for f in e.findings} == {Outcome.MISSING}


def test_each_of_the_five_mistakes_is_named() -> None:
    """The mistake is named in its exercise, everything else passes, and Colab's habits are told."""
    report = graded("five_mistakes.ipynb")
    for exercise in report.exercises:
        named = {f.misconception.id for f in exercise.findings if f.misconception}
        assert named == ({MISTAKES[exercise.id]} if exercise.id in MISTAKES else set()), exercise.id
    remarks = " ".join(remark.en for remark in report.remarks)
    for habit in ("!pip install", "google.colab", ".cuda()"):
        assert habit in remarks
    assert not [c for c in report.run.cells if c.ending not in ("ok", "left_out")]


def test_examples_come_from_the_repository() -> None:
    """The three names that the README and `make demo` use exist, and no other."""
    assert {p.name for p in Path(FOLDER).glob("*.ipynb")} == {"right.ipynb", "stub.ipynb", "five_mistakes.ipynb"}
