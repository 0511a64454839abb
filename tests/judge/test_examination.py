"""An examination asks each check as often as it takes; the known mistakes are asked about last, and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.checks.answers import Unmatched
from grader.errors import Failure, SandboxDied, UnlikeAnyAnswer
from grader.judge import examination
from grader.judge.examination import Examination
from grader.judge.known.candidates import Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.lessons import exercise, source
from grader.matching import Unresolved
from grader.model import Check, Exercise, Finding, Outcome, Run, Submission, Text
from grader.sandbox.local import LocalSandbox

MASK = exercise("causal_mask")
WORDS = Text("wrong", "違います")


class Counting(KnownAnswers):
    """Answers that count how often a mistake was looked for, and find one."""

    def __init__(self, asked: Exercise) -> None:
        super().__init__(asked)
        self.searches = 0

    def candidates(self, exchanges: Any) -> Candidates:
        self.searches += 1
        return Candidates(self.exercise.misconceptions[:1])


def asks(*ends: Exception | None) -> Callable[..., None]:
    """A check that asks, and ends so the first time, so the second time, and so on."""
    left = list(ends)

    def function(student: Any, _draw: Any) -> None:
        student.call("causal_mask", 3)
        if (error := left.pop(0)) is not None:
            raise error

    return function


def checks(**functions: Callable[..., Any]) -> tuple[Check, ...]:
    return tuple(replace(MASK.checks[0], id=name, function=function, after=()) for name, function in functions.items())


def examined(*declared: Check, answers: Callable[[Exercise], KnownAnswers] = Counting) -> Examination:
    """The examination of a right answer by these checks."""
    scope = source.namespace(MASK.lesson)
    assert scope is not None
    asked = replace(MASK, checks=declared or MASK.checks)
    submission = Submission("x", "", "en", MASK.lesson, ())
    return Examination(asked, submission, Run((), 0.0), LocalSandbox(scope), 4, known=answers)


def findings(examination: Examination) -> list[Finding]:
    with examination.sandbox:
        return list(examination.findings())


def test_a_right_answer_passes_every_check() -> None:
    """Its findings come in the order of the checks, with the seconds that each took, and no mistake is looked for."""
    examination = examined()
    found = findings(examination)
    assert [f.check for f in found] == [c.id for c in MASK.checks] and all(f.seconds > 0 for f in found)
    assert {f.outcome for f in found} == {Outcome.PASSED}
    assert isinstance(examination.answers, Counting) and examination.answers.searches == 0


def test_a_name_is_looked_for_once_and_the_check_begins_again() -> None:
    """What was asked before is forgotten."""
    examination = examined(*checks(a=asks(Unresolved("causal_mask"), None)))
    assert [f.outcome for f in findings(examination)] == [Outcome.PASSED]
    assert list(examination.matching.resolved) == ["causal_mask"] and len(examination.exchanges["a"]) == 1


@pytest.mark.parametrize(("by_wall", "loaded", "outcome"), [
    (True, True, Outcome.PASSED),
    (True, False, Outcome.TIMED_OUT),
    (False, True, Outcome.TIMED_OUT),
])  # fmt: skip
def test_a_busy_machine_costs_nothing(
    by_wall: bool, loaded: bool, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only the wall clock ended there is put once more; what used up its own time is not."""
    monkeypatch.setattr(examination, "busy", lambda: loaded)
    died = SandboxDied("it ended", Outcome.TIMED_OUT, by_wall)
    assert findings(examined(*checks(a=asks(died, None))))[0].outcome is outcome


def test_what_ends_twice_has_ended() -> None:
    """There is no third time."""
    ends = [SandboxDied("it ended", Outcome.TIMED_OUT, by_wall=True) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(examination, "busy", lambda: True)
        assert findings(examined(*checks(a=asks(*ends))))[0].outcome is Outcome.TIMED_OUT


def test_a_mistake_is_looked_for_once_a_check() -> None:
    """Its name comes at the end, when all checks are known."""
    examination = examined(*checks(a=asks(Failure(WORDS)), b=asks(Unmatched("x"))))
    found = findings(examination)
    assert [f.outcome for f in found] == [Outcome.FAILED, Outcome.FAILED]
    assert {f.misconception.id for f in found if f.misconception} == {MASK.misconceptions[0].id}
    assert isinstance(examination.answers, Counting) and examination.answers.searches == 2


def test_an_own_exception_is_never_a_name() -> None:
    """What our own answer raises as well is broken, and no mistake of anybody's."""
    examination = examined(*checks(a=asks(*[KeyError("ours")] * 2)))
    assert findings(examination)[0].outcome is Outcome.BROKEN
    assert isinstance(examination.answers, Counting) and examination.answers.searches == 0


def test_a_run_that_explains_nothing_leaves_no_trace() -> None:
    """A check that no earlier part explains is judged by its own run, whatever was tried in between."""
    examination = examined(*checks(a=asks(UnlikeAnyAnswer(WORDS), None)))
    [check] = examination.exercise.checks
    with examination.sandbox:
        first = examination.put(check)
        second = examination.put(check)
        assert first.unlike and not second.unlike and examination.runs["a"] is second
        examination.restore(first)
    assert examination.runs["a"] is first and examination.exchanges["a"] is first.exchanges


def goes_on(student: Any, _draw: Any) -> None:
    """A check of two questions whose first value differs."""
    for size in (3, 4):
        student.call("causal_mask", size)
        if size == 3 and not student.gathering:
            raise UnlikeAnyAnswer(WORDS)


def test_the_rest_of_a_check_is_asked_before_a_mistake_is_looked_for() -> None:
    """One value could be that of another mistake by chance; the finding is still that of the first."""
    examination = examined(*checks(goes_on=goes_on))
    (found,) = examination.findings()
    assert found.outcome is Outcome.FAILED and found.rationale == WORDS
    assert [exchange.request["args"] for exchange in examination.exchanges["goes_on"]] == [(3,), (4,)]


def test_what_was_asked_aside_is_known() -> None:
    """A crash in a question that the known answers are not asked may come of a guess, so the name that was asked counts."""

    def function(student: Any, _draw: Any) -> None:
        with student.unrecorded():
            student.call("causal_mask", "three")

    examination = examined(*checks(a=function))
    (found,) = findings(examination)
    assert found.outcome is Outcome.CRASHED
    assert examination.runs["a"].asked == ("causal_mask",) and not examination.exchanges["a"]
