"""A student cannot make a grade broken: what came back in no readable form is theirs, and a fault of ours stays ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.judge import misread
from grader.judge.judging import judge
from grader.judge.wording import MISREAD_HELP
from grader.lessons import exercise, lesson, source
from grader.model import Exercise, Finding, Outcome, Submission
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn

HISTORY = "{k: [1.0] * epochs for k in ('train_loss', 'train_accuracy', 'valid_loss', 'valid_accuracy')}"
TRAIN = "def train(model, train_set, valid_set, epochs, lr, batch_size=1):\n    {body}\n    return HISTORY"
TRAIN_LM = "def train_lm(model, ids, steps, batch_size, length, lr):\n    {body}\n    return [1.0] * steps"
# What is done to the model that is lent.
PLANTED = {
    "taken apart": "for name in list(model._parameters): del model._parameters[name]",
    "grown": "model.weight = nn.Parameter(torch.zeros(3, 2)); model.bias = nn.Parameter(torch.zeros(0, 9))",
    "shrunk": "model.weight = nn.Parameter(model.weight[:1, :2].detach()); model.bias = nn.Parameter(model.bias[:1].detach())",
    "renamed": "model.other = model.weight; del model._parameters['weight']",
    "float8": "model.weight = nn.Parameter(model.weight.detach().to(torch.float8_e4m3fn), requires_grad=False)",
    "complex": "model.bias = nn.Parameter(model.bias.detach().to(torch.complex64))",
    "meta": "model.to('meta')",
    "a record that is none": "model.seen = [(1, 2, 3, 4, 5), ('a', None, {}, [], 7)]",
    "a method replaced by a function": "model.log = lambda: [(None,) * 5]; model.forward = lambda *a: None",
    "no method": "model.log = None",
    "without a grade for its parameters": "model.requires_grad_(False)",
}
LANGUAGE = {
    "the table is gone": "model.table = None",
    "parameters as large as the world": "model.stale = nn.Parameter(torch.zeros(0, 2 ** 40), requires_grad=False)",
    "float8": "model.asleep = nn.Parameter(torch.zeros(3).to(torch.float8_e4m3fn), requires_grad=False)",
    "shrunk": "model.table = nn.Parameter(model.table[:2].detach())",
}


def planted(body: str) -> str:
    return TRAIN.replace("{body}", body).replace("HISTORY", HISTORY)


CASES = [
    *(pytest.param("knock82", planted(body), id=f"train-{name}") for name, body in PLANTED.items()),
    *(
        pytest.param("lm_training", TRAIN_LM.replace("{body}", body), id=f"train_lm-{name}")
        for name, body in LANGUAGE.items()
    ),
]


def found_by(asked: Exercise, instead: str) -> dict[str, Finding]:
    scope = source.namespace(asked.lesson, asked.id)
    assert scope is not None
    exec(instead, scope)
    alone = replace(lesson(asked.lesson), exercises=(asked,), notes=None)
    with LocalSandbox(scope) as sandbox:
        report = judge(Submission("x", "", "en", asked.lesson, ()), sandbox, alone, 3)
    return {f.check: f for e in report.exercises for f in e.findings}


@drawn({"lm_training": 1, "knock82": 0}, lambda case: case["name"])  # the latter takes half a minute
@pytest.mark.parametrize(("name", "instead"), CASES)
def test_no_reply_breaks_a_check(name: str, instead: str) -> None:
    """Whatever is done to the lent model: a grade is given, and it is not a full one."""
    found = found_by(exercise(name), instead)
    assert all(f.outcome is not Outcome.BROKEN for f in found.values()), found
    assert any(f.outcome is Outcome.FAILED for f in found.values())


def with_check(function: Callable[..., Any]) -> Exercise:
    """An exercise whose first check does this besides."""
    asked = exercise("causal_mask")
    return replace(asked, checks=(replace(asked.checks[0], function=function), *asked.checks[1:]))


def test_it_is_told_without_our_own_lines() -> None:
    """The sentence names the kind of the exception, in both languages, and no line of the grader."""

    def reads_a_shape(student: Any, draw: Any) -> None:
        return {(5, 5): None}[tuple(student.call("causal_mask", 5).shape)]

    smaller = "def causal_mask(size):\n    return torch.ones(size - 1, size - 1, dtype=torch.bool)"
    told = [f for f in found_by(with_check(reads_a_shape), smaller).values() if f.help == MISREAD_HELP]
    assert told
    for f in told:
        assert f.outcome is Outcome.FAILED and f.misconception is None and f.rationale is not None
        assert "KeyError" in f.rationale.en and "KeyError" in f.rationale.ja and ".py" not in f.rationale.en


def test_a_fault_of_ours_stays_broken() -> None:
    """A check that raises for right answers too says nothing of anybody's."""

    def always(*_: Any) -> None:
        raise KeyError("ours")

    for instead in ("", "def causal_mask(size):\n    return None"):
        found = next(iter(found_by(with_check(always), instead).values()))
        assert found.outcome is Outcome.BROKEN and found.rationale is not None and "KeyError" in found.rationale.en


def reads_badly(student: Any, _draw: Any) -> None:
    student.call("causal_mask", 3, view=lambda value: value.dtype)


def compares_badly(student: Any, _draw: Any) -> None:
    assert student.call("causal_mask", 3).shape


def test_without_the_answers_only_reading_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing of ours can be asked, what a view cannot read is the reply's; the rest stays ours."""
    instead = "def causal_mask(size):\n    return None"
    for function, without in ((reads_badly, Outcome.FAILED), (compares_badly, Outcome.BROKEN)):
        found = next(iter(found_by(with_check(function), instead).values()))
        assert found.outcome is Outcome.FAILED
        with monkeypatch.context() as patched:
            patched.setattr(misread.source, "has_answers", lambda _name: False)
            assert misread.judge_exception(*fault_of(function)).outcome is without


def fault_of(function: Callable[..., Any]) -> tuple[Any, Exercise, int, Exception]:
    """What `misread.judged` is given for a check that cannot read None."""
    asked = with_check(function)
    with LocalSandbox({"causal_mask": lambda _size: None}).branch() as branch:
        try:
            function(misread.Student(branch, asked.id, 0), None)
        except AttributeError as error:
            return asked.checks[0], asked, 3, error
    raise AssertionError("it could be read")


@drawn(2)
@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "complex64", "float16", "bfloat16"])
def test_odd_parameters_break_nothing(dtype: str) -> None:
    """A class of the student's own whose parameters are of another kind of number."""
    instead = f"""
Kept = MultiHeadAttention
class MultiHeadAttention(Kept):
    def __init__(self, *args):
        super().__init__(*args)
        for p in self.parameters():
            p.requires_grad_(False)
            p.data = p.data.to(torch.{dtype})
"""
    found = found_by(exercise("multi_head"), instead)
    assert all(f.outcome is not Outcome.BROKEN for f in found.values()), found
