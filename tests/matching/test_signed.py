"""Whether something in a notebook looks like an answer to an exercise, in whatever section it stands."""

from __future__ import annotations

import pytest

from grader.lessons import exercise
from grader.matching import Matching
from grader.model import Cell

ATTENTION = "class MultiHeadAttention(nn.Module):\n    pass"
RNN = "class RNN(nn.Module):\n    pass"


@pytest.mark.parametrize(
    ("asked", "source", "signed"),
    [("multi_head", ATTENTION, True), ("multi_head", RNN, False), ("knock81", RNN, False)],
    ids=["a sign of it", "a sign of something else", "in a series one class serves several"],
)
def test_a_sign_is_seen_outside_of_its_section(asked: str, source: str, signed: bool) -> None:
    """The signs that the lesson declares reach the search."""
    matching = Matching.of(exercise(asked), (Cell(0, "code", source, "causal_mask"),))
    assert matching.signed() is signed


def test_what_is_ours_and_unchanged_is_no_sign() -> None:
    """The stub that nobody touched looks like an answer and is none."""
    matching = Matching.of(exercise("multi_head"), (Cell(0, "code", ATTENTION, None, pristine=True),))
    assert not matching.signed()
