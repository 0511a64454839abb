"""Every answer key speaks one protocol, and its sentinels are told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from grader import lessons
from grader.checks.student import Student
from grader.judge.judging import judge
from grader.judge.known import choose_answer_key, recorded
from grader.judge.known.candidates import NO_MISTAKE, UNEXPLAINED, Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.known.protocol import AnswerKey
from grader.judge.known.recorded import SEED, Record, RecordedAnswers, Recorder, read_records, write_records
from grader.lessons import exercise, source
from grader.model import Outcome, Submission
from grader.packaging.student_package import recorded as recorded_of
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


def test_what_was_learned_of_one_answer_is_not_held_against_the_next() -> None:
    """Recording asks many answers one after the other: what is known of one's parameters, and what its modules remember, goes with it."""
    recorder = Recorder(MASK)
    first = recorder.replayed
    first.learned[("a",), ("b",)] = ()  # type: ignore[assignment]
    recorder.play("flipped", in_other_order=True)
    assert recorder.playing == "flipped" and recorder.in_other_order and not recorder.replayed.learned
    assert recorder.replayed is not first and not recorder.replayed.scopes


@pytest.mark.slow
def test_records_name_the_mistakes_that_were_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a model and its decoder: the right answer passes, and every mistake fails with its name, without the solution."""
    asked_for, lesson = lessons.exercise("seq2seq"), lessons.lesson("attention_translation")
    (tmp_path / "seq2seq.records").write_bytes(write_records(recorded_of(asked_for).records))
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    for variant in (None, *asked_for.misconceptions):
        scope = source.namespace(asked_for.lesson, asked_for.id, variant.edits if variant else ())
        nobody = Submission("student", "", "en", lesson.id, ())
        sandbox = LocalSandbox(dict(scope or {}))
        report = judge(nobody, sandbox, lesson, SEED, only=(asked_for.id,), known=RecordedAnswers)
        findings = report.exercises[0].findings
        names = {finding.misconception.id for finding in findings if finding.misconception}
        assert names == ({variant.id} if variant else set()), findings
        assert variant or {finding.outcome for finding in findings} == {Outcome.PASSED}
