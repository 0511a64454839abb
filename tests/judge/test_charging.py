"""A check is judged once more only where an earlier exercise may be the cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.judge.case import CheckRun
from grader.judge.charging import Charging, is_stopped_by
from grader.judge.examination import Examination
from grader.judge.judged import JudgedExercise
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.known.recorded import RecordedAnswers
from grader.judge.wording import UNMATCHED, make_finding
from grader.lessons import exercise, source
from grader.matching import Matching
from grader.model import Fault, Finding, Outcome, Place, Run, Submission, Text
from grader.sandbox.local import LocalSandbox

MASK, MODEL = exercise("causal_mask"), exercise("transformer")
CHECK = MODEL.checks[0]
WORDS = Text("It is 3.", "3 です。")
NAME = MASK.names[0]


def part(outcome: Outcome) -> JudgedExercise:
    return JudgedExercise(MASK, tuple(make_finding(check, outcome) for check in MASK.checks), Matching(active=False))


def examination(earlier: tuple[JudgedExercise, ...], known: Any = KnownAnswers) -> Examination:
    scope = source.namespace(MODEL.lesson)
    assert scope is not None
    submission = Submission("x", "", "en", MODEL.lesson, ())
    return Examination(
        MODEL, submission, Run((), 0.0), LocalSandbox(scope), 4, known, earlier=lambda _exercise: earlier
    )


def run(outcome: Outcome, rationale: Text = WORDS, **more: Any) -> CheckRun:
    return CheckRun(make_finding(CHECK, outcome, rationale), **more)


def unexplained(charging: Charging, check: Any, *_: Any) -> None:
    """As `explain`, which puts the check again and learns nothing from it."""
    charging.examination.forget(check)


def charged(ended: CheckRun, earlier: tuple[JudgedExercise, ...], known: Any = KnownAnswers) -> Finding | None:
    asked = examination(earlier, known)
    found = asked.charging.charge_once(CHECK, ended)
    assert found is not None or not earlier or asked.runs[CHECK.id] is ended
    return found


def test_without_an_earlier_mistake_nothing_is_charged_anew() -> None:
    """Nor is a check that passed."""
    assert charged(run(Outcome.FAILED), ()) is None
    asked = examination((part(Outcome.FAILED),))
    assert asked.charging.charge_once(CHECK, run(Outcome.PASSED)) is None
    assert asked.charging.charge_once(CHECK, run(Outcome.NEEDS_REVIEW)) is None


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.CRASHED])
def test_a_run_that_nothing_explains_is_brought_back(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules that come next judge the check's own run."""
    monkeypatch.setattr(Charging, "explain", unexplained)
    assert charged(run(outcome), (part(Outcome.FAILED),)) is None


def test_parameters_that_fit_nothing_may_be_the_earlier_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that doubt is looked into as well."""
    paid = make_finding(CHECK, Outcome.PASSED)
    monkeypatch.setattr(Charging, "explain", lambda *_: paid)
    assert charged(run(Outcome.NEEDS_REVIEW, UNMATCHED), (part(Outcome.FAILED),)) is paid


def test_a_check_stopped_by_a_missing_part_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can tell whether it is right."""
    monkeypatch.setattr(Charging, "explain", unexplained)
    stopped = run(Outcome.CRASHED, fault=Fault("NameError", f"name '{NAME}' is not defined"))
    found = charged(stopped, (part(Outcome.MISSING),))
    assert found is not None and found.outcome is Outcome.NEEDS_REVIEW
    assert found.rationale is not None and MASK.id in found.rationale.en


def test_without_the_solutions_it_is_only_said() -> None:
    """A mistake counts once when the notebook is handed in."""
    ended = run(Outcome.FAILED)
    found = charged(ended, (part(Outcome.FAILED),), RecordedAnswers)
    assert found is not None and replace(found, advice=()) == ended.finding and MASK.id in found.advice[-1].en


@pytest.mark.parametrize(
    ("fault", "stopped"),
    [
        (Fault("NameError", f"name '{NAME}' is not defined"), True),
        (Fault("NotImplementedError", "", Place("raise", 1, f"{NAME}"), "missing"), True),
        (Fault("NameError", "name 'other' is not defined"), False),
        (Fault("ValueError", f"'{NAME}'"), False),
        (None, False),
    ],
)
def test_a_missing_part_stops_what_calls_it(fault: Fault | None, stopped: bool) -> None:
    """Where it is there, it does not."""
    assert is_stopped_by((part(Outcome.MISSING),), fault) is stopped
    assert not is_stopped_by((part(Outcome.FAILED),), fault)
