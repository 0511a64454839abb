"""What students get whole though they are to write it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.lessons import source
from grader.model import Text
from grader.packaging.script_cells import MARK, BrokenRule, ScriptCell


def given_whole(
    cells: list[ScriptCell], text: str, asked: Mapping[str, tuple[str, ...]], place: Path
) -> Iterator[BrokenRule]:
    """Names that an exercise asks for, and that are given whole in the notebook all the same."""
    wanted = {name: exercise for exercise, names in asked.items() for name in names}
    blanks = [span for cell in cells if cell.role == "answer" for span in regions(cell)]
    blanks += [(cell.first, cell.last) for cell in cells if cell.role == "notes"]
    defined: dict[str, list[tuple[int, int]]] = {}
    for node in source.parsed(text, str(place)).body:
        for name in bound_by(node) & wanted.keys():
            defined.setdefault(name, []).append((node.lineno, node.end_lineno or node.lineno))
    for name, spans in defined.items():
        if not any(first <= end and begin <= last for first, last in spans for begin, end in blanks):
            yield BrokenRule(
                spans[0][0],
                Text(
                    en=f"{wanted[name]} asks for {name}, but students would get it whole: it belongs into an answer cell, with "
                    "BEGIN SOLUTION and END SOLUTION around what they write.",
                    ja=f"{name} は {wanted[name]} で書く名前ですが、このままでは解答がそのまま配られます。解答のセルに置き、書いてもらう部分を "
                    "BEGIN SOLUTION と END SOLUTION で囲んでください。",
                ),
            )


def regions(cell: ScriptCell) -> Iterator[tuple[int, int]]:
    """The first and last lines of the blanks in an answer whose marks are in order."""
    marks = [number for number, line in enumerate(cell.lines, cell.first) if MARK.match(line)]
    yield from zip(marks[::2], marks[1::2], strict=True)


def bound_by(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return set()
