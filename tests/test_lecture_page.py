"""docs/lecture.md: where each slide of the lecture is worked on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.lessons import source

ROWS = [
    tuple(cell.strip() for cell in line.strip("|\n").split("|"))
    for line in Path(__file__).parents[1].joinpath("docs/lecture.md").read_text("utf-8").splitlines()
    if line.startswith("|")
][2:]  # below the head of the table


def test_every_slide_has_its_row() -> None:
    assert len(ROWS) >= 33


@pytest.mark.parametrize(("slide", "lesson", "section", "there"), ROWS)
def test_the_section_of_a_slide_exists(slide: str, lesson: str, section: str, there: str) -> None:
    """Its lesson has a heading with these words."""
    assert slide and there
    headings = re.findall(r"(?m)^# #+ (.+)$", source.text_of(lesson.strip("`")))
    assert section in headings
