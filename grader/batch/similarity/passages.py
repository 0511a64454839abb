"""What two papers have in common, line by line, for a person to look at."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from grader.batch.similarity.fingerprints import LENGTH, NOTHING, Fingerprints, HashedCell, SourceCell

MOST = 12  # passages that are shown
APART = 3  # lines between two passages that are shown as one


class CodeWithCells(Protocol):
    @property
    def file(self) -> str: ...
    @property
    def cells(self) -> Sequence[SourceCell]: ...


@dataclass(frozen=True)
class Lines:
    """Some lines of a cell. cell: its place in the notebook, from 1; first, last: lines of it, from 1, both included."""

    file: str
    cell: int
    first: int
    last: int
    text: str


@dataclass(frozen=True)
class CommonPassage:
    """The same code in two papers. tokens: how long it is."""

    first: Lines
    second: Lines
    tokens: int


@dataclass(frozen=True)
class CommonRun:
    """Tokens that agree: from `a` in cell `cell_a` of one, from `b` in cell `cell_b` of the other."""

    cell_a: int
    a: int
    cell_b: int
    b: int
    length: int


def passages(
    a: Fingerprints, b: Fingerprints, one: CodeWithCells, other: CodeWithCells, common: frozenset[int]
) -> tuple[CommonPassage, ...]:
    """The longest first. common: hashes that many have, which alone begin no passage."""
    found: list[CommonPassage] = []
    for run in runs(a, b, common):
        mine, theirs = a.cells[run.cell_a], b.cells[run.cell_b]
        found.append(
            CommonPassage(lines(one, mine, run.a, run.length), lines(other, theirs, run.b, run.length), run.length)
        )
    joined = join(found, one, other)
    return tuple(sorted(joined, key=lambda p: (-p.tokens, p.first.cell, p.first.first))[:MOST])


def statements(a: Fingerprints, b: Fingerprints, common: frozenset[int]) -> int:
    """How many different statements of either paper, whichever has fewer, the shared code lies in."""
    mine: set[tuple[int, int]] = set()
    theirs: set[tuple[int, int]] = set()
    for run in runs(a, b, common):
        mine |= {(run.cell_a, number) for number in touched(a.cells[run.cell_a], run.a, run.length)}
        theirs |= {(run.cell_b, number) for number in touched(b.cells[run.cell_b], run.b, run.length)}
    return min(len(mine), len(theirs))


def touched(cell: HashedCell, start: int, length: int) -> set[int]:
    """The numbers of the statements of which these tokens are half or more. `a = 1; b = 2` is two statements."""
    texts = cell.tokens[0]
    ends = [place for place, text in enumerate(texts) if text in ("\n", ";")]
    own = Counter(bisect_left(ends, place) for place in range(start, min(start + length, len(texts))))
    begins = [0, *(end + 1 for end in ends)]
    sizes = {number: end + 1 - begins[number] for number, end in enumerate([*ends, len(texts) - 1])}
    return {number for number, count in own.items() if 2 * count >= sizes[number]}


def runs(a: Fingerprints, b: Fingerprints, common: frozenset[int]) -> Iterator[CommonRun]:
    """Every longest run of tokens that both have, each place of the first used once."""
    where: dict[int, list[tuple[int, int]]] = {}
    for number, cell in enumerate(b.cells):
        for place, value in enumerate(cell.hashes.tolist()):
            if value != NOTHING and value not in common:
                where.setdefault(value, []).append((number, place))
    for number, cell in enumerate(a.cells):
        place, values = 0, cell.hashes.tolist()
        while place < len(values):
            matches = where.get(values[place], [])
            if not matches:
                place += 1
                continue
            length, (other, start) = max((agreeing(cell, place, b.cells[n], at), (n, at)) for n, at in matches)
            yield CommonRun(number, place, other, start, length)
            place += length


def agreeing(a: HashedCell, i: int, b: HashedCell, j: int) -> int:
    """How many tokens agree from here on."""
    mine, theirs = a.tokens[0], b.tokens[0]
    length = 0
    while i + length < len(mine) and j + length < len(theirs) and mine[i + length] == theirs[j + length]:
        length += 1
    return max(length, LENGTH)


def lines(paper: CodeWithCells, cell: HashedCell, start: int, length: int) -> Lines:
    numbers = cell.tokens[1][start : start + length]
    source = paper.cells[cell.number]
    return Lines(paper.file, source.index + 1, numbers[0], numbers[-1], excerpt(source, numbers[0], numbers[-1]))


def excerpt(cell: SourceCell, first: int, last: int) -> str:
    return "\n".join(cell.source.splitlines()[first - 1 : last])


def join(found: list[CommonPassage], one: CodeWithCells, other: CodeWithCells) -> list[CommonPassage]:
    """Passages that follow each other in both papers, with little between them, as one."""
    cells_a = {cell.index + 1: cell for cell in one.cells}
    cells_b = {cell.index + 1: cell for cell in other.cells}
    joined: list[CommonPassage] = []
    for passage in sorted(found, key=lambda p: (p.first.cell, p.first.first, p.second.cell, p.second.first)):
        if joined and follows(joined[-1].first, passage.first) and follows(joined[-1].second, passage.second):
            last = joined.pop()
            a, b = span(last.first, passage.first), span(last.second, passage.second)
            a = replace(a, text=excerpt(cells_a[a.cell], a.first, a.last))
            b = replace(b, text=excerpt(cells_b[b.cell], b.first, b.last))
            joined.append(CommonPassage(a, b, last.tokens + passage.tokens))
        else:
            joined.append(passage)
    return joined


def follows(before: Lines, after: Lines) -> bool:
    return before.cell == after.cell and before.first <= after.first <= before.last + APART


def span(before: Lines, after: Lines) -> Lines:
    return replace(before, last=max(before.last, after.last))
