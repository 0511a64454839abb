"""The page "what the grader understands"."""

from __future__ import annotations

from pathlib import Path

from grader.lessons import catalogue
from grader.packaging.understands import render


def test_the_page_is_fresh() -> None:
    """docs/understands.md is what the tables give today: run `make build`."""
    page = Path(__file__).parents[2] / "docs" / "understands.md"
    assert page.read_text(encoding="utf-8") == render()


def test_every_lesson_can_be_told_by_its_contents() -> None:
    """Each lesson has cues, and every exercise without a number has headings."""
    for lesson in catalogue():
        assert lesson.cues, lesson.id
        assert all(e.headings for e in lesson.exercises if not e.id[-1].isdigit()), lesson.id


def test_no_two_signs_are_of_one_rank() -> None:
    """The order in which signs are tried is certain, and a sign waits only for exercises of its own lesson."""
    signs = [(sign, lesson) for lesson in catalogue() for e in lesson.exercises for sign in e.signs]
    assert len({sign.rank for sign, _ in signs}) == len(signs)
    assert all(sign.after in {"", *(e.id for e in lesson.exercises)} for sign, lesson in signs)
