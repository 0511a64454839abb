"""What of a solution file runs: two answers of which the same text runs are asked once."""

from __future__ import annotations

import pytest

from grader.lessons import catalogue, exercise, source
from grader.lessons.running_text import running_text
from grader.model import Edit

BERT = exercise("knock89")


def text_for(edits: tuple[Edit, ...], *names: str) -> tuple[str, ...] | None:
    return running_text(BERT.answered_in, BERT.id, edits, names)


def edits_of(mistake: str) -> tuple[Edit, ...]:
    return next(v.edits for v in BERT.misconceptions if v.id == mistake)


def test_a_mistake_elsewhere_leaves_the_text_that_runs() -> None:
    """A mistake in the classifier shows where the classifier or what uses it is asked for, and not in the encoding."""
    mistake = edits_of("mask_dropped")
    assert text_for(mistake, "BertClassifier") != text_for((), "BertClassifier")
    assert text_for(mistake, "encode") == text_for((), "encode")


def test_what_is_called_runs_too() -> None:
    """The training of a later exercise runs the epochs of an earlier one."""
    changed = (Edit("def one_pass(", "def one_pass ("),)
    assert running_text("knock80_89", "knock83", changed, ("fine_tune",)) != text_for((), "fine_tune")
    assert running_text("knock80_89", "knock83", changed, ("encode",)) == text_for((), "encode")


def test_of_a_name_that_is_not_there_all_runs() -> None:
    """Nobody can tell what stands behind it."""
    assert text_for(edits_of("mask_dropped"), "nobody_knows") != text_for((), "nobody_knows")


def test_edits_that_find_no_place_leave_no_text() -> None:
    assert text_for((Edit("nowhere", "somewhere"),), "encode") is None


@pytest.mark.parametrize("lesson", [found.id for found in catalogue()])
def test_every_mistake_shows_where_some_name_is_asked_for(lesson: str) -> None:
    """An answer with a mistake is another text for one of the names of its exercise: none is taken for the right one."""
    for asked in next(found for found in catalogue() if found.id == lesson).exercises:
        names = [n for n in asked.names if n in source.names_in(asked.answered_in)]
        for mistake in asked.misconceptions if names else ():
            right, wrong = (
                [running_text(asked.answered_in, asked.id, edits, (name,)) for name in names]
                for edits in ((), mistake.edits)
            )
            assert right != wrong, (asked.id, mistake.id)
