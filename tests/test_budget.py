"""How long the cells of a notebook may take goes by whose notebook it is."""

from __future__ import annotations

from dataclasses import replace

from grader.grading import FOREIGN_CELL, FOREIGN_TOTAL, budget_for
from grader.model import Cell, Limits, Submission

USUAL = Limits()


def submission(role: str) -> Submission:
    return Submission("somebody", "0" * 64, "en", None, (replace(Cell(0, "code", "x = 1"), role=role),))


def test_a_notebook_of_somebodys_own_has_a_fifth() -> None:
    """One cell and all; the clock's limits stay."""
    found = budget_for(submission(""), USUAL)
    assert (found.cell_cpu, found.total_cpu, found.total_wall) == (FOREIGN_CELL, FOREIGN_TOTAL, USUAL.total_wall)
    assert (USUAL.cell_cpu, USUAL.total_cpu) == (5 * FOREIGN_CELL, 5 * FOREIGN_TOTAL)


def test_ours_and_a_budget_that_somebody_chose_stay_as_they_are() -> None:
    chosen = replace(USUAL, is_chosen=True)
    assert budget_for(submission("answer"), USUAL) is USUAL
    assert budget_for(submission(""), chosen) is chosen
