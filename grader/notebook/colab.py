"""The lines of a notebook that are habits of Colab or the shell, before it is run.

A line of a cell is kept, imitated (the sandbox has a stand-in, or the line is put in words that the sandbox understands) or
left out; each time the report says so. Lines keep their numbers, so that errors point where the student sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from grader.model import Cell, Submission, Text
from grader.model.printable import listed
from grader.notebook.habits import HABITS, LinePolicy

SHOWN = 3  # lines of a habit that the report quotes


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line that a habit was found on."""

    cell: Cell
    line: str
    habit: LinePolicy


def neutralise_magics(submission: Submission) -> Submission:
    """The submission as it will be run, with a remark for each habit that was met."""
    cells: list[Cell] = []
    met: list[FoundLine] = []
    for cell in submission.cells:
        if cell.kind != "code" or cell.pristine:
            cells.append(cell)
            continue
        source, found = tame_source(cell)
        cells.append(cell if source == cell.source else replace(cell, source=source))
        met += found
    remarks = [
        about(habit, [m for m in met if m.habit is habit]) for habit in HABITS if any(m.habit is habit for m in met)
    ]
    return replace(submission, cells=tuple(cells), remarks=(*submission.remarks, *remarks))


def tame_source(cell: Cell) -> tuple[str, list[FoundLine]]:
    lines = cell.source.split("\n")
    met: list[FoundLine] = []
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    continued, indent = False, ""
    for number, line in enumerate(lines):
        if continued:
            continued = line.rstrip().endswith("\\")
            lines[number] = left_out(line, indent)
            continue
        found = fitting(line, number == first)
        if found is None:
            continue
        match, kind = found
        met.append(FoundLine(cell, line, kind))
        if kind.whole and kind.action == "leave_out":
            return "\n".join([*lines[:number], *(left_out(rest, "") for rest in lines[number:])]), met
        if kind.action == "leave_out":
            indent = line[: len(line) - len(line.lstrip())]
            continued = line.rstrip().endswith("\\")
            lines[number] = left_out(line, indent)
        elif kind.rewrite is not None:
            lines[number] = kind.rewrite(match)
    return "\n".join(lines), met


def fitting(line: str, first: bool) -> tuple[re.Match[str], LinePolicy] | None:
    if line.lstrip().startswith("#"):
        return None
    for kind in HABITS:
        match = kind.pattern.search(line) if first or not kind.whole else None
        if match:
            return match, kind
    return None


def left_out(line: str, indent: str) -> str:
    return f"{indent}pass  # left out: {line.strip()}".rstrip("\\ ")


def about(kind: LinePolicy, met: list[FoundLine]) -> Text:
    lines = list(dict.fromkeys(shortened(m.line) for m in met))
    numbers = list(dict.fromkeys(m.cell.index + 1 for m in met))
    cells = listed(numbers)
    shown = ", ".join(f"`{line}`" for line in lines[:SHOWN])
    more = len(met) - len(lines[:SHOWN])
    plural = "s" if len(numbers) > 1 else ""
    return Text(
        en=f"Cell{plural} {cells}: {shown}"
        + (f" (and {more} more like it)" if more else "")
        + f": this {kind.remark.en}",
        ja=f"{cells} 番目のセル: {shown}" + (f"（ほか {more} 行）" if more else "") + f" {kind.remark.ja}",
    )


def shortened(line: str) -> str:
    return line.strip() if len(line.strip()) <= 60 else line.strip()[:57] + "..."


def needs_gpu(submission: Submission) -> bool:
    """Whether a cell asks for a GPU without looking whether there is one."""
    return any(
        HABITS[-1].pattern.search(line) and not line.lstrip().startswith("#")
        for cell in submission.cells
        if cell.kind == "code"
        for line in cell.source.split("\n")
    )
