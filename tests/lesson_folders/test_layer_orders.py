"""The students' package knows a model whatever order it makes its layers in: right is right there, and wrong is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, permutations
from pathlib import Path

import pytest

from grader import lesson_folders, lessons
from grader.judge.judging import judge
from grader.judge.known import recorded
from grader.judge.known.recorded import SEED, RecordedAnswers, write_records
from grader.model import Outcome, Submission
from grader.packaging.student_package import recorded as recorded_of
from grader.sandbox.local import LocalSandbox

LAYERS = ("self.inner = nn.Linear(width, hidden)", "self.gate = nn.Linear(width, hidden)", "self.outer = nn.Linear(hidden, 1)")  # fmt: skip
ANSWER = """import torch
from torch import nn


class Scorer(nn.Module):
    def __init__(self, width, hidden):
        # BEGIN SOLUTION
        super().__init__()
        {0}
        {1}
        {2}
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return self.outer(torch.tanh(self.inner(x)) * torch.sigmoid(self.gate(x)))
        # END SOLUTION
"""
MODULE = '''"""A gated score."""

from grader.checks import Draw, Student, Text, check, edit, misconception, normalise

TITLE = Text(en="A gated score")
NAMES = ("Scorer",)


@check(points=4)
def gated(student: Student, draw: Draw) -> None:
    """The score is a gated sum."""
    width, hidden = draw.sizes(2)
    module = student.module("Scorer", width, hidden).randomise(draw)
    module(draw.normal(5, width), view=normalise.tensor(5, 1))
    student.must_agree(Text(en="the scores"), help=Text(en="Multiply the two."))


added = misconception(edit("(x)) * torch", "(x)) + torch"), en="The gate is added. Multiply by it.")
'''


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "gates"
    place.mkdir()
    (place / "lesson.toml").write_text('title = "Gates"\nexercises = ["gated_score"]\n')
    (place / "solution.py").write_text('# %% exercise="gated_score" role="answer"\n' + ANSWER.format(*LAYERS))
    (place / "gated_score.py").write_text(MODULE)
    lesson_folders.use_only(place)
    yield place
    lesson_folders.use_only()


def judged(scope: dict[str, object]) -> Outcome:
    nobody = Submission("student", "", "en", "gates", ())
    report = judge(nobody, LocalSandbox(scope), lessons.lesson("gates"), SEED, known=RecordedAnswers)
    return report.exercises[0].findings[0].outcome


def made(text: str) -> dict[str, object]:
    scope: dict[str, object] = {"__name__": "student"}
    exec(text, scope)
    return scope


def added(text: str) -> str:
    return text.replace("(x)) * torch", "(x)) + torch")


def test_every_order_of_layers_is_known(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six orders of three layers, two of them of one shape, earn everything without the solution; with the gate added all are failed."""
    keep_records(tmp_path, monkeypatch)
    texts = [ANSWER.format(*order) for order in permutations(LAYERS)]
    right = [judged(made(text)) for text in texts]
    wrong = [judged(made(added(text))) for text in texts]
    assert set(right) == {Outcome.PASSED} and set(wrong) == {Outcome.FAILED}, (right, wrong)


def keep_records(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = lessons.exercise("gated_score")
    (place / "gated_score.records").write_bytes(write_records(recorded_of(exercise).records))
    monkeypatch.setattr(recorded, "FOLDER", place)


def test_an_order_that_was_not_recorded_waits(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five layers of one shape not every order is recorded: right in another one is never failed, and wrong in the solution's own still is."""
    layers = [f"self.{name} = nn.Linear(width, width)" for name in ("a", "b", "c", "d", "e")]
    value = "self.a(x) * torch.tanh(self.b(x)) + self.c(torch.sin(self.d(x))) - self.e(x).exp()"
    text = ANSWER.replace("{2}\n", "{2}\n        {3}\n        {4}\n")
    text = re.sub(r"return self.outer.*", f"return ({value}).sum(-1, keepdim=True)", text)
    (folder / "solution.py").write_text('# %% exercise="gated_score" role="answer"\n' + text.format(*layers))
    module = (folder / "gated_score.py").read_text().split("\n\nadded = ")[0]
    (folder / "gated_score.py").write_text(
        module + '\n\nadded = misconception(edit("(x).exp()", "(x)"), en="No exp. Add it.")\n'
    )
    lesson_folders.use_only(folder)
    keep_records(tmp_path, monkeypatch)
    seen = [judged(made(text.format(*order))) for order in islice(permutations(layers), 0, 120, 7)]
    assert set(seen) == {Outcome.PASSED, Outcome.NEEDS_REVIEW}, seen
    turned = text.format(*reversed(layers))
    assert judged(made(turned)) is Outcome.PASSED, "all turned round is recorded"
    wrong = text.format(*layers).replace("- self.e", "+ self.e")
    assert judged(made(wrong)) is Outcome.FAILED, "in the solution's own names and order it is known which is which"
