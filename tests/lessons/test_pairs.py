"""Two mistakes at once, which is the commonest real case: both are named, or listed, or there is something to try."""

from __future__ import annotations

from itertools import combinations

import pytest

from grader.judge.judging import judge
from grader.judge.known.candidates import pair_of
from grader.judge.naming import name_variant
from grader.lessons import catalogue, source
from grader.model import Exercise, Finding, Lesson, Outcome, Submission, Variant
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn

COMMONEST = 6
CAUGHT = (Outcome.FAILED, Outcome.CRASHED)


def together(exercise: Exercise, one: Variant, other: Variant) -> bool:
    """Whether both can be written at once, in either order with the same result."""
    text, edits = source.text_of(exercise.answered_in), (one.edits + other.edits, other.edits + one.edits)
    first, second = (source.apply(text, exercise.id, both) for both in edits)
    return first is not None and first == second


PAIRS = [
    (lesson, exercise, one, other)
    for lesson in catalogue()
    if lesson.id != "quiz"
    for exercise in lesson.exercises
    for one, other in combinations(exercise.misconceptions[:COMMONEST], 2)
    if together(exercise, one, other)
]
# Of every exercise that is quickly asked, the first pair.
LONG = ("transformer", "encoder_decoder", "attn_decoder", "lm_training", "knock82", "knock87", "knock89")
QUICK = {exercise.id: one.id + other.id for _, exercise, one, other in reversed(PAIRS) if exercise.id not in LONG}
CASES = [
    pytest.param(
        *case,
        id=f"{case[1].id}-{case[2].id}-{case[3].id}",
        marks=() if QUICK.get(case[1].id) == case[2].id + case[3].id else pytest.mark.slow,
    )
    for case in PAIRS
]


@drawn(10)
@pytest.mark.parametrize(("lesson", "exercise", "one", "other"), CASES)
def test_two_mistakes_are_told(lesson: Lesson, exercise: Exercise, one: Variant, other: Variant) -> None:
    """No other mistake is named; where neither is named or listed, every finding says what to try."""
    if not source.runs(exercise.answered_in, exercise.id, one.edits + other.edits):
        pytest.skip("one of the two cuts the other's block in two")
    findings = judged(lesson, exercise, one, other)
    caught = [finding for finding in findings if finding.outcome in CAUGHT]
    told = {name for finding in caught for name in names_in(finding)}
    assert told <= {one.id, other.id}, [(f.check, names_in(f)) for f in caught]
    for finding in caught:
        assert names_in(finding) or finding.help or finding.outcome is Outcome.CRASHED, finding.check


def judged(lesson: Lesson, exercise: Exercise, one: Variant, other: Variant) -> tuple[Finding, ...]:
    scope = source.namespace(exercise.answered_in, exercise.id, one.edits + other.edits)
    assert scope is not None
    with LocalSandbox(scope) as sandbox:
        submission = Submission("two", "0" * 64, "en", lesson.id, ())
        return judge(submission, sandbox, lesson, seed=1, only=(exercise.id,)).exercises[0].findings


def names_in(finding: Finding) -> set[str]:
    found = finding.misconception
    return {found.id, found.also} - {""} if found else set()


@drawn(1)
@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("knock80", "ranks_from_zero", "least_frequent_first"),
        ("knock81", "no_batch_first", "mean_over_time"),
        ("knock86", "view_for_transpose", "mean_pooling"),
        ("multi_head", "scale_by_d_model", "softmax_over_queries"),
        ("translation", "not_teacher_forced", "state_thrown_away"),
        ("positional_encoding", "sine_twice", "exponent_doubled"),
    ],
)
def test_both_have_their_name(name: str, first: str, second: str) -> None:
    """Where the numbers tell it, both are named, in one finding or in two, or the pair is one of those listed."""
    lesson, exercise = next((part, e) for part in catalogue() for e in part.exercises if e.id == name)
    one, other = (next(v for v in exercise.misconceptions if v.id == wanted) for wanted in (first, second))
    findings = judged(lesson, exercise, one, other)
    words = pair_of(one, other).explanation
    assert words is not None
    listed = any(f.help and words.en in f.help.en and words.ja in f.help.ja for f in findings)
    assert listed or {first, second} <= {known for f in findings for known in names_in(f)}


def test_a_pair_says_both_in_both_languages() -> None:
    """The explanation holds that of each; the id is the commoner one's."""
    one, other = catalogue()[-1].exercises[0].misconceptions[:2]
    found = name_variant(pair_of(one, other))
    assert (found.id, found.also) == (one.id, other.id)
    for variant in (one, other):
        assert variant.explanation and variant.explanation.en in found.explanation.en
        assert variant.explanation.ja in found.explanation.ja
