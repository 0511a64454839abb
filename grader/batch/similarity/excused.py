"""What of a student's code a named mistake explains: many make it on their own, so it tells nothing about who talked to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.model import Cell, Finding, Report


def excused(cells: Sequence[Cell], report: Report | None) -> Mapping[int, frozenset[int]]:
    """Lines (from 1) that do not count, by the index of their cell: the line that a finding points at, else the exercise's whole code.

    cells: cut into exercises. Found by what the grader saw, so it does not matter how the mistake is written.
    """
    lines: dict[int, set[int]] = {}
    for exercise in report.exercises if report else ():
        own = [cell for cell in cells if cell.kind == "code" and cell.exercise == exercise.id]
        for finding in exercise.findings:
            if finding.misconception is not None:
                for cell, numbers in explained(own, finding):
                    lines.setdefault(cell.index, set()).update(numbers)
    return {index: frozenset(numbers) for index, numbers in lines.items()}


def explained(own: Sequence[Cell], finding: Finding) -> list[tuple[Cell, range]]:
    """The cells, and the lines in them, that this mistake explains."""
    place = finding.place
    found = [
        (cell, range(place.line, place.line + 1))
        for cell in own
        if place is not None and line_of(cell, place.line) == place.source.strip()
    ]
    return found or [(cell, range(1, cell.source.count("\n") + 2)) for cell in own]


def line_of(cell: Cell, number: int) -> str | None:
    lines = cell.source.split("\n")
    return lines[number - 1].strip() if 1 <= number <= len(lines) else None
