"""A submission run from top to bottom in a box: every cell costs itself only.

A cell that ends the kernel is left out, and the kernel starts again with the cells that had run before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from grader.box import Box
from grader.errors import BoxDied
from grader.model import Cell, CellRun, Ending, Limits, Run, Submission, Text

MOST_RESTARTS = 6
OnCell = Callable[[Cell], None]

OURS = Text(en="unchanged from the exercise, decides nothing", ja="配布時のまま（採点には関係しません）")
NO_TIME = Text(
    en="not run: the notebook had used up its time", ja="ノートブック全体の制限時間を使い切ったので実行していません"
)
NO_KERNEL = Text(
    en="not run: too many cells before it had ended the kernel",
    ja="これより前のセルが何度もカーネルを終了させたので実行していません",
)


def execute(submission: Submission, box: Box, limits: Limits, on_cell: OnCell = lambda _cell: None) -> Run:
    """Run every code cell that could matter. Nothing a cell does raises here."""
    began = time.monotonic()
    ran: list[CellRun] = []
    sound: list[Cell] = []  # the cells a fresh kernel needs to get to where we are
    restarts = 0
    for cell in (cell for cell in submission.cells if cell.kind == "code" and cell.source.strip()):
        reason = why_not(cell, time.monotonic() - began > limits.total_wall, restarts)
        if reason is not None:
            ran.append(CellRun(cell.index, Ending.LEFT_OUT, note=reason))
            continue
        on_cell(cell)
        result = box.run(cell)
        ran.append(result)
        if box.alive:
            sound.append(cell)
            continue
        restarts += 1
        again(box, sound)
    return Run(tuple(ran), time.monotonic() - began, restarts)


def why_not(cell: Cell, no_time: bool, restarts: int) -> Text | None:
    if cell.pristine and cell.role == "demo":
        return OURS
    if no_time:
        return NO_TIME
    return NO_KERNEL if restarts > MOST_RESTARTS else None


def again(box: Box, cells: list[Cell]) -> None:
    """A fresh kernel, brought to where the old one was. Cells that now end it, which they did not before, are dropped."""
    for _ in range(MOST_RESTARTS):
        box.restart()
        for cell in cells:
            box.run(cell)
            if not box.alive:
                cells.remove(cell)
                break
        else:
            return
    if not box.alive:
        cells.clear()
        box.restart()


def revive(submission: Submission, box: Box, run: Run) -> None:
    """After a check took the kernel with it (only where checks cannot fork): run the cells again."""
    fine = {c.index for c in run.cells if c.ending in (Ending.OK, Ending.RAISED)}
    try:
        again(box, [cell for cell in submission.cells if cell.index in fine])
    except BoxDied:
        box.restart()
