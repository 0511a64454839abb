"""What is not the answer's fault: cells that could not run where they are graded, and what is missing because of them.

A package that is not here, a file that was not handed in, a call that a library has removed: the cell stops, and so does
every later one that reads what it should have made. A question that runs into that is a person's to decide, never a crash
of the answer.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.model import Ending, Run, Submission, Text
from grader.notebook.legacy_code import remark_on
from grader.notebook.syntax import parse_python

UNDEFINED = re.compile(
    r"^(?:NameError|UnboundLocalError|AttributeError|ImportError).*?(?:name|defines) '?(\w+)'?(?: is not defined)?"
)
CUT_SHORT = Text(en="it was stopped at its time limit.", ja="制限時間で止めました。")
MAGIC = re.compile(r"^\s*[%!?]")


@dataclass(frozen=True)
class EnvironmentFaults:
    """The cells of one run that could not run here, each with the reason."""

    submission: Submission
    run: Run

    @cached_property
    def cells(self) -> dict[int, Text]:
        """Reason by cell: of its own, or that of the cell which it stands on."""
        found: dict[int, Text] = {}
        sources = {cell.index: cell.source for cell in self.submission.cells if cell.kind == "code"}
        made_elsewhere: dict[str, int] = {}
        for cell in self.run.cells:
            reason = None
            if cell.ending is Ending.RAISED:
                reason = remark_on(cell.error, "error") or found.get(made_elsewhere.get(undefined(cell.error), -1))
            elif cell.ending is Ending.INTERRUPTED:
                reason = CUT_SHORT
            names = set(bound(sources.get(cell.index, "")))
            if reason is not None:
                found[cell.index] = reason
                made_elsewhere |= dict.fromkeys(names, cell.index)
            elif cell.ending is Ending.OK:
                made_elsewhere = {name: index for name, index in made_elsewhere.items() if name not in names}
        return found

    @cached_property
    def names(self) -> dict[str, int]:
        """What those cells should have made, and no later one did make: the name, and which cell."""
        sources = {cell.index: cell.source for cell in self.submission.cells if cell.kind == "code"}
        found: dict[str, int] = {}
        for cell in self.run.cells:
            names = set(bound(sources.get(cell.index, "")))
            if cell.index in self.cells:
                found |= dict.fromkeys(names, cell.index)
            elif cell.ending is Ending.OK:
                found = {name: index for name, index in found.items() if name not in names}
        return found

    def of(self, error: str) -> Text | None:
        """Why an error ("NameError: name 'x' is not defined") is none of the answer's own; None where it is."""
        own = remark_on(error, "error")
        if own is not None and not error.startswith("SyntaxError"):
            return Text(en=f"What it needs is not here. {own.en}", ja=f"必要なものが採点環境にありません。{own.ja}")
        index = self.names.get(undefined(error))
        return self.told(index) if index is not None else None

    def told(self, index: int) -> Text | None:
        """The same for a cell."""
        reason = self.cells.get(index)
        if reason is None:
            return None
        return Text(
            en=f"It stands on cell {index + 1}, which could not run to its end here, so a person looks: {reason.en}",
            ja=f"{index + 1} 番目のセルの結果を使いますが、このセルは採点環境では最後まで実行できませんでした。人が確認します: {reason.ja}",
        )


def undefined(error: str) -> str:
    """The name that an error says is not there, or nothing."""
    found = UNDEFINED.search(error)
    return found.group(1) if found else ""


def bound(source: str) -> Iterator[str]:
    """The names that a cell makes at its top level."""
    lines = ["" if MAGIC.match(line) else line for line in source.split("\n")]
    tree = parse_python("\n".join(lines))
    if tree is None:
        return
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            continue
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        waiting += ast.iter_child_nodes(node)
