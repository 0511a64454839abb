"""Questions that known answers are not asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from grader.checks import CallFailed, Draw, Student
from grader.judge.known.known_answers import KnownAnswers
from grader.lessons import exercise, source
from grader.sandbox.local import LocalSandbox

MODEL = exercise("knock81")
SIZES = {"vocab_size": 30, "emb_size": 8, "padding_idx": 29, "output_size": 5, "hidden_size": 6}
IDS = torch.tensor([[1, 2, 3], [4, 5, 6]])


@pytest.fixture
def student() -> Iterator[Student]:
    """One who writes the reference answer of 81."""
    with LocalSandbox(dict(source.namespace(MODEL.lesson, MODEL.id) or {})).branch() as branch:
        yield Student(branch, MODEL.id, 3, KnownAnswers(MODEL))


def test_a_question_aside_leaves_nothing(student: Student) -> None:
    """Neither an exchange nor other random numbers, also where it ends in an error."""

    def ask_aside() -> None:
        with student.unrecorded():
            student.seed += 1
            student.call("RNN", "not a size")

    with pytest.raises(CallFailed):
        ask_aside()
    assert student.exchanges == [] and student.seed == 3


def test_what_was_built_aside_is_counted(student: Student) -> None:
    """The known answers build it too where something is built behind it, so that they are asked the same object."""
    with student.unrecorded():
        student.module("RNN", **{**SIZES, "output_size": 7})(IDS)
    assert student.exchanges == []
    model = student.module("RNN", **SIZES).randomise(Draw(1, MODEL.id, "x")).eval()
    model(IDS)
    student.must_agree()
    assert [exchange.builds for exchange in student.exchanges] == [True, True, False, False, False]


def test_what_was_built_last_and_aside_is_not_built_again(student: Student) -> None:
    """Nothing is known by a number behind it."""
    model = student.module("RNN", **SIZES).randomise(Draw(1, MODEL.id, "x")).eval()
    model(IDS)
    before = list(student.exchanges)
    with student.unrecorded():
        student.module("RNN", **SIZES)
    student.must_agree()
    assert student.exchanges == before
