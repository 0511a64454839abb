"""Which submissions share more than the task and the class explain: hints for a person, never a verdict.

Theory of operation. Code becomes tokens in which a disguise does not show (`tokens`). Every run of LENGTH tokens is hashed, and of
every WINDOW neighbouring hashes the least is kept: winnowing (Schleimer, Wilkerson, Aiken 2003), which finds every shared passage of
LENGTH + WINDOW - 1 tokens wherever it was moved to. Hashes that occur in what was given out and in the known answers are left
out, and so are those that more than a few of the class share: they tell what was asked, not who talked to whom. What is left
is rare, the rarer the heavier (log n / df), and an inverted index over it gives the pairs.

Sharing is told as the overlap: the weight of what two have in common, of the weight of the smaller one. How much of it is
usual differs from task to task, so it is measured on the class itself: the overlap of a pair is compared with everybody
else's closest, by median and median deviation. Where all of a class write alike, nobody stands out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.batch.similarity.fingerprints import Fingerprints, prints
from grader.batch.similarity.passages import CommonPassage, passages, statements

COMMON, FEW = 0.1, 4  # what more than this share of the class has, and more than so many, is usual
LEAST_SHARED = 8  # fingerprints, about five lines
LEAST_STATEMENTS = 5  # that the shared ones lie in: one long line that a few share is no five lines
LEAST_OVERLAP, LEAST_SURPRISE = 0.2, 3.0
FLOOR = 15  # fingerprints: who wrote less than this shares little, even if all of it
SPREAD = 0.04  # overlaps of a class differ by at least this: what stands out is an eighth of the code above the usual
ENOUGH = 3  # others that are needed to say what is usual
ALONE = 0.5  # the overlap that is told where there are fewer

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Code:
    """One code cell. index: its place in the notebook, from 0. given: ours and unchanged. excused: lines that do not count."""

    index: int
    source: str
    given: bool = False
    excused: frozenset[int] = frozenset()


@dataclass(frozen=True)
class StudentCode:
    """What one student wrote."""

    student: str
    file: str
    cells: tuple[Code, ...]


@dataclass(frozen=True)
class SimilarSubmissions:
    """Two who share more than is usual.

    overlap: 0..1, of the smaller one's own code. surprise: how many deviations above what is usual for the closest in this class, None
    where the class is too small to say. shared: fingerprints. passages: the longest first.
    """

    first: str
    second: str
    overlap: float
    surprise: float | None
    shared: int
    passages: tuple[CommonPassage, ...] = field(repr=False)


@dataclass(frozen=True)
class OverlapTable:
    """Of every two papers: the weight and the number of rare fingerprints that they share. own: the weight of each."""

    weight: NDArray[np.float32]
    count: NDArray[np.int32]
    own: NDArray[np.float64]

    def overlap(self) -> NDArray[np.float64]:
        size = len(self.own)
        smaller = np.maximum(np.minimum.outer(self.own, self.own), FLOOR * np.log(max(size, 2)))
        found = np.minimum(self.weight / smaller, 1.0)
        np.fill_diagonal(found, 0.0)
        return np.asarray(found)


def similar(papers: Sequence[StudentCode], known: Iterable[int] = ()) -> list[SimilarSubmissions]:
    """The pairs that stand out, the most surprising first. known: hashes of what was given out and of the known answers."""
    given = np.array(sorted(known), dtype=np.uint64)
    found = [prints(paper.cells, given) for paper in papers]
    common, table = index(found)
    overlap = table.overlap()
    nearest = np.argsort(-overlap, axis=1)[:, :3]
    pairs = []
    for a, b in zip(*np.nonzero(np.triu((table.count >= LEAST_SHARED) & (overlap >= LEAST_OVERLAP))), strict=True):
        surprise = above(overlap, nearest, int(a), int(b))
        if overlap[a, b] < ALONE if surprise is None else surprise < LEAST_SURPRISE:
            continue
        if statements(found[a], found[b], common) < LEAST_STATEMENTS:
            continue
        both = passages(found[a], found[b], papers[a], papers[b], common)
        score = float(overlap[a, b])
        pairs.append(
            SimilarSubmissions(papers[a].student, papers[b].student, score, surprise, int(table.count[a, b]), both)
        )
    return sorted(pairs, key=lambda pair: (-(pair.surprise or 0.0), -pair.overlap, pair.first, pair.second))


def index(found: Sequence[Fingerprints]) -> tuple[frozenset[int], OverlapTable]:
    """What most of the class has, and who shares what is rarer."""
    size = len(found)
    holders: dict[int, list[int]] = {}
    for number, one in enumerate(found):
        for value in one.chosen:
            holders.setdefault(value, []).append(number)
    limit = max(FEW, COMMON * size)
    common = frozenset(value for value, who in holders.items() if len(who) > limit)
    table = OverlapTable(np.zeros((size, size), np.float32), np.zeros((size, size), np.int32), np.zeros(size))
    own = [0.0] * size
    weights = [float(np.log(max(size, 2) / held)) or float(np.log(2)) for held in range(1, size + 1)]
    for value, who in holders.items():
        if value in common:
            continue
        weight = weights[len(who) - 1]
        if len(who) == 1:  # most are
            own[who[0]] += weight
            continue
        for holder in who:
            own[holder] += weight
        places = np.ix_(who, who)
        table.weight[places] += weight
        table.count[places] += 1
    table.own[:] = own
    np.fill_diagonal(table.count, 0)
    return common, table


def above(overlap: NDArray[np.float64], nearest: NDArray[np.intp], a: int, b: int) -> float | None:
    """How far the pair is above everybody else's closest, the pair left out. None where there are too few others.

    nearest: of each the three closest, so that one is left without the pair.
    """
    others = np.delete(np.arange(len(overlap)), (a, b))
    if len(others) < ENOUGH:
        return None
    candidates = nearest[others]
    found = np.take_along_axis(overlap[others], candidates, axis=1)
    closest = np.where((candidates == a) | (candidates == b), 0.0, found).max(axis=1)
    usual = float(np.median(closest))
    spread = max(1.4826 * float(np.median(np.abs(closest - usual))), SPREAD)
    return (float(overlap[a, b]) - usual) / spread
