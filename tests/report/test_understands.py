"""The page "what the grader understands"."""

from __future__ import annotations

from pathlib import Path

from grader.lessons import catalogue
from grader.notebook.code_patterns import CUES, SIGNS
from grader.notebook.headings import TOPICS
from grader.packaging.understands import render


def test_the_page_is_fresh() -> None:
    """docs/understands.md is what the tables give today: run `make build`."""
    page = Path(__file__).parents[2] / "docs" / "understands.md"
    assert page.read_text(encoding="utf-8") == render()


def test_the_tables_speak_of_exercises_there_are() -> None:
    """Topics, signs and cues name exercises and lessons of the catalogue."""
    known = {exercise.id for lesson in catalogue() for exercise in lesson.exercises}
    assert set(TOPICS) <= known and {sign.exercise for sign in SIGNS} <= known
    assert set(CUES) == {lesson.id for lesson in catalogue()}
