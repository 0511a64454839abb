"""What a class tells about its checks, and the checks about the class: plain data, over rows of the gradebook.

Discrimination is told in both of the usual ways. The point-biserial correlation is taken between an item and the sum of
the *other* items, so that an item does not correlate with itself. The index D of T. L. Kelley (1939) is the pass rate of the upper
27 % of the class minus that of the lower 27 %, by total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.batch.gradebook.entries import FindingRow
from grader.model import Outcome

TAIL = 0.27
FEWEST = 4  # students below which a discrimination says nothing
BINS = 10
COUNTED = (Outcome.BROKEN, Outcome.NEEDS_REVIEW)  # these say nothing about the student yet


@dataclass(frozen=True)
class CheckStatistics:
    """One check over the class.

    pass_rate: of those whose outcome is known, 0..1. biserial, upper_lower: discrimination, -1..1; None where everybody or
    nobody passed, or where there are too few. misconceptions: (id, how often), most frequent first. seconds: median.
    """

    exercise: str
    check: str
    points: float
    students: int
    pass_rate: float | None
    biserial: float | None
    upper_lower: float | None
    outcomes: tuple[tuple[Outcome, int], ...]
    misconceptions: tuple[tuple[str, int], ...]
    seconds: float


@dataclass(frozen=True)
class Distribution:
    """Numbers of a class: quartiles as (25 %, 50 %, 75 %), a histogram of counts between `edges` (one more than counts)."""

    count: int
    mean: float
    deviation: float
    least: float
    quartiles: tuple[float, float, float]
    most: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Matrix:
    """Students in rows, checks in columns; NaN where an outcome is not known."""

    students: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]
    passed: NDArray[np.float64]


def items(rows: Iterable[FindingRow]) -> list[CheckStatistics]:
    """One Item for each check of one lesson, in the order in which the checks stand."""
    groups: dict[tuple[str, str], list[FindingRow]] = {}
    for row in rows:
        groups.setdefault((row.exercise, row.check), []).append(row)
    table = matrix([row for group in groups.values() for row in group])
    return [item(group, table, column) for column, group in enumerate(groups.values())]


def matrix(rows: Sequence[FindingRow]) -> Matrix:
    """Who passed what: 1, 0 or NaN."""
    students = {name: i for i, name in enumerate(dict.fromkeys(row.student for row in rows))}
    checks = {name: i for i, name in enumerate(dict.fromkeys((row.exercise, row.check) for row in rows))}
    passed = np.full((len(students), len(checks)), np.nan)
    for row in rows:
        if row.outcome not in COUNTED:
            passed[students[row.student], checks[row.exercise, row.check]] = row.outcome is Outcome.PASSED
    return Matrix(tuple(students), tuple(checks), passed)


def item(rows: list[FindingRow], table: Matrix, column: int) -> CheckStatistics:
    known = table.passed[:, column][~np.isnan(table.passed[:, column])]
    named = Counter(row.misconception for row in rows if row.misconception)
    outcomes = Counter(row.outcome for row in rows)
    return CheckStatistics(
        exercise=rows[0].exercise,
        check=rows[0].check,
        points=rows[0].points,
        students=len(rows),
        pass_rate=float(known.mean()) if known.size else None,
        biserial=biserial(table, column),
        upper_lower=upper_lower(table, column),
        outcomes=tuple((outcome, outcomes[outcome]) for outcome in Outcome if outcomes[outcome]),
        misconceptions=tuple(sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))),
        seconds=float(np.median([row.seconds for row in rows])),
    )


def biserial(table: Matrix, column: int) -> float | None:
    """Correlation of passing this check with the sum of the others, among those whose outcome is known."""
    known = ~np.isnan(table.passed[:, column])
    own = table.passed[known, column]
    rest = np.nansum(np.delete(table.passed[known], column, axis=1), axis=1)
    if own.size < FEWEST or np.ptp(own) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(own, rest)[0, 1])


def upper_lower(table: Matrix, column: int) -> float | None:
    """Pass rate of the best 27 % minus that of the last 27 %; ties in the total stay in the order of the names."""
    known = ~np.isnan(table.passed[:, column])
    own, total = table.passed[known, column], np.nansum(table.passed[known], axis=1)
    if own.size < FEWEST or np.ptp(total) == 0:
        return None
    size = max(1, round(TAIL * own.size))
    order = np.argsort(total, kind="stable")
    return float(own[order[-size:]].mean() - own[order[:size]].mean())


def distribution(values: Iterable[float], most: float | None = None) -> Distribution | None:
    """Of scores or seconds. most: the histogram's right end, the largest value if None. None for no values."""
    numbers = np.array(list(values), dtype=float)
    if not numbers.size:
        return None
    counts, edges = np.histogram(numbers, bins=BINS, range=(0.0, max(most or float(numbers.max()), 1e-9)))
    low, middle, high = np.percentile(numbers, [25, 50, 75])
    return Distribution(
        count=int(numbers.size),
        mean=float(numbers.mean()),
        deviation=float(numbers.std(ddof=1)) if numbers.size > 1 else 0.0,
        least=float(numbers.min()),
        quartiles=(float(low), float(middle), float(high)),
        most=float(numbers.max()),
        edges=tuple(float(edge) for edge in edges),
        counts=tuple(int(count) for count in counts),
    )
