"""Whole right notebooks with layers that nothing uses any more, through a real kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade
from grader.model import Outcome
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.left_layers import Place, notebook_with_left_layers, with_left_layers
from tests.notebooks import save, solved

LESSONS = ("primer", "knock80_89", "attention_translation", "transformer_lm", "bert", "extras")
TOLD = {"extra_tying"}  # its text says which parameters there are


@drawn({"long": 0, "": 1}, lambda case: "" if case["lesson"] in ("primer", "knock80_89", "extras") else "long")
@pytest.mark.parametrize(
    ("lesson", "place"), [pytest.param(name, place) for name in LESSONS for place in ("first", "last")]
)
def test_a_layer_that_nothing_uses_costs_nothing(
    lesson: str, place: Place, tmp_path: Path, host: KernelFactory | None
) -> None:
    """Whatever was tried first and stayed in the class, what a machine judges of a right notebook is passed."""
    book = notebook_with_left_layers(lesson, place)
    assert "first_try" in "".join(cell.source for cell in book.cells)
    report = grade(save(book, tmp_path), seed=7, host=host)
    lost = [
        (e.id, f.check, f.outcome.value, f.rationale)
        for e in report.exercises
        if e.id not in TOLD
        for f in e.findings
        if f.outcome is not Outcome.PASSED and f.check != "reading_notes"
    ]
    assert not lost


@pytest.mark.slow
@pytest.mark.parametrize("place", [None, "first", "last"])
def test_a_norm_that_was_made_and_not_used_is_a_mistake(
    place: Place | None, tmp_path: Path, host: KernelFactory | None
) -> None:
    """A model without a last norm is right; one that makes it and leaves it out has its name, with and without leftovers."""
    book = solved("transformer_lm", transformer="last_norm_unused")
    book = book if place is None else with_left_layers(book, place)
    found = grade(save(book, tmp_path), seed=7, only=("transformer",), host=host).exercises[0].findings
    assert {f.misconception.id for f in found if f.misconception} == {"last_norm_unused"}
    assert {f.check for f in found if f.outcome is Outcome.FAILED} == {"computes_the_model", "every_layer_learns"}
