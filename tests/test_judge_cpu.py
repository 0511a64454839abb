"""The time for one submission, the judge's own and that of its code, has an end, and nobody loses a point by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grader.judge.judging import judge
from grader.judge.wording import TOO_LONG_TO_JUDGE
from grader.lessons import lesson, source
from grader.model import Cell, Limits, Outcome, Report, Submission
from grader.sandbox import Branch
from grader.sandbox.local import LocalSandbox
from tests.notebooks import edits_of


class SlowSandbox(LocalSandbox):
    """Code that takes a quarter of a whole submission's time for each check."""

    @contextmanager
    def branch(self) -> Iterator[Branch]:
        with super().branch() as opened:
            yield opened
        self.answered += Limits().total_check_wall / 4


def judged(judge_cpu: float, kind: type[LocalSandbox] = LocalSandbox) -> Report:
    scope = source.namespace("transformer_lm", "causal_mask", edits_of("causal_mask", "one_too_many"))
    assert scope is not None
    submission = Submission("x", "", "en", "transformer_lm", ())
    with kind(scope) as sandbox:
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


def test_code_that_takes_too_long_in_all_its_answers_is_asked_no_further() -> None:
    """However many checks there are, what a hand-in takes to answer them all is bounded."""
    findings = [f for e in judged(60.0, SlowSandbox).exercises for f in e.findings]
    assert findings[0].outcome is Outcome.PASSED
    assert {(f.outcome, f.rationale) for f in findings[5:]} == {(Outcome.NEEDS_REVIEW, TOO_LONG_TO_JUDGE)}


def test_an_ordinary_hand_in_never_meets_the_limit() -> None:
    """A mistake is found and named in a hundredth of the time that there is."""
    found = judged(Limits().judge_cpu / 100).exercises[1].findings
    assert {f.misconception.id for f in found if f.misconception} == {"one_too_many"}


ATTENTION = """
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.gain, self.bias, self.eps = nn.Parameter(torch.ones(d_model)), nn.Parameter(torch.zeros(d_model)), eps

    def forward(self, x):
        return self.gain * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + self.eps) + self.bias
"""


def named(explanations: int, role: str | None = None) -> tuple[set[str], float]:
    """The names of a known mistake, and the points, in a notebook that nobody handed out unless a role says so."""
    scope: dict[str, object] = {}
    exec(ATTENTION, scope)
    cells = (Cell(0, "code", ATTENTION, "encoder_block", role=role),)
    with LocalSandbox(scope) as sandbox:
        submission = Submission("x", "", "en", "transformer_lm", cells)
        limits = Limits(explanations=explanations)
        report = judge(submission, sandbox, lesson("transformer_lm"), 4, limits, ("encoder_block",))
    found = [f for e in report.exercises for f in e.findings]
    return {f.misconception.id for f in found if f.misconception}, report.score.earned


def test_without_time_for_explanations_a_mistake_has_no_name() -> None:
    """In somebody's own notebook; the points are the same. In our own notebook names are always looked for."""
    (none, points), (name, same_points) = named(-1), named(Limits().explanations)
    assert none == set() and name == {"unbiased_variance"} and points == same_points
    assert named(-1, role="answer")[0] == {"unbiased_variance"}
