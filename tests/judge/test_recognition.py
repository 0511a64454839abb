"""The dearest question is asked only where its answer can change something, and once a check."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks.answers import TOO_MANY_WAYS
from grader.judge.case import CheckRun
from grader.judge.known.candidates import Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.recognition import Recognition
from grader.judge.wording import UNMATCHED, make_finding
from grader.lessons import exercise
from grader.model import Named, Outcome, Text

MASK = exercise("causal_mask")
CHECK = MASK.checks[0]
WORDS = Text("It is 3.", "3 です。")


class Found(KnownAnswers):
    """Answers that always find the first mistake."""

    searches = 0

    def candidates(self, exchanges: Any) -> Candidates:
        self.searches += 1
        return Candidates(self.exercise.misconceptions[:1])


def recognition(out_of_time: bool = False) -> tuple[Recognition, Found]:
    answers = Found(MASK)
    return Recognition(answers, lambda: out_of_time), answers


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.CRASHED])
def test_what_is_wrong_is_looked_up_once(outcome: Outcome) -> None:
    """And named when all checks are known."""
    asked, answers = recognition()
    found = make_finding(CHECK, outcome, WORDS)
    assert asked.is_recognised(found, None, []) and asked.is_recognised(found, None, [])
    assert asked.name(found, None, {CHECK.id: []}, set()).misconception is not None
    assert answers.searches == 1


@pytest.mark.parametrize("reason", [UNMATCHED, TOO_MANY_WAYS])
def test_parameters_that_fit_nothing_may_fit_a_mistake(reason: Text) -> None:
    """Any other doubt is no question of values."""
    asked, _ = recognition()
    assert asked.is_recognised(make_finding(CHECK, Outcome.NEEDS_REVIEW, reason), None, [])
    assert not asked.is_recognised(make_finding(CHECK, Outcome.NEEDS_REVIEW, WORDS), None, [])


def test_nothing_is_looked_up_in_vain() -> None:
    """Not what passed, what has a name, what our own check raised, or when the judge's time is up."""
    asked, answers = recognition()
    wrong = make_finding(CHECK, Outcome.FAILED, WORDS)
    assert not asked.is_recognised(make_finding(CHECK, Outcome.PASSED), None, [])
    assert not asked.is_recognised(make_finding(CHECK, Outcome.TIMED_OUT), None, [])
    assert asked.is_recognised(make_finding(CHECK, Outcome.FAILED, misconception=Named("x", WORDS)), None, [])
    assert not asked.is_recognised(wrong, CheckRun(wrong, nameless=True), [])
    assert answers.searches == 0
    late, _ = recognition(out_of_time=True)
    assert not late.is_recognised(wrong, None, [])


def test_a_value_unlike_any_answer_may_be_two_mistakes() -> None:
    """That is said beside the check's own help; elsewhere only where the check has none."""
    asked, _ = recognition(out_of_time=True)
    wrong = make_finding(CHECK, Outcome.FAILED, WORDS, help=WORDS)
    assert asked.name(wrong, CheckRun(wrong), {}, set()).help == WORDS
    told = asked.name(wrong, CheckRun(wrong, unlike=True), {}, set()).help
    assert told is not None and told.en.startswith("No single known mistake") and told.en.endswith(WORDS.en)
