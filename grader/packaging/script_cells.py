"""A solution file's cells, with what the header of each says, and what is told of a rule that one breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.lessons import source
from grader.model import Text

WORD = re.compile(r'\b(role|exercise|lang)="([^"\n]*)"')  # role="answer"
MEANT = re.compile(r"(?i)\b(role|exercise|lang)[ \t]*=")  # role = "answer", Role='answer': meant so, and not read
MARK = re.compile(
    r"(?i)^[ \t]*#+[ \t]*(begin|end)[ \t]+solution\b[^\n]*$"
)  # "    # BEGIN SOLUTION", "## End solution here"


@dataclass(frozen=True)
class BrokenRule:
    """Something wrong in a solution file. line: from 1."""

    line: int
    text: Text


@dataclass(frozen=True)
class ScriptCell:
    """A cell of the script. first: the number of its header's line."""

    first: int
    lines: tuple[str, ...]

    @property
    def said(self) -> dict[str, str]:
        """What its header says, by keyword."""
        return dict(WORD.findall(self.header))

    @property
    def header(self) -> str:
        return self.lines[0] if self.lines and self.lines[0].startswith("# %%") else ""

    @property
    def is_code(self) -> bool:
        return "[markdown]" not in self.header

    @property
    def role(self) -> str:
        return self.said.get("role", "")

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1


def script_cells(text: str) -> list[ScriptCell]:
    """The cells as `grader.lessons.source` cuts them."""
    cells, first = list[ScriptCell](), 1
    for cell in source.split(text):
        cells.append(ScriptCell(first, tuple(cell.splitlines())))
        first += cell.count("\n")
    return cells
