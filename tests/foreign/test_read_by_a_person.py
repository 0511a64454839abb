"""What a person scores in nbgrader, whether text, code or a task: it is imported, handed out empty, and read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader import lesson_folders, lessons
from grader.grading import grade
from grader.model import Outcome
from tests.foreign.test_nbgrader import ANSWER, HIDDEN, cell, told

TEXT = "Why is it so?\n\n=== BEGIN SOLUTION ===\nBecause it is.\n=== END SOLUTION ==="
TASK = "Plot the doubles, in a cell below.\n\n=== BEGIN MARK SCHEME ===\n2 points for labels.\n=== END MARK SCHEME ==="


def assignment(points: float = 2, *behind: str) -> Any:
    """A test, and behind it three things that a person reads."""
    return nbformat.v4.new_notebook(
        cells=[
            cell("# Plots", markdown=True),
            cell(ANSWER, "doubled", solution=True, locked=False),
            cell(HIDDEN, "first-three", grade=True, points=2),
            cell(TEXT, "why", markdown=True, grade=True, solution=True, points=points),
            cell("drawn = doubled(9)", "draw", grade=True, solution=True, points=points),
            cell(TASK, "plot", markdown=True, task=True, points=points),
            *(nbformat.v4.new_markdown_cell(text) for text in behind),
        ]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield imported(tmp_path, 2)
    lesson_folders.use_only()


def imported(base: Path, points: float) -> Path:
    nbformat.write(assignment(points), base / "plots.ipynb")
    done = told("author", "import", str(base / "plots.ipynb"), "-o", str(base / "plots"))
    assert done.exit_code == 0, done.output
    lesson_folders.use_only(base / "plots")
    return base / "plots"


def handed_out(folder: Path) -> list[str]:
    done = told("author", "test", str(folder), "--mutants", "0")
    assert done.exit_code == 0, done.output
    done = told("author", "build", str(folder))
    assert done.exit_code == 0, done.output
    return [one.source for one in nbformat.read(folder / "notebooks" / "en" / "plots.ipynb", as_version=4).cells]


def test_it_is_handed_out_without_the_answer_and_the_scheme(folder: Path) -> None:
    """The questions stay; the words and the code of the author, and the scheme to mark by, do not."""
    cells = handed_out(folder)
    assert "Why is it so?\n\n(Write here.)" in cells and "# write your code here" in cells
    assert "Plot the doubles, in a cell below." in "\n".join(cells) and "(Write here.)" in cells
    for secret in ("Because it is", "drawn = doubled", "2 points for labels", "SCHEME"):
        assert secret not in "\n".join(cells)


def test_a_hand_in_of_nbgrader_is_read(folder: Path, tmp_path: Path) -> None:
    """Code and tasks wait for a person with their points: nobody gets nothing for what nobody looked at."""
    assert lessons.lesson("plots").notes is not None
    nbformat.write(assignment(2, "It goes up."), tmp_path / "hw.ipynb")
    report = grade(tmp_path / "hw.ipynb", 3, lesson="plots")
    (found,) = report.exercises[-1].findings
    assert found.outcome is Outcome.NEEDS_REVIEW and found.points == 6
    assert "drawn = doubled(9)" in found.answer and "Because it is." in found.answer
    assert "It goes up." in found.answer, "what stands behind a task is what answers it"


def test_what_is_worth_nothing_is_a_place_to_write(tmp_path: Path) -> None:
    """Without points nobody scores it: there are no reading notes, and the author's words are not handed out all the same."""
    try:
        cells = handed_out(imported(tmp_path, 0))
        assert lessons.lesson("plots").notes is None
        for secret in ("Because it is", "drawn = doubled", "SCHEME"):
            assert secret not in "\n".join(cells)
    finally:
        lesson_folders.use_only()
