"""Every function and class of the contract with its parameters in another order, or by name alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import lessons
from grader.grading import grade
from grader.model import Outcome
from grader.sandbox.kernel_factory import KernelFactory
from tests.argument_orders import Order, notebook_in_order
from tests.drawing import drawn
from tests.notebooks import save

SEED = 7
CASES = [
    pytest.param(exercise.id, name, order, id=f"{exercise.id}-{name}-{order}")
    for lesson in lessons.names()
    for exercise in lessons.load(lesson).exercises
    for name in dict.fromkeys(i.name for i in exercise.interfaces if i.exercise == exercise.id and len(i.roles) > 1)
    for order in ("reversed", "by name alone")
]


@drawn(2)
@pytest.mark.parametrize(("exercise", "name", "order"), CASES)
def test_the_order_of_parameters_decides_nothing(
    exercise: str, name: str, order: Order, tmp_path: Path, host: KernelFactory | None
) -> None:
    """In our own notebook a right answer has every point."""
    notebook = notebook_in_order(lessons.exercise(exercise).lesson, exercise, name, order)
    assert notebook is not None, "it has no two parameters"
    findings = grade(save(notebook, tmp_path), SEED, (exercise,), host=host).exercises[0].findings
    assert all(f.outcome is Outcome.PASSED for f in findings), [(f.check, f.outcome, f.rationale) for f in findings]
