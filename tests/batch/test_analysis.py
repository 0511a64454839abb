"""Item analysis against the plain expressions of the definitions."""

from __future__ import annotations

import statistics

import pytest

from grader.batch.gradebook.analysis import distribution, items
from grader.batch.gradebook.entries import FindingRow
from grader.model import Outcome

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def rows(table: dict[str, str], mistake: dict[str, str] | None = None) -> list[FindingRow]:
    """`+` passed, `-` failed, `?` awaits a person, for each check a, b, c ... of each student."""
    outcomes = {"+": PASSED, "-": FAILED, "?": Outcome.NEEDS_REVIEW}
    return [
        FindingRow(
            student,
            "lesson",
            "ex",
            check,
            outcomes[sign],
            1.0,
            float(sign == "+"),
            (mistake or {}).get(student + check),
            0.5,
        )
        for student, signs in table.items()
        for check, sign in zip("abcd", signs, strict=False)
    ]


TABLE = {"s1": "+++-", "s2": "++-+", "s3": "+-+-", "s4": "+---", "s5": "++++", "s6": "+--+", "s7": "+---"}


def test_pass_rates_and_misconceptions() -> None:
    """Of those whose outcome is known; the most frequent mistake first."""
    found = items(rows({**TABLE, "s8": "?---"}, {"s3b": "late", "s4b": "late", "s6b": "early"}))
    assert [item.check for item in found] == ["a", "b", "c", "d"]
    assert found[0].pass_rate == 1.0 and found[0].students == 8
    assert found[1].pass_rate == pytest.approx(3 / 8)
    assert found[1].misconceptions == (("late", 2), ("early", 1))
    assert dict(found[0].outcomes) == {PASSED: 7, Outcome.NEEDS_REVIEW: 1}


def test_discrimination_is_as_defined() -> None:
    """The point-biserial correlation with the other checks, and the upper minus the lower 27 %."""
    found = items(rows(TABLE))
    own = [float(signs[1] == "+") for signs in TABLE.values()]
    rest = [float((signs[0] + signs[2:]).count("+")) for signs in TABLE.values()]
    assert found[1].biserial == pytest.approx(statistics.correlation(own, rest))
    assert found[1].upper_lower == 1.0  # s5 and one of s1, s2 against s4 and s7
    assert found[0].biserial is None and found[0].upper_lower == 0.0  # everybody passed


def test_too_few_say_nothing() -> None:
    """Three students, or all the same: no discrimination rather than a number."""
    assert all(
        item.biserial is None and item.upper_lower is None for item in items(rows({"s1": "+-", "s2": "-+", "s3": "++"}))
    )
    assert all(item.biserial is None for item in items(rows({f"s{n}": "+-" for n in range(9)})))
    assert items([]) == []


def test_a_distribution_holds_everybody() -> None:
    """Mean, deviation and quartiles as in statistics; every number in the histogram; nothing from nothing."""
    values = [0.0, 1.0, 4.0, 4.0, 9.0, 10.0]
    found = distribution(values, most=10.0)
    assert found is not None
    assert found.mean == pytest.approx(statistics.mean(values)) and found.deviation == pytest.approx(
        statistics.stdev(values)
    )
    assert found.quartiles == pytest.approx(tuple(statistics.quantiles(values, n=4, method="inclusive")))
    assert (
        sum(found.counts) == found.count == 6 and len(found.edges) == len(found.counts) + 1 and found.edges[-1] == 10.0
    )
    assert distribution([]) is None and distribution([0.0]) is not None
