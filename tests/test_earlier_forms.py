"""A right earlier answer in any accepted form: what is built on it loses nothing, and its mistakes keep their names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from grader.judge.judging import judge
from grader.lessons import catalogue, exercise, lesson, source
from grader.lessons.uses import uses
from grader.model import Edit, Exercise, ExerciseReport, Outcome, Submission, Variant
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn as some
from tests.notebooks import edits_of
from tests.whole_notebooks import APART, is_its_own

SHARE = 60  # one in so many is judged in the ordinary suite


def cases() -> Iterator[Any]:
    for part in catalogue():
        for later in part.exercises:
            for earlier in uses(later):
                for variant in filter(lambda v: can_be_built_on(earlier, v), earlier.accepted):
                    name = f"{earlier.id}-{variant.id}-{later.id}"
                    drawn = hashlib.sha256(name.encode()).digest()[0] % SHARE == 0
                    marks = () if drawn else pytest.mark.slow
                    yield pytest.param(earlier.id, variant.id, later.id, id=name, marks=marks)


def can_be_built_on(earlier: Exercise, variant: Variant) -> bool:
    return is_its_own(earlier, variant) and (earlier.id, f"accepted:{variant.id}") not in APART


def judged(later: str, mistake: str, earlier: dict[str, str]) -> ExerciseReport:
    """The report on the reference answer, or one with a known mistake in it, built on accepted answers of earlier exercises."""
    known = exercise(later).lesson
    given = tuple((name, accepted_edits(name, variant)) for name, variant in earlier.items())
    scope = source.namespace(known, later, edits_of(later, mistake) if mistake else (), given=given)
    assert scope is not None
    with LocalSandbox(scope) as sandbox:
        return judge(Submission("x", "", "en", known, ()), sandbox, lesson(known), 4, only=(later,)).exercises[0]


def accepted_edits(name: str, variant: str) -> tuple[Edit, ...]:
    return next(known.edits for known in exercise(name).accepted if known.id == variant)


@pytest.mark.parametrize(("earlier", "variant", "later"), [*cases()])
def test_what_is_built_on_another_form_loses_nothing(earlier: str, variant: str, later: str) -> None:
    """The later reference answer passes every check on top of an accepted answer of the earlier one."""
    found = judged(later, "", {earlier: variant}).findings
    assert not [(f.check, f.outcome, f.rationale) for f in found if f.outcome is not Outcome.PASSED]
    assert not [f.check for f in found if f.follows], "nothing was paid for, so nothing follows"


FORMS = {"positional_encoding": "exp_of_log", "causal_mask": "loop", "multi_head": "fused", "encoder_block": "silu"}


@pytest.mark.slow
@some(1)
@pytest.mark.parametrize("mistake", ["no_positions", "mask_one_too_many", "positions_of_the_end", "output_thrown_away"])
def test_a_mistake_on_top_of_other_forms_has_its_name(mistake: str) -> None:
    """A model's own mistake is caught and named although each part that it is built on is in another form than ours."""
    found = judged("transformer", mistake, FORMS).findings
    assert {f.misconception.id for f in found if f.misconception} == {mistake}, [(f.check, f.rationale) for f in found]
