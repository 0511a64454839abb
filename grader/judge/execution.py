"""A submission run from top to bottom in a sandbox: every cell costs itself only.

A cell that ends the kernel is left out, and the kernel starts again with the cells that had run before it. Of a cell
that raises, is stopped at its time, ends the kernel (a training that wants more memory than there is), or is not run for lack of
time, the definitions are run one by one: an exercise is judged by its functions, not by whether a training got to its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from grader.errors import SandboxDied
from grader.model import Cell, CellRun, Ending, Limits, Run, Submission, Text
from grader.model.printable import listed
from grader.notebook.imports import without_import
from grader.sandbox import Sandbox
from grader.sandbox.patience import busy

MOST_RESTARTS = 6
MOST_IMPORTS = 12  # that fail in one cell
LEAST = 2.0  # seconds for definitions, however little time there is
AFTERWARDS = 0.25  # of the time for all cells, for the definitions of those that are not run for lack of it
UNFINISHED = (Ending.RAISED, Ending.INTERRUPTED)
FATAL = (Ending.DIED, Ending.OUT_OF_MEMORY)  # of the kernel as well
OnCell = Callable[[Cell], None]

OURS = Text(en="unchanged from the exercise, decides nothing", ja="配布時のまま（採点には関係しません）")
NO_TIME = Text(
    en="not run: the notebook had used up its time", ja="ノートブック全体の制限時間を使い切ったので実行していません"
)
NO_KERNEL = Text(
    en="not run: too many cells before it had ended the kernel",
    ja="これより前のセルが何度もカーネルを終了させたので実行していません",
)

SPENT = Text(
    en="The budget of {budget} s of CPU time was used up at cell {number}; every later cell got {least} s (--budget gives more).",
    ja="{number} 番目のセルで CPU 時間の上限（{budget} 秒）を使い切ったので、以降のセルは {least} 秒ずつで打ち切りました（--budget で増やせます）。",
)
DEFINED = Text(
    en="Not run through: cell {cells}. The functions and classes they define were run all the same and are what is judged.",
    ja="{cells} 番目のセルは最後まで実行できませんでしたが、その中の関数やクラスの定義は実行し、それを採点しました。",
)


def execute_cells(
    submission: Submission, sandbox: Sandbox, limits: Limits, on_cell: OnCell = lambda _cell: None
) -> Run:
    """Run every code cell that could matter. Nothing a cell does raises here."""
    began, execution = time.monotonic(), Execution(sandbox, limits, on_cell, sandbox.lasted)
    for cell in lent_cells(submission):
        run_cell(sandbox, cell)
        execution.sound.append(CellToRerun(cell))
    for cell in submission.cells:
        if cell.kind == "code" and cell.source.strip():
            execution.take(cell)
    ran = execution.ran
    defined = tuple(r.index for r in ran if r.ending in (*UNFINISHED, *FATAL) or r.note is NO_TIME)
    return Run(tuple(ran), time.monotonic() - began, execution.restarts, defined, execution.spent)


def lent_cells(submission: Submission) -> list[Cell]:
    """What runs before the first cell and is nobody's: the imports that an excerpt lacks."""
    return [Cell(-1, "code", submission.lent)] if submission.lent else []


@dataclass
class Execution:
    """A run in progress. Times are seconds of the sandbox; `used` counts CPU seconds of the cells.

    start: the sandbox's time at the beginning. sound: the cells that bring a fresh kernel to here. spent: the cell
    at which the budget was used up. again_took, defining: time for restarts and for definitions, which costs no cell.
    """

    sandbox: Sandbox
    limits: Limits
    on_cell: OnCell
    start: float
    ran: list[CellRun] = field(default_factory=list)
    sound: list[CellToRerun] = field(default_factory=list)
    restarts: int = 0
    used: float = 0.0
    spent: int | None = None
    again_took: float = 0.0
    defining: float = 0.0

    def take(self, cell: Cell) -> None:
        """Run the next cell, or leave it out."""
        left = self.limits.total_wall - (self.sandbox.lasted - self.start - self.again_took - self.defining)
        reason = reason_to_leave_out(cell, left < 0, self.restarts)
        if reason is None:
            self.run(cell)
            return
        self.ran.append(CellRun(cell.index, Ending.LEFT_OUT, note=reason))
        if reason is NO_TIME:
            self.define(cell)

    def define(self, cell: Cell) -> None:
        """Run the definitions of a cell for which there is no time, as far as there is time for definitions."""
        self.sound.append(CellToRerun(cell, begun=False))
        most = max(LEAST, AFTERWARDS * self.limits.total_wall)
        self.defining += define_only(self.sandbox, cell, most - self.defining)
        if not self.sandbox.alive:
            self.sound.pop()
            self.restart()

    def run(self, cell: Cell) -> None:
        self.on_cell(cell)
        before, limits = self.sandbox.cpu_seconds(), self.limits
        result = run_cell(self.sandbox, cell, min(limits.cell_cpu, max(limits.total_cpu - self.used, limits.least_cpu)))
        self.used += max(self.sandbox.cpu_seconds() - before, 0.0) if self.sandbox.alive else result.seconds
        if self.spent is None and self.used > limits.total_cpu:
            self.spent = cell.index
        self.ran.append(result)
        if self.sandbox.alive:
            self.sound.append(CellToRerun(cell, begun=result.ending is not Ending.INTERRUPTED))
            return
        self.restarts += 1
        self.sound.append(CellToRerun(cell, begun=False))
        self.restart()

    def restart(self) -> None:
        self.again_took += restart_with(self.sandbox, self.sound, self.limits.total_wall - self.again_took)


def run_cell(sandbox: Sandbox, cell: Cell, cpu: float | None = None) -> CellRun:
    """Run a cell, past an import that fails; of a cell that does not come to its end, run the definitions.

    Its ending is that of its first error, if there was one.
    """
    first = result = sandbox.run(cell, cpu)
    if result.ending is Ending.INTERRUPTED and sandbox.stuck and busy():
        first = result = sandbox.run(cell, cpu)  # the clock alone ended it, on a machine that has much else to do
    for _ in range(MOST_IMPORTS):
        rest = without_import(cell.source, result.error) if sandbox.alive and result.ending is Ending.RAISED else None
        if rest is None:
            break
        cell = replace(cell, source=rest)
        result = sandbox.run(cell, cpu)
    if sandbox.alive and result.ending in UNFINISHED:
        sandbox.define(cell, ran=True)
    if result is first:
        return first
    seconds = first.seconds + result.seconds
    if result.ending is Ending.OK:
        return replace(first, seconds=seconds, output=first.output + result.output)
    return replace(result, seconds=seconds, error=first.error or result.error)


def define_only(sandbox: Sandbox, cell: Cell, left: float) -> float:
    """Run the definitions of a cell that is not run, as long as there is time for them.

    Returns the seconds that it took.
    """
    start = sandbox.lasted
    if left > 0:
        sandbox.define(cell, ran=False, limit=left)
    return sandbox.lasted - start


@dataclass(frozen=True, slots=True)
class CellToRerun:
    """A cell that a fresh kernel gets again. begun: run as a whole; else only its definitions."""

    cell: Cell
    begun: bool = True


def reason_to_leave_out(cell: Cell, no_time: bool, restarts: int) -> Text | None:
    if cell.pristine and cell.role in ("demo", "check"):
        return OURS
    if no_time:
        return NO_TIME
    return NO_KERNEL if restarts > MOST_RESTARTS else None


def restart_with(sandbox: Sandbox, cells: list[CellToRerun], left: float | None = None) -> float:
    """A fresh kernel, brought to where the old one was. Cells that end it now, by their definitions alone or though they did not
    before, are dropped.

    left: seconds of its own that this may take; of cells beyond it only the definitions are run. Returns the seconds
    it took.
    """
    start = sandbox.lasted
    for _ in range(MOST_RESTARTS):
        sandbox.restart()
        for kept in cells:
            rerun_cell(sandbox, kept, None if left is None else left - (sandbox.lasted - start))
            if not sandbox.alive:
                cells.remove(kept)
                break
        else:
            return sandbox.lasted - start
    if not sandbox.alive:
        cells.clear()
        sandbox.restart()
    return sandbox.lasted - start


def rerun_cell(sandbox: Sandbox, kept: CellToRerun, left: float | None) -> None:
    """left: seconds for all that are still to come back."""
    if kept.begun and (left is None or left > 0):
        run_cell(sandbox, kept.cell)
    else:
        sandbox.define(kept.cell, ran=False, limit=None if left is None else max(left, LEAST))


def revive_sandbox(submission: Submission, sandbox: Sandbox, run: Run) -> None:
    """After a check took the kernel with it (only where checks cannot fork): run the cells again."""
    how = {c.index: c.ending for c in run.cells}
    begun = (Ending.OK, Ending.RAISED)
    cells = [cell for cell in submission.cells if how.get(cell.index) in (*begun, Ending.INTERRUPTED, *FATAL)]
    try:
        again = [CellToRerun(cell, begun=how[cell.index] in begun) for cell in cells]
        restart_with(sandbox, [*map(CellToRerun, lent_cells(submission)), *again])
    except SandboxDied:
        sandbox.restart()


def remark_on_run(run: Run, limits: Limits) -> tuple[Text, ...]:
    """The remarks on a run that did not go through."""
    said = []
    if run.spent is not None:
        said.append(fill_in(SPENT, number=run.spent + 1, budget=f"{limits.total_cpu:g}", least=f"{limits.least_cpu:g}"))
    if run.defined:
        said.append(fill_in(DEFINED, cells=listed([index + 1 for index in run.defined])))
    return tuple(said)


def fill_in(text: Text, **values: object) -> Text:
    return Text(en=text.en.format(**values), ja=text.ja.format(**values))
