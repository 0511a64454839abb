"""Models under other names and signatures: right ones earn everything, wrong ones are told the same mistake."""

from __future__ import annotations

import pytest

from grader.model import Outcome
from tests.matching.models import RIGHT
from tests.matching.people import graded


@pytest.mark.parametrize(("exercise", "who", "cell"), [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in RIGHT])
def test_right_models_earn_everything(exercise: str, who: str, cell: str) -> None:
    """A right model earns full marks whatever it is called and whatever its arguments are called."""
    found = graded(exercise, (exercise, cell))
    for finding in found.findings:
        assert finding.outcome is Outcome.PASSED, (finding.check, finding.rationale, found.assumptions)
