"""What a lesson must keep, each demand a function that gives the faults it finds; `grade author test` and our own tests ask them.

The reference and every accepted answer pass everything. Every mistake fails a check and is called by its name. Every check can
fail. The untouched notebook earns nothing. Nonsense from the student's process breaks nothing and earns less than all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from grader.errors import AuthoringError
from grader.judge.judging import judge
from grader.judge.wording import NOT_YOURS, UNMATCHED
from grader.lessons import source
from grader.model import (
    Check,
    Exercise,
    ExerciseReport,
    Finding,
    Lesson,
    Outcome,
    Reply,
    Report,
    Submission,
    Text,
    Variant,
)
from grader.sandbox.guest.codec import Handle, Members, Opaque, Record
from grader.sandbox.guest.figures import Figure
from grader.sandbox.guest.tables import Column, Table
from grader.sandbox.local import LocalSandbox

REFERENCE = Variant("reference", ())
FIRST, OF_NONSENSE = 1, 4  # seeds
CAUGHT = (Outcome.FAILED, Outcome.CRASHED)
NONSENSE: dict[str, Any] = {
    "none": None,
    "text": "passed",
    "number": 3,
    "nan": float("nan"),
    "big": 10**30,
    "list": [1, "a", None, [2.5]],
    "empty": [],
    "dict": {"score": 1, 3: None},
    "opaque": Opaque("builtins.object", "<object>"),
    "handle": Handle(1),
    "scalar": torch.tensor(1.0),
    "void": torch.zeros(0),
    "nans": torch.full((3, 5), float("nan")),
    "ints": torch.arange(12).reshape(3, 4),
    "bools": torch.ones(7, 7, dtype=torch.bool),
    "complex": torch.ones(3, 3, dtype=torch.complex64),
    "array": torch.ones(3, 2).numpy(),
    "tuple": (torch.zeros(2, 3), None),
    "pair": (torch.zeros(3, 5, 7), torch.ones(3, 5, 7) / 7),
    "deep": torch.zeros(1, 1, 1, 1, 1, 1),
    "series": {"loss": [1.0, float("inf")], "accuracy": ["x"]},
    "words": np.array(["a", "b"], dtype=object),
    "set": Members([1, 2]),
    "table": Table.of({"a": [1.0, 2.0], "b": ["x", None]}),
    "column": Column("a", [1.0, 2.0]),
    "figure": Figure(),
    "record": Record("x.Point", {"logits": 1.0}),
}


class UnfitEdit(AuthoringError):
    """An edit of a variant that does not find its place in the answer."""


def report_on(lesson: Lesson, exercise: Exercise, variant: Variant, seed: int = FIRST) -> Report:
    """The judge's report on a submission that defines what the edited solution file defines. Raises UnfitEdit."""
    scope = source.namespace(exercise.answered_in, exercise.id, variant.edits)
    if scope is None:
        raise UnfitEdit(*unfit(exercise, variant))
    submission = Submission(variant.id, "0" * 64, "en", lesson.id, ())
    with LocalSandbox(scope) as sandbox:
        return judge(submission, sandbox, lesson, seed=seed, only=(exercise.id,))


def unfit(exercise: Exercise, variant: Variant) -> tuple[str, str]:
    """The sentence about the first edit that does not stand exactly once in the answer."""
    cells = source.answer_cells(exercise.answered_in, exercise.id)
    for change in variant.edits:
        count = sum(cell.count(change.old) for cell in cells)
        if count != 1:
            return (
                f"the edit of {variant.id} fits nowhere: {change.old!r} stands {count} times in the answer, and must stand there once.",
                f"{variant.id} の edit が当てはまりません。{change.old!r} は解答に 1 回だけ現れる必要がありますが、{count} 回です。",
            )
    return (
        f"the edits of {variant.id} do not fit together.",
        f"{variant.id} の edit は組み合わせて使えません。",
    )


def faults_of_right(lesson: Lesson, exercise: Exercise, variant: Variant, seed: int = FIRST) -> list[Text]:
    """The reference, or another accepted answer, passes every check."""
    return points_lost(report_on(lesson, exercise, variant, seed).exercises[0], variant)


def points_lost(report: ExerciseReport, variant: Variant) -> list[Text]:
    """A sentence for each check that a right answer does not pass."""
    lost = [finding for finding in report.findings if finding.outcome is not Outcome.PASSED]
    return [
        Text(
            en=f"the right answer {variant.id} does not pass {f.check} ({f.outcome.name}): {said(f).en}",
            ja=f"正しい解答 {variant.id} が {f.check} を通りません（{f.outcome.name}）。{said(f).ja}",
        )
        for f in lost
    ]


def faults_of_other_values(lesson: Lesson, exercise: Exercise, variant: Variant, seed: int = FIRST) -> list[Text]:
    """An accepted answer agrees with the reference alone, unless its author says why it need not.

    Among the accepted answers it always agrees with itself, so a wrong one would be right, and with it everybody who writes it.
    """
    if variant.other_values:
        return []
    alone = tuple(replace(e, accepted=()) if e.id == exercise.id else e for e in lesson.exercises)
    findings = report_on(replace(lesson, exercises=alone), exercise, variant, seed).exercises[0].findings
    differs = next((f for f in findings if f.outcome is not Outcome.PASSED), None)
    if differs is None:
        return []
    name, check = variant.id, differs.check
    return [
        Text(
            en=f"the right answer {name} agrees with itself alone: against the solution it does not pass {check}. {said(differs).en} If it is right "
            'all the same, say why: accepts(..., other_values="...").',
            ja=f"正しい解答 {name} は自分自身としか一致しません。模範解答と比べると {check} を通りません。{said(differs).ja} それでも正しいなら、"
            'accepts(..., other_values="...") に理由を書いてください。',
        )
    ]


def said(finding: Finding) -> Text:
    """A finding's words, as its author is told them."""
    found = finding.rationale or Text()
    return Text(en=found.en.removeprefix(NOT_YOURS.en), ja=found.ja.removeprefix(NOT_YOURS.ja))


def faults_of_wrong(lesson: Lesson, exercise: Exercise, variant: Variant, seed: int = FIRST) -> list[Text]:
    """A mistake fails a check, and the report calls it by its name."""
    findings = report_on(lesson, exercise, variant, seed).exercises[0].findings
    broken = [
        Text(
            en=f"the mistake {variant.id} breaks the check {f.check}: {said(f).en}",
            ja=f"間違い {variant.id} でチェック {f.check} 自体が壊れます。{said(f).ja}",
        )
        for f in findings
        if f.outcome is Outcome.BROKEN
    ]
    failed = [f for f in findings if f.outcome in CAUGHT]
    if not failed and is_made_before(exercise, variant) and any(f.follows for f in findings):
        return broken  # an earlier exercise pays for it, and this one says so
    return [*broken, *fault_of_name(variant, failed)]


def fault_of_name(variant: Variant, failed: list[Finding]) -> list[Text]:
    """What is wrong with the name of a mistake that failed these checks; nothing where it is its own."""
    names = sorted({f.misconception.id for f in failed if f.misconception})
    if names == [variant.id] and UNMATCHED not in [f.rationale for f in failed]:
        return []
    mistake_en, mistake_ja, other = f"the mistake {variant.id}", f"間違い {variant.id}", ", ".join(names)
    if not failed:
        return [Text(en=f"{mistake_en} fails no check.", ja=f"{mistake_ja} がどのチェックにも引っかかりません。")]
    if not names:
        return [nameless(variant)]
    return [
        Text(
            en=f"{mistake_en} is called {other}: by what the checks ask the two cannot be told apart.",
            ja=f"{mistake_ja} が {other} と判定されます。チェックの質問だけでは区別できません。",
        )
    ]


def nameless(variant: Variant) -> Text:
    return Text(
        en=f"the mistake {variant.id} gets no name: by what the checks ask it cannot be told from another mistake.",
        ja=f"間違い {variant.id} に名前が付きません。チェックの質問だけでは、ほかの間違いと区別できません。",
    )


def is_made_before(exercise: Exercise, variant: Variant) -> bool:
    """Whether a mistake stands in what the exercise takes from an earlier one, and in nothing of its own."""
    own = "".join(source.answer_cells(exercise.answered_in, exercise.id))
    return not any(change.old in own for change in variant.edits)


def checks_that_cannot_fail(lesson: Lesson, exercise: Exercise) -> set[str]:
    """The checks that no known mistake fails, and that none breaks the code of.

    Not those that somebody else wrote: that they fail can be seen in the untouched notebook, which earns nothing by them.
    """
    nameless = replace(exercise, misconceptions=())  # names only cost time here
    wanted = {check.id for check in exercise.checks if not check.forgeable}
    for asked in (nameless, exercise):  # but where a person decides what has no name, only a name makes it fail
        for variant in exercise.misconceptions:
            if wanted:
                checks = with_groundwork(exercise.checks, wanted)
                alone = replace(lesson, exercises=(replace(asked, checks=checks),))
                findings = report_on(alone, exercise, variant).exercises[0].findings
                wanted -= {f.check for f in findings if f.outcome in CAUGHT}
    return wanted


def with_groundwork(checks: tuple[Check, ...], wanted: set[str]) -> tuple[Check, ...]:
    """These checks, and those that have to hold before they are asked."""
    needed = names_with_groundwork(checks, wanted)
    return tuple(check for check in checks if check.id in needed)


def names_with_groundwork(checks: tuple[Check, ...], wanted: set[str]) -> set[str]:
    needed = set(wanted)
    for check in reversed(checks):
        needed |= set(check.after) if check.id in needed else set()
    return needed


class NonsenseSandbox(LocalSandbox):
    """A sandbox in which every question gets the same answer, and every class has two parameters."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    @contextmanager
    def branch(self) -> Iterator[Any]:
        yield self

    def ask(self, request: dict[str, Any]) -> Reply:
        if request["op"] == "describe":
            return Reply({"kind": "class", "parameters": [], "own": True})
        weights = {"weight": torch.ones(5, 3), "bias": torch.ones(5)}
        gradients = {"inputs": [self.value], "parameters": {"weight": self.value}}
        extras = {"handle": Handle(1), "weights": weights, "inputs": [self.value], "gradients": gradients}
        return Reply(self.value, None, extras)


def faults_of_nonsense(lesson: Lesson, exercise: Exercise, name: str) -> list[Text]:
    """No answer of a wrong type or shape breaks a check, and none earns everything."""
    alone = replace(lesson, exercises=(exercise,))
    report = judge(
        Submission("nonsense", "0" * 64, "en", lesson.id, ()),
        NonsenseSandbox(NONSENSE[name]),
        alone,
        seed=OF_NONSENSE,
        only=(exercise.id,),
    )
    found = [
        Text(
            en=f"when the student's code returns nonsense ({name}), the check {f.check} itself breaks: {said(f).en}",
            ja=f"学習者のコードがでたらめな値（{name}）を返すと、チェック {f.check} 自体が壊れます。{said(f).ja}",
        )
        for f in report.exercises[0].findings
        if f.outcome is Outcome.BROKEN and f.rationale
    ]
    if report.score.earned is not None and report.score.earned >= report.score.possible:
        found.append(Text(en=f"nonsense ({name}) earns every point.", ja=f"でたらめな値（{name}）が満点になります。"))
    return found
