"""In our own notebook a crash is told as it is, with its line; and what is lost with a check is told with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.checks.answers import Unmatched
from grader.errors import Failure
from grader.grading import grade
from grader.judge.examination import Examination
from grader.judge.judging import judge
from grader.judge.known.candidates import Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.wording import UNMATCHED
from grader.lessons import exercise, lesson, source
from grader.matching import refuses
from grader.model import Exercise, ExerciseReport, Fault, Finding, Outcome, Run, Submission, Text
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn
from tests.notebooks import answer_cells, save, solved

ATTENTION = """
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    weights = {}
    return weights @ v, weights
"""
CLASSIFIER = """
class BertClassifier(nn.Module):
    def __init__(self, encoder, output_size):
        super().__init__()
        {}

    def forward(self, ids, mask):
        return self.fc(self.encoder(ids, attention_mask=mask)[0][:, 0])
"""
CRASHES = {
    "softmax without dim": ("dot_attention", ATTENTION, "torch.softmax(scores)", "softmax() missing 1 required"),
    "sigmoid with dim": (
        "dot_attention",
        ATTENTION,
        "torch.sigmoid(scores, dim=-1)",
        "unexpected keyword argument 'dim'",
    ),
    "too many for a helper": ("dot_attention", ATTENTION, "(lambda x: x)(scores, -1)", "takes 1 positional argument"),
    "a number called": ("dot_attention", ATTENTION, "scores.ndim(-1)", "is not callable"),
    "a layer of one size": ("knock89", CLASSIFIER, "self.fc = nn.Linear(output_size)", "Linear.__init__() missing 1"),
    "an unknown keyword": (
        "knock89",
        CLASSIFIER,
        "self.fc = nn.Linear(8, output_size, biased=True)",
        "unexpected keyword",
    ),
    "a name that is not there": (
        "knock89",
        CLASSIFIER,
        "self.fc = nn.Linear(hidden, output_size)",
        "'hidden' is not defined",
    ),
}


def told(report: ExerciseReport, line: str, words: str, places: bool) -> None:
    first = next(f for f in report.findings if f.outcome is not Outcome.PASSED)
    assert not report.assumptions
    assert first.outcome is Outcome.CRASHED and first.rationale is not None, first
    assert words in first.rationale.en and "missing 3 required" not in first.rationale.en
    assert not places or (first.place is not None and first.place.source.endswith(line))
    assert all(f.outcome is not Outcome.NEEDS_REVIEW for f in report.findings)


@drawn(3)
@pytest.mark.parametrize("case", [name for name in CRASHES if name != "a number called"])  # that is told by its line
def test_by_itself(case: str) -> None:
    """With no notebook around it, the line may be out of reach; the crash is theirs all the same."""
    name, code, line, words = CRASHES[case]
    known = exercise(name).lesson
    scope = source.namespace(known)
    assert scope is not None
    exec(code.format(line), scope)
    with LocalSandbox(scope) as sandbox:
        report = judge(Submission("x", "", "en", known, ()), sandbox, lesson(known), 4, only=(name,))
    told(report.exercises[0], line, words, places=False)


@drawn(1)
@pytest.mark.parametrize("case", ["sigmoid with dim", "a number called", "a layer of one size"])
def test_in_a_notebook(case: str, tmp_path: Path, host: KernelFactory | None) -> None:
    """As a student hands it in: the line is there."""
    name, code, line, words = CRASHES[case]
    notebook = solved(exercise(name).lesson)
    answer_cells(notebook, name)[0].source += "\n" + code.format(line)
    told(grade(save(notebook, tmp_path), 3, (name,), host=host).exercises[0], line, words, places=True)


def test_other_arguments_are_still_looked_for() -> None:
    """Who takes the same arguments in another order, in our own notebook, loses nothing."""
    instead = """
right = scaled_dot_product_attention
def scaled_dot_product_attention(*, mask=None, v, q, k):
    return right(q, k, v, mask)
"""
    scope = source.namespace("attention_translation")
    assert scope is not None
    exec(instead, scope)
    with LocalSandbox(scope) as sandbox:
        told_of = judge(
            Submission("x", "", "en", "attention_translation", ()),
            sandbox,
            lesson("attention_translation"),
            4,
            only=("dot_attention",),
        )
    assert not [f for f in told_of.exercises[0].findings if f.outcome is Outcome.CRASHED], told_of.exercises[0].findings


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        ("attend() missing 3 required positional arguments: 'q', 'k', and 'v'", True),
        ("attend.__init__() takes 2 positional arguments but 3 were given", True),
        ("make.<locals>.attend() got an unexpected keyword argument 'mask'", False),
        ('softmax() missing 1 required positional arguments: "dim"', False),
        ("attend() argument of type 'int' is not iterable", False),
    ],
)
def test_who_refuses(message: str, refused: bool) -> None:
    """A call of ours is refused by the function that we called, and by no other."""
    assert refuses("attend", Fault("TypeError", message)) is refused


# --- what is lost with a check -------------------------------------------------------------------


class Naming(KnownAnswers):
    """Answers that find a mistake only when names are asked for, as the last ones do that are tried."""

    mistakes: tuple[str, ...] = ("upper",)

    def candidates(self, exchanges: Any) -> Candidates:
        return (
            Candidates(tuple(v for v in self.exercise.misconceptions if v.id in self.mistakes))
            if exchanges
            else Candidates()
        )


def three_checks(raises: Any) -> Exercise:
    """A check that ends so, one that needs it, and one that needs that."""
    asked = exercise("causal_mask")

    def first(student: Any, _draw: Any) -> None:
        student.call("causal_mask", 3)
        raise raises

    def never(*_: Any) -> None:
        raise AssertionError("it must not be asked")

    base = asked.checks[0]
    checks = tuple(
        replace(base, id=name, function=function, after=after)
        for name, function, after in (("a", first, ()), ("b", never, ("a",)), ("c", never, ("b",)))
    )
    return replace(asked, checks=checks)


def ends(asked: Exercise, answers: type[KnownAnswers]) -> list[Finding]:
    scope = source.namespace(asked.lesson)
    assert scope is not None
    with LocalSandbox(scope) as sandbox:
        examination = Examination(
            asked, Submission("x", "", "en", asked.lesson, ()), Run((), 0.0), sandbox, 4, known=answers
        )
        return list(examination.findings())


def test_what_needs_a_doubtful_check_goes_with_its_name() -> None:
    """In review until its mistake has a name: then it is wrong, and what builds on it is lost with it."""
    found = ends(three_checks(Unmatched("x")), Naming)
    assert [f.outcome for f in found] == [Outcome.FAILED, Outcome.SKIPPED, Outcome.SKIPPED]
    assert found[0].misconception is not None and all(f.rationale and "as soon as" in f.rationale.en for f in found[1:])
    found = ends(three_checks(Unmatched("x")), type("Nameless", (Naming,), {"mistakes": ()}))
    assert [f.outcome for f in found] == [Outcome.NEEDS_REVIEW] * 3
    assert {f.rationale for f in found} == {UNMATCHED}


def test_what_needs_a_wrong_check_is_lost_from_the_start() -> None:
    """As ever."""
    found = ends(three_checks(Failure(Text("wrong", "違います"))), Naming)
    assert [f.outcome for f in found] == [Outcome.FAILED, Outcome.SKIPPED, Outcome.SKIPPED]
