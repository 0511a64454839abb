"""Functions under other names and signatures."""

from __future__ import annotations

import pytest

from grader.model import Outcome
from tests.matching.functions import RIGHT
from tests.matching.people import graded


@pytest.mark.parametrize(("exercise", "who", "cell"), [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in RIGHT])
def test_right_functions_earn_everything(exercise: str, who: str, cell: str) -> None:
    """A right function earns full marks whatever it is called and in whatever order it takes its arguments."""
    found = graded(exercise, (exercise, cell))
    for finding in found.findings:
        assert finding.outcome is Outcome.PASSED, (finding.check, finding.rationale, found.assumptions)
