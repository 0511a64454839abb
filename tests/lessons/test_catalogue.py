"""Every exercise there is, walked: nothing that is added later can escape these."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from grader.authoring.demands import (
    REFERENCE,
    checks_that_cannot_fail,
    faults_of_wrong,
    points_lost,
    report_on,
)
from grader.authoring.untouched import points_of_stub
from grader.judge.judging import judge
from grader.lessons import catalogue, source
from grader.model import Cell, Exercise, Lesson, Outcome, Submission, Text, Variant
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn

# Every exercise, and every other form in which it may be answered.
ASKED = [
    (lesson, asked, f"{e.id}-{name}".strip("-"))
    for lesson in catalogue()
    for e in lesson.exercises
    for asked, name in ((e, ""), *((form.asks, form.id) for form in e.forms))
]
EXERCISES = [pytest.param(lesson, e, id=name) for lesson, e, name in ASKED]
RIGHT = [pytest.param(lesson, e, v, id=f"{name}-{v.id}") for lesson, e, name in ASKED for v in (REFERENCE, *e.accepted)]
WRONG = [pytest.param(lesson, e, v, id=f"{name}-{v.id}") for lesson, e, name in ASKED for v in e.misconceptions]
# Stacks of layers, whose parameters match in many ways, and whatever is trained.
LONG = (
    *("masked_lm", "encoder_decoder", "encoder_block", "transformer", "transformer-tutorial"),
    *("attn_decoder", "knock82", "knock87", "knock89", "lm_training", "fine_tuning"),
)
# How many answers of an exercise, in each of its forms, the ordinary suite judges; of those that take seconds, so many in all.
ANSWERS = {
    "": 1,
    "long": 4,
}
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (20, 300))]


def asked_in(case: dict[str, Any]) -> str:
    """The exercise, with the form in which it is answered; "long" where one answer takes seconds."""
    name = f"{case['exercise'].id} {case['exercise'].solution}".strip()
    return "long" if case["exercise"].id in LONG else name


@drawn(ANSWERS, asked_in)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("lesson", "exercise", "variant"), RIGHT)
def test_right_answers_earn_everything(lesson: Lesson, exercise: Exercise, variant: Variant, seed: int) -> None:
    """The reference and every accepted answer pass every check, whatever the seed, in the form they are written in."""
    report = report_on(lesson, exercise, variant, seed).exercises[0]
    assert bool(report.assumptions) == bool(exercise.solution), report.assumptions
    assert [f.check for f in report.findings] == [check.id for check in exercise.checks]
    assert not points_lost(report, variant)


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES)
def test_the_edits_of_every_answer_fit(lesson: Lesson, exercise: Exercise) -> None:
    """Each is found in the text once, also in the answers that are not drawn: one that is not would be accepted nowhere."""
    text, variants = source.text_of(exercise.answered_in), (*exercise.accepted, *exercise.misconceptions)
    assert not [v.id for v in variants if source.apply(text, exercise.id, v.edits) is None], lesson.id


@drawn(ANSWERS, asked_in)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("lesson", "exercise", "variant"), WRONG)
def test_mistakes_are_found_and_named(lesson: Lesson, exercise: Exercise, variant: Variant, seed: int) -> None:
    """Every misconception fails a check and is the mistake that the report names, whatever the seed."""
    assert not faults_of_wrong(lesson, exercise, variant, seed)


@drawn(4)
@pytest.mark.parametrize(
    ("lesson", "exercise"),
    [pytest.param(*case.values, id=case.id, marks=pytest.mark.slow if case.id in LONG else ()) for case in EXERCISES],
)
def test_every_check_can_fail(lesson: Lesson, exercise: Exercise) -> None:
    """For every check there is a misconception that fails it, or that breaks the code it asks for."""
    assert not checks_that_cannot_fail(lesson, exercise)


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES)
def test_words_exist_in_both_languages(lesson: Lesson, exercise: Exercise) -> None:
    """Titles, checks and explanations are written in English and in Japanese, and are not the same."""
    texts = [exercise.title, *(check.text for check in exercise.checks)]
    texts += [v.explanation for v in exercise.misconceptions if v.explanation]
    for text in texts:
        assert text.en.strip() and text.ja.strip() and text.en != text.ja, text
        assert is_japanese(text), text


@pytest.mark.parametrize(
    "exercise", [pytest.param(e, id=e.id) for part in catalogue() for e in part.exercises if part.id != "quiz"]
)
def test_every_exercise_has_starters(exercise: Exercise) -> None:
    """Two or three hints before the first attempt, in both languages, none of which is the same twice or holds an answer."""
    assert len(exercise.starters) in (2, 3)
    assert len({text.en for text in exercise.starters}) == len(exercise.starters)
    cells = "".join(c for c in source.split(source.text_of(exercise.lesson)) if source.is_answer(c, exercise.id))
    for text in exercise.starters:
        assert text.en.strip() and text.en != text.ja and is_japanese(text), text
        quoted = [piece for piece in text.en.split("`")[1::2] if piece.count("(") and "=" in piece and ")." in piece]
        assert not [piece for piece in quoted if piece in cells], "a piece of the answer"


def is_japanese(text: Text) -> bool:
    return any("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in text.ja)


@pytest.mark.parametrize(("lesson", "exercise"), [c for c in EXERCISES if not c.values[1].solution])
def test_the_untouched_stub_earns_nothing(lesson: Lesson, exercise: Exercise) -> None:
    assert points_of_stub(lesson, exercise) == 0


@pytest.mark.parametrize("lesson", [pytest.param(lesson, id=lesson.id) for lesson in catalogue()])
def test_a_notebook_of_ones_own_without_answers_earns_nothing(lesson: Lesson) -> None:
    """Checks that ask nothing of a foreign notebook, because nobody told it to, pass only where something is there."""
    submission = Submission("somebody", "0" * 64, "en", lesson.id, (Cell(0, "code", "import torch\nrate = 0.1\n"),))
    with LocalSandbox() as sandbox:
        report = judge(submission, sandbox, lesson, seed=5)
    assert not [f.check for e in report.exercises for f in e.findings if f.outcome is Outcome.PASSED]


def test_a_check_that_asks_nothing_passes_only_where_an_answer_is() -> None:
    """A check that returns at once is missing with the exercise's definition, and passes with any definition of its name."""
    lesson = next(lesson for lesson in catalogue() if lesson.id == "transformer_lm")
    exercise = next(e for e in lesson.exercises if e.id == "causal_mask")
    silent = dataclasses.replace(exercise.checks[0], after=(), function=lambda _student, _draw: None)
    asked = dataclasses.replace(lesson, exercises=(dataclasses.replace(exercise, checks=(silent,)),))
    outcomes = []
    for text in ("rate = 0.1\n", "def causal_mask(T):\n    return 1\n"):
        submission = Submission("somebody", "0" * 64, "en", lesson.id, (Cell(0, "code", text),))
        with LocalSandbox() as sandbox:
            outcomes.append(judge(submission, sandbox, asked, seed=5).exercises[0].findings[0].outcome)
    assert outcomes == [Outcome.MISSING, Outcome.PASSED]


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES)
def test_exercises_are_complete(lesson: Lesson, exercise: Exercise) -> None:
    """An exercise asks for something, its checks are worth something, and none of its ids occurs twice."""
    assert exercise.names and exercise.points > 0
    ids = [v.id for v in (*exercise.accepted, *exercise.misconceptions)]
    assert len(ids) == len(set(ids))
    edits = [v.edits for v in (*exercise.accepted, *exercise.misconceptions)]
    assert len(edits) == len(set(edits)), "two variants are the same edit"
    assert all(dataclasses.is_dataclass(v) for v in exercise.checks)


@pytest.mark.parametrize(("lesson", "exercise"), [case for case in EXERCISES if case.values[1].forms])
def test_forms_are_worth_as_much(lesson: Lesson, exercise: Exercise) -> None:
    """Each form has a name of its own, signatures to know it by, and the exercise's points."""
    assert len({form.id for form in exercise.forms}) == len(exercise.forms)
    for form in exercise.forms:
        assert form.asks.points == exercise.points and form.asks.id == exercise.id and form.signatures
        assert is_japanese(form.title)
