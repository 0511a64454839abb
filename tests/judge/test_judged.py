"""An exercise as it was judged: wrong, missing or hollow, and the edits that make our answer the student's."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from grader.checks.exchange import Exchange
from grader.judge.judged import JudgedExercise, is_hollow
from grader.judge.wording import make_finding
from grader.lessons import exercise
from grader.matching import Matching
from grader.model import Edit, Named, Outcome, Text

MASK = exercise("causal_mask")
MISTAKE = MASK.misconceptions[0]
STYLE = (Edit("a", "b"),)


def judged(*outcomes: Outcome, name: str = "", style: tuple[Edit, ...] = ()) -> JudgedExercise:
    named = Named(name, Text("", "")) if name else None
    found = tuple(make_finding(MASK.checks[0], outcome, misconception=named) for outcome in outcomes)
    return JudgedExercise(MASK, found, Matching(active=False), style=style)


def test_one_check_makes_it_wrong_and_all_make_it_missing() -> None:
    """A part of which something is there is not missing."""
    assert not judged(Outcome.PASSED).wrong
    assert judged(Outcome.PASSED, Outcome.NEEDS_REVIEW).wrong and not judged(Outcome.PASSED, Outcome.MISSING).missing
    assert judged(Outcome.MISSING, Outcome.MISSING).missing


def test_our_answer_becomes_the_students_by_named_edits() -> None:
    """Where a mistake has no name, no edit does; where nothing is wrong, those of its form do."""
    assert judged(Outcome.FAILED, name=MISTAKE.id, style=STYLE).named == STYLE + MISTAKE.edits
    assert judged(Outcome.FAILED, style=STYLE).named == () and judged(Outcome.PASSED, style=STYLE).named == STYLE


X = torch.arange(12.0).view(3, 4)


@pytest.mark.parametrize(
    ("value", "hollow"),
    [
        (torch.ones(3, 4), True),
        (torch.eye(3), True),
        (torch.full((2, 2), float("nan")), True),
        (X, True),
        (X[1:].T, True),
        (X.flip(0), True),
        (X + 0.5, False),
        (torch.tensor(7.0), False),
    ],
    ids=["constant", "identity", "nan", "argument", "piece", "reordered", "computed", "one number"],
)
def test_a_hollow_part_shows_nothing(value: Any, hollow: bool) -> None:
    """It is a constant, the identity, or made of its argument; one number alone may be right."""
    assert is_hollow([[Exchange({"args": (X,)}, value)]]) is hollow


def test_a_part_that_gave_nothing_is_not_hollow() -> None:
    """Nobody has seen what it gives."""
    assert not is_hollow([]) and not is_hollow([[Exchange({"args": ()}, None, refused="no")]])


@pytest.mark.parametrize(
    ("outcome", "place", "attempted", "within"),
    [
        (Outcome.NEEDS_REVIEW, ("Mask", "transformer"), False, True),
        (Outcome.NEEDS_REVIEW, ("Mask", "multi_head"), False, False),
        (Outcome.NEEDS_REVIEW, None, True, False),
        (Outcome.FAILED, ("Mask", "transformer"), False, False),
        (Outcome.PASSED, ("Mask", "transformer"), False, False),
        (Outcome.NEEDS_REVIEW, "nothing", False, True),
        (Outcome.NEEDS_REVIEW, "nothing", True, False),
    ],
    ids=["its own", "another's", "in place", "charged", "right", "nowhere", "not understood"],
)
def test_a_part_that_only_the_later_answer_has_is_its_own(
    outcome: Outcome, place: Any, attempted: bool, within: bool
) -> None:
    """Nothing was charged for it, so that nobody has to wait for it."""
    found = {"causal_mask": None if place == "nothing" else "a match"}
    matching: Any = SimpleNamespace(active=True, resolved=found, attempted=attempted, apart=lambda _names: place)
    assert replace(judged(outcome), matching=matching).is_within(exercise("transformer")) is within
    matching.active = False
    assert not replace(judged(outcome), matching=matching).is_within(exercise("transformer"))
