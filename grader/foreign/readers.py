"""Which grader an assignment was written for, told from the notebook itself."""

from __future__ import annotations

from pathlib import Path

from grader.foreign.assignment import Assignment
from grader.foreign.nbgrader import opened, read_nbgrader
from grader.foreign.otter import RAW, read_otter


def read_assignment(path: Path, taken: frozenset[str]) -> tuple[str, Assignment]:
    """The grader's name and the assignment. Raises AuthoringError for what is none."""
    raw = (str(cell.source) for cell in opened(path).cells if cell.cell_type == "raw")
    if any(RAW.match(source) for source in raw):
        return "otter", read_otter(path, taken)
    return "nbgrader", read_nbgrader(path, taken)
