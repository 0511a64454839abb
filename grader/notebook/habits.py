"""Habits of Colab and the shell that a notebook brings along, and what becomes of each.

A line of a cell is kept, imitated (the room has a stand-in) or left out; each time the report says so. Lines keep
their numbers, so that errors point where the student sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from grader.model import Cell, Submission, Text


@dataclass(frozen=True, slots=True)
class Habit:
    """A kind of line. `leave_out`: not run. `imitate`: runs against a stand-in."""

    pattern: re.Pattern[str]
    action: Literal["leave_out", "imitate"]
    remark: Text


def habit(pattern: str, action: Literal["leave_out", "imitate"], en: str, ja: str) -> Habit:
    return Habit(re.compile(pattern), action, Text(en=en, ja=ja))


HABITS = (
    habit(
        r"^\s*[!%]\s*(?:pip3?|conda|mamba|apt(?:-get)?|python3? -m pip)\b",
        "leave_out",
        "was not run: grading uses the packages that are installed here.",
        "は実行していません。採点では、ここに入っているパッケージを使います。",
    ),
    habit(
        r"^\s*!\s*(?:wget|curl|git\s+clone|gdown|kaggle|aria2c)\b",
        "leave_out",
        "was not run: nothing is downloaded while grading.",
        "は実行していません。採点中は何もダウンロードしません。",
    ),
    habit(
        r"\bgoogle\.colab\b",
        "imitate",
        "is Colab's; a stand-in answered for it.",
        "は Colab の機能なので、代わりのもので実行しました。",
    ),
    habit(
        r"""\.cuda\(|['"]cuda(?::\d+)?['"]\)(?!\s*if)""",
        "imitate",
        "asks for a GPU; it was run on the CPU.",
        "は GPU を使う書き方ですが、CPU で実行しました。",
    ),
)


def tame(submission: Submission) -> Submission:
    """The submission as it will be run, with a remark for each line that is treated in its own way."""
    cells: list[Cell] = []
    remarks: list[Text] = list(submission.remarks)
    for cell in submission.cells:
        if cell.kind != "code":
            cells.append(cell)
            continue
        source, said = tame_source(cell)
        cells.append(cell if source == cell.source else replace(cell, source=source))
        remarks += said
    return replace(submission, cells=tuple(cells), remarks=tuple(remarks))


def tame_source(cell: Cell) -> tuple[str, list[Text]]:
    lines = cell.source.split("\n")
    remarks: list[Text] = []
    continued, indent = False, ""
    for number, line in enumerate(lines):
        found = next((h for h in HABITS if h.pattern.search(line) and not line.lstrip().startswith("#")), None)
        if found is not None:
            remarks.append(about(cell, line, found))
        if continued or (found is not None and found.action == "leave_out"):
            indent = indent if continued else line[: len(line) - len(line.lstrip())]
            continued = line.rstrip().endswith("\\")
            lines[number] = f"{indent}pass  # left out: {line.strip()}".rstrip("\\ ")
    return "\n".join(lines), remarks


def about(cell: Cell, line: str, found: Habit) -> Text:
    shown = line.strip() if len(line.strip()) <= 60 else line.strip()[:57] + "..."
    return Text(
        en=f"Cell {cell.index + 1}: `{shown}` {found.remark.en}",
        ja=f"{cell.index + 1} 番目のセル: `{shown}` {found.remark.ja}",
    )


def needs_gpu(submission: Submission) -> bool:
    """Whether a cell asks for a GPU without looking whether there is one."""
    gpu = HABITS[-1].pattern
    return any(cell.kind == "code" and gpu.search(cell.source) for cell in submission.cells)
