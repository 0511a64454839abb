"""A finding tells its mistake by name, several by their first sentences, and none where nobody knows."""

from __future__ import annotations

from dataclasses import replace

from grader.judge.known.candidates import pair_of
from grader.judge.naming import STEP_BY_STEP, maybe_two, with_names
from grader.judge.wording import RECOGNISED, make_finding
from grader.lessons import exercise
from grader.model import Outcome, Text

MASK = exercise("causal_mask")
ONE, OTHER = MASK.misconceptions[:2]
WORDS = Text("It is 3.", "3 です。")
FAILED = make_finding(MASK.checks[0], Outcome.FAILED, WORDS)
PENDING = make_finding(MASK.checks[0], Outcome.NEEDS_REVIEW, WORDS)


def test_one_mistake_is_named() -> None:
    """Its explanation comes with it, and the words of the check stay."""
    found = with_names(FAILED, (ONE,))
    assert found.misconception is not None and found.misconception.id == ONE.id and found.rationale == WORDS


def test_a_doubtful_finding_with_a_name_has_failed() -> None:
    """It says why it is sure now."""
    found = with_names(PENDING, (ONE,))
    assert (found.outcome, found.rationale) == (Outcome.FAILED, RECOGNISED)


def test_two_at_once_are_one_name() -> None:
    """The commoner one, and the other beside it."""
    found = with_names(FAILED, (pair_of(ONE, OTHER),))
    assert found.misconception is not None and (found.misconception.id, found.misconception.also) == (ONE.id, OTHER.id)


def test_several_that_fit_are_listed() -> None:
    """None of them is named."""
    found = with_names(FAILED, (ONE, OTHER))
    assert found.misconception is None and found.help is not None and found.help.en.startswith("It is one of these")


def test_a_special_case_gives_way_to_the_plainer_name() -> None:
    """Where nothing can show the difference."""
    found = with_names(FAILED, (ONE, replace(OTHER, narrows=ONE.id)))
    assert found.misconception is not None and found.misconception.id == ONE.id


def test_nobody_knows_the_name() -> None:
    """Nothing is said of what is right or in doubt; of what is wrong, that there may be two."""
    assert with_names(FAILED, ()) is FAILED and maybe_two(PENDING, True) is PENDING
    assert with_names(FAILED, (replace(ONE, explanation=None),)) is FAILED
    found = maybe_two(FAILED, True)
    assert found.help is not None and found.help.en.startswith("No single known mistake")
    assert found.help.en.endswith(STEP_BY_STEP.en)
    assert maybe_two(FAILED, False).help == STEP_BY_STEP, "where not every mistake was asked, none fitting says nothing"
