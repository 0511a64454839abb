"""Every answer key speaks one protocol, and its sentinels are told apart."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from grader.checks.student import Student
from grader.judge.known import choose_answer_key
from grader.judge.known.candidates import NO_MISTAKE, UNEXPLAINED, Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.known.protocol import AnswerKey
from grader.judge.known.recorded import Record, RecordedAnswers, Recorder, read_records, write_records
from grader.lessons import exercise, source
from grader.sandbox.local import LocalSandbox

MASK = exercise("causal_mask")


def asked(answers: AnswerKey, edits: Any = ()) -> list[Any]:
    """The exchanges of one question to an answer."""
    scope = source.namespace(MASK.lesson, MASK.id, edits)
    assert scope is not None
    with LocalSandbox(scope).branch() as branch:
        student = Student(branch, MASK.id, 3, answers)
        student.call("causal_mask", 5)
        return student.exchanges


def test_sentinels_are_told_apart() -> None:
    """They hold the same, and neither equals the other or a search that found nothing."""
    assert NO_MISTAKE != UNEXPLAINED and Candidates() not in (NO_MISTAKE, UNEXPLAINED)


def test_a_right_answer_has_no_mistake() -> None:
    """And a wrong one that of its edit."""
    known, wrong = KnownAnswers(MASK), MASK.misconceptions[0]
    assert known.candidates(asked(known)) is NO_MISTAKE and known.candidates([]) is NO_MISTAKE
    assert wrong in known.candidates(asked(known, wrong.edits)).mistakes


def test_a_recorder_says_what_it_records() -> None:
    """It has the answers that are run again, and their limits."""
    recorder, known = Recorder(MASK), KnownAnswers(MASK)
    exchanges = asked(recorder)
    told = [list(key.accepted(exchanges)) for key in (recorder, known)]
    assert told[0][0].equal(told[1][0]) and len(recorder.records) == 1
    recorder.replayed.limited = True
    assert recorder.limited and recorder.name(NO_MISTAKE, []) == ()


def test_records_are_not_run_again() -> None:
    """Without the solutions there is nothing that an earlier part could be put into."""
    assert (
        RecordedAnswers(MASK).replayed is None
        and RecordedAnswers(MASK).candidates(asked(KnownAnswers(MASK))).mistakes == ()
    )


@pytest.mark.parametrize(("installed", "kind"), [(True, KnownAnswers), (False, RecordedAnswers)])
def test_the_key_goes_by_the_package(installed: bool, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solutions where they are, the records elsewhere."""
    monkeypatch.setattr(source, "has_answers", lambda _name: installed)
    assert isinstance(choose_answer_key(MASK), kind)


def test_of_large_right_values_those_that_fit_are_kept() -> None:
    """The first, which is the reference's, among them: a question with many right answers is not lost for being one."""
    values = tuple(torch.full((1 << 20,), float(n), dtype=torch.float64) for n in range(5))
    (kept,) = read_records(write_records([Record("form", (), values)]))
    assert len(kept.values) == 2 and torch.equal(kept.values[0], values[0])


def test_a_mistake_that_is_too_large_is_left_out() -> None:
    """Half of what it gave would fit others too."""
    given = ((torch.zeros(4 << 20, dtype=torch.float64), None),)
    assert read_records(write_records([Record("form", (), mistake="slip", given=given)])) == []
