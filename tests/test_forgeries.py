"""Answers that try to get points by changing what was lent to them, or what notes of theirs might say.

`tests/forgeries/EXERCISE__name.py`: definitions that take the place of those in a right notebook. Lines at its top say `about`,
and in `lost` the checks that none of it may pass. Nothing of it makes a check broken, and what is right stays worth its points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading import grade, jail
from grader.model import Limits, Outcome
from grader.sandbox.doctor import examine
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.notebooks import save
from tests.variant_notebooks import notebook_with, read_variant

FOLDER = Path(__file__).parent / "forgeries"
LIMITS = Limits(cell_wall=20.0, cell_cpu=20.0, call_wall=20.0, check_wall=40.0)
QUICK = ("knock88", "dot_attention", "knock82__rewrites", "lm_training__typed", "fine_tuning__nobody")

jailed = pytest.mark.skipif(not examine().safe, reason=f"no jail here: {[layer.value for layer in examine().missing]}")
CASES = [
    pytest.param(path, id=path.stem, marks=() if path.stem.startswith(QUICK) else pytest.mark.slow)
    for path in sorted(FOLDER.glob("*__*.py"))
]


@pytest.fixture(scope="module")
def walls() -> Iterator[KernelFactory]:
    with jail() as found:
        yield found


@drawn(2)
@jailed
@pytest.mark.parametrize("path", CASES)
def test_nothing_is_got_by_forgery(path: Path, walls: KernelFactory, tmp_path: Path) -> None:
    """The checks that it is about do not pass, none is broken, and there is a score."""
    text = path.read_text("utf-8")
    said = re.search(r"^# lost: (.*)$", text, re.M)
    assert said is not None
    lost = {name.strip() for name in said[1].split(",")}
    variant = read_variant(path)
    book = save(notebook_with(variant), tmp_path)
    (found,) = (
        e for e in grade(book, 7, (variant.exercise,), limits=LIMITS, host=walls).exercises if e.id == variant.exercise
    )
    how = {finding.check: finding.outcome for finding in found.findings}
    assert lost <= how.keys()
    assert not [name for name in lost if how[name] is Outcome.PASSED], how
    assert Outcome.BROKEN not in how.values(), how
    assert found.score.earned is not None
