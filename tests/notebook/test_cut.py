"""Which cell belongs to which exercise."""

from __future__ import annotations

import pytest

from grader.lessons import catalogue
from grader.model import Cell, Submission
from grader.notebook.cut import cut


def sections(*cells: Cell, lesson: str | None = None) -> Submission:
    return cut(Submission("n", "0", "ja", lesson, cells), catalogue())


def markdown(index: int, source: str) -> Cell:
    return Cell(index, "markdown", source)


def code(index: int, source: str = "x = 1", exercise: str | None = None) -> Cell:
    return Cell(index, "code", source, exercise)


@pytest.mark.parametrize(
    "heading",
    [
        "## 81. RNN による予測",
        "課題81",
        "# 課題 81",
        "### 81",
        "## 問題81",
        "# No.81",
        "Problem 81: RNN",
        "**81. RNN**",
        "８１．ＲＮＮ",
        "# knock81",
        "q81",
    ],
)
def test_headings_people_write_open_a_section(heading: str) -> None:
    """However the number is dressed, the cells below belong to knock81."""
    found = sections(code(0), markdown(1, heading), code(2), code(3))
    assert [cell.exercise for cell in found.cells] == [None, "knock81", "knock81", "knock81"]
    assert found.lesson == "knock80_89"


@pytest.mark.parametrize("text", ["81 % of the titles are short", "## 8.1 Setup", "## 810", "in 1981", "約81件"])
def test_numbers_in_prose_open_nothing(text: str) -> None:
    """A number that only looks like a problem's does not start a section."""
    found = sections(markdown(0, text), code(1))
    assert found.cells[1].exercise is None


def test_metadata_goes_before_headings() -> None:
    """A cell that carries its exercise keeps it, whatever heading stands above."""
    found = sections(markdown(0, "## 81"), code(1, exercise="causal_mask"), code(2))
    assert [cell.exercise for cell in found.cells] == ["knock81", "causal_mask", "causal_mask"]


def test_unknown_metadata_is_no_section() -> None:
    """An exercise that does not exist is not believed."""
    assert sections(code(0, exercise="knock99")).cells[0].exercise is None


def test_a_comment_can_be_the_heading() -> None:
    """`# 81. RNN` at the head of a code cell opens the section with that cell."""
    found = sections(code(0), code(1, "# 81. RNN\nx = 1"), code(2))
    assert [cell.exercise for cell in found.cells] == [None, "knock81", "knock81"]


def test_titles_and_ids_open_a_section() -> None:
    """The heading of our own notebook is recognised in both languages and by its id."""
    for text in ("## The causal mask", "## 因果マスク（causal_mask）", "# causal_mask"):
        assert sections(markdown(0, text), code(1)).cells[1].exercise == "causal_mask"
