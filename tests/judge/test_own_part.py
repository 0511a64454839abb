"""Code that reads its own class's attributes off a model of ours is judged by what it computes."""

from __future__ import annotations

import pytest

from grader import lessons
from grader.judge.judging import judge
from grader.lessons import exercise, source
from grader.model import Finding, Outcome, Submission
from grader.sandbox.local import LocalSandbox

OWN = """
class EncoderRNN(EncoderRNN):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__(vocab_size, emb_size, hidden_size, padding_idx)
        self.pad = padding_idx
        self.other = padding_idx + 3

reference_loss = sequence_loss

def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    return reference_loss(encoder, decoder, source, target, encoder.pad)
"""


def graded(name: str, code: str) -> dict[str, Finding]:
    """The findings on the reference answer, with this code below it."""
    lesson = exercise(name).lesson
    scope = source.namespace(lesson, name)
    assert scope is not None
    exec(code, scope)
    submission = Submission("x", "0" * 64, "en", lesson, ())
    with LocalSandbox(scope) as sandbox:
        report = judge(submission, sandbox, lessons.lesson(lesson), seed=3, only=(name,))
    return {finding.check: finding for finding in report.exercises[0].findings}


def test_an_attribute_of_the_students_own_class_may_be_read() -> None:
    """The padding that their encoder keeps is as good as the one that is handed over."""
    found = graded("translation", OWN)
    assert {one.outcome for one in found.values()} == {Outcome.PASSED}


def test_an_attribute_that_their_own_class_lacks_is_a_crash() -> None:
    """Nothing can have it, so nothing is in doubt."""
    found = graded("translation", OWN.replace("self.pad =", "self.padding ="))
    assert found["loss_is_teacher_forced"].outcome is Outcome.CRASHED
    assert "EncoderRNN" in str(found["loss_is_teacher_forced"].rationale)


@pytest.mark.slow
def test_a_failure_of_such_code_is_for_a_person() -> None:
    """The value may be wrong because the model is partly ours: nobody knows a mistake that gives it."""
    found = graded("translation", OWN.replace("source, target, encoder.pad", "source, target, encoder.other"))
    assert found["loss_is_teacher_forced"].outcome is not Outcome.FAILED
    assert found["padding_does_not_count"].outcome is Outcome.NEEDS_REVIEW
