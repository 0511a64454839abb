"""Every foreign form has examples, right and wrong; the grader understands all of them.

An example is a file in `examples/ADAPTER/`, whole as somebody hands it in. Its first lines say which exercise it answers, and of a
wrong one, the mistake that must be named or the check that must fail; `open` are checks that nothing in the file answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from grader.judge.judging import judge
from grader.lessons import exercise, load
from grader.model import Cell, ExerciseReport, Outcome, Submission
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn
from tools import forms

EXAMPLES = Path(__file__).parent / "examples"
FILES = sorted(EXAMPLES.glob("*/*.py"))
ADAPTERS = Path(__file__).parents[2] / "grader" / "matching" / "adapters"


MARK = re.compile(r"^# %% ?(\w*)\n", re.MULTILINE)  # `# %% knock82`: a cell of its section; `# %%`: of none


@dataclass(frozen=True)
class Example:
    """One hand-in. mistake, fails: of a wrong one, what has to be found."""

    source: str
    exercise: str
    mistake: str
    fails: str
    open: frozenset[str]


@cache
def read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    said = dict(re.findall(r"^# (exercise|mistake|fails|open): (.*)$", text, re.MULTILINE))
    return Example(
        text, said["exercise"], said.get("mistake", ""), said.get("fails", ""), frozenset(said.get("open", "").split())
    )


def grade(example: Example) -> ExerciseReport:
    asked = exercise(example.exercise)
    first, *more = MARK.split(example.source)
    parts = [
        (None if more else asked.id, first),
        *((name or None, text) for name, text in zip(*[iter(more)] * 2, strict=True)),
    ]
    cells = tuple(Cell(place, "code", text, exercise=name) for place, (name, text) in enumerate(parts))
    with LocalSandbox() as sandbox:
        submission = Submission("somebody", "0" * 64, "en", asked.lesson, cells)
        return judge(submission, sandbox, load(asked.lesson), seed=5, only=(asked.id,)).exercises[0]


# Trainings that are searched long for what explains them.
LONG = ("language_model/wrong_targets_not_shifted", "fine_tuning/wrong_step_forgotten")


def form_of(case: dict[str, Path]) -> str:
    path = case["path"]
    return "long" if f"{path.parent.name}/{path.stem}" in LONG else path.parent.name


@drawn({"": 1, "long": 0}, form_of)  # of each form a right or a wrong one
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_is_understood(path: Path) -> None:
    """A right one earns everything that it answers; of a wrong one the mistake is found."""
    example = read(path)
    findings = [f for f in grade(example).findings if f.check not in example.open]
    lost = {f.check: f.outcome for f in findings if f.outcome is not Outcome.PASSED}
    named = {f.misconception.id for f in findings if f.misconception}
    if path.stem.startswith("right_"):
        assert (lost, named) == ({}, set())
    elif example.mistake:
        assert example.mistake in named
    else:
        assert lost.get(example.fails) is Outcome.FAILED


def test_an_example_says_what_must_be_found() -> None:
    for path in FILES:
        example = read(path)
        assert path.stem.startswith(("right_", "wrong_")), path
        assert bool(example.mistake or example.fails) == path.stem.startswith("wrong_"), path
        assert (ADAPTERS / f"{path.parent.name}.py").is_file(), path


def test_the_table_in_the_docs_is_fresh() -> None:
    page = forms.PAGE.read_text(encoding="utf-8")
    assert forms.BEGIN in page
    assert forms.render(page) == page, "run python tools/forms.py"
