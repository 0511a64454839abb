"""The judge's own time for one submission has an end, and nobody loses a point by it."""

from __future__ import annotations

from grader.judge.judging import judge
from grader.judge.wording import TOO_LONG_TO_JUDGE
from grader.lessons import lesson, source
from grader.model import Limits, Outcome, Report, Submission
from grader.sandbox.local import LocalSandbox
from tests.notebooks import edits_of


def judged(judge_cpu: float) -> Report:
    scope = source.namespace("transformer_lm", "causal_mask", edits_of("causal_mask", "one_too_many"))
    assert scope is not None
    submission = Submission("x", "", "en", "transformer_lm", ())
    with LocalSandbox(scope) as sandbox:
        return judge(
            submission,
            sandbox,
            lesson("transformer_lm"),
            4,
            Limits(judge_cpu=judge_cpu),
            ("positional_encoding", "causal_mask"),
        )


def test_what_is_left_when_the_time_is_up_is_for_a_person() -> None:
    """With no time at all every check waits for a person, who is told why; no point is earned or lost."""
    report = judged(0.0)
    findings = [f for e in report.exercises for f in e.findings]
    assert {(f.outcome, f.rationale) for f in findings} == {(Outcome.NEEDS_REVIEW, TOO_LONG_TO_JUDGE)}
    assert report.score.earned == 0 and report.score.pending == report.score.possible


def test_an_ordinary_hand_in_never_meets_the_limit() -> None:
    """A mistake is found and named in a hundredth of the time that there is."""
    found = judged(Limits().judge_cpu / 100).exercises[1].findings
    assert {f.misconception.id for f in found if f.misconception} == {"one_too_many"}
