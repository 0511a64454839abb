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


BUFFER = "class Head(nn.Module):\n    def __init__(self):\n        self.register_buffer('tril', torch.tril(torch.ones(8, 8)))"
LEARNED = "class Model(nn.Module):\n    def __init__(self):\n        self.pos_emb = nn.Embedding(64, 32)"


@pytest.mark.parametrize(
    ("asked", "source", "role", "told"),
    [
        ("causal_mask", BUFFER, None, "stands inside other code"),
        ("positional_encoding", LEARNED, None, "a table that is learned"),
        ("causal_mask", LEARNED, None, None),
        ("causal_mask", BUFFER, "answer", None),
    ],
    ids=["inside an attention", "learned positions", "of something else", "in our own notebook"],
)
def test_what_may_stand_inside_something_else_is_not_missing(
    asked: str, source: str, role: str | None, told: str | None
) -> None:
    """Where a trace of it is found a person looks; in our own notebook a blank stays a blank."""
    known = exercise(asked)
    matching = Matching.of(known, (Cell(0, "code", source, "multi_head", role=role),))
    text = matching.unclear(known.names[0])
    assert (told is None and text is None) or (told is not None and text is not None and told in text.en)
