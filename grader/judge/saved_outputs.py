"""The execution log: the course asks for the notebook with its outputs, run from top to bottom.

Looked at are three things: that the cells were run, that they were run in order, and that their saved output is the
one they print. What chance or the machine decides is not compared: numbers with a fraction (losses, accuracies, times),
addresses, progress bars, pictures, and cells that draw at random or ask for a GPU, a version, a time, a file or the shell, or
that go on with what such a cell has made (see `grader.notebook.chance`).
"""

from __future__ import annotations

import re
from itertools import pairwise

from grader.model import Cell, Ending, Run, Submission, Text
from grader.model.printable import listed
from grader.notebook.chance import cells_of_chance

CHANCE = re.compile(
    r"""0x[0-9a-f]+                         # addresses
    | (?<!\d)[-+]?\d+\.\d*(?:e[-+]?\d+)?     # fractions; not begun anew at each digit of a long number
    | (?<!\d)[-+]?\d+e[-+]?\d+
    | (?<!\d)\d+:\d\d(?::\d\d)?              # times
    | (?<!\d)\d+(?=\s*(?:ms|s|sec|it/s|MB|GB|kB|%)) # measurements
    | \b(?:cuda(?::\d+)?|cpu|mps)\b          # where it was run
    """,
    re.VERBOSE | re.IGNORECASE,
)
# what %%time and %timeit print
MEASURED = re.compile(r"^(?:CPU times|Wall time): |\bper loop \(mean", re.MULTILINE)
# " 40%|████      | 4/10 [00:01<00:02,  2.9it/s]", and lines that a \r has overwritten
PROGRESS = re.compile(r"^.*\r|^.*(?:it/s|s/it|[█#]{3,}).*$", re.MULTILINE)


def read_log(submission: Submission, run: Run) -> tuple[Text, ...]:
    """The remarks on the log; none where it is as the course asks. Never raises, never costs a point."""
    cells = [
        c
        for c in submission.cells
        if c.kind == "code"
        and c.source.strip()
        and "raise NotImplementedError" not in c.source
        and not (c.file or submission.name).endswith(".py")  # a script keeps no output
    ]
    if not cells:
        return ()
    not_run = [c for c in cells if c.count is None]
    if len(not_run) == len(cells):
        return (NO_LOG,)
    remarks = []
    if not_run:
        remarks.append(list_cells(PARTLY, not_run))
    if any(
        later.count < earlier.count
        for earlier, later in pairwise(cells_with_count(cells))
        if later.count and earlier.count
    ):
        remarks.append(OUT_OF_ORDER)
    differing = [cell for cell in cells if output_differs(cell, run)]
    if differing:
        code = [cell for cell in submission.cells if cell.kind == "code"]
        by_chance = {c.index for c, so in zip(code, cells_of_chance(c.source for c in code), strict=True) if so}
        differing = [cell for cell in differing if cell.index not in by_chance]
    if differing:
        remarks.append(list_cells(OTHER_OUTPUT, differing))
    return tuple(remarks)


def cells_with_count(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.count is not None]


def output_differs(cell: Cell, run: Run) -> bool:
    """Whether the saved output is not the one that the cell printed when it was run here."""
    here = next((r for r in run.cells if r.index == cell.index), None)
    if cell.count is None or here is None or here.ending is not Ending.OK:
        return False
    return not MEASURED.search(cell.output) and strip_chance(cell.output) != strip_chance(here.output)


def strip_chance(text: str) -> str:
    """Output without the parts that chance decides, and without pictures, which are not drawn here."""
    return " ".join(CHANCE.sub("~", PROGRESS.sub("", text.replace("[image]", ""))).split())


def list_cells(text: Text, cells: list[Cell]) -> Text:
    numbers = listed([cell.index + 1 for cell in cells], 5)
    return Text(en=text.en.format(cells=numbers), ja=text.ja.format(cells=numbers))


NO_LOG = Text(
    en="The notebook holds no execution log: no cell has been run. Run all cells from the top and save before handing in.",
    ja="実行ログがありません（どのセルも実行されていません）。上から順にすべて実行し、保存してから提出しましょう。",
)
PARTLY = Text(
    en="The execution log has gaps: cells {cells} have not been run.",
    ja="実行ログが途切れています。{cells} 番目のセルが実行されていません。",
)
OUT_OF_ORDER = Text(
    en="The cells were not run from top to bottom. Restart the kernel, run all, and save.",
    ja="セルが上から順に実行されていません。カーネルを再起動してすべて実行し、保存しましょう。",
)
OTHER_OUTPUT = Text(
    en="Cells {cells} printed something else when they were run here; perhaps they were changed after their last run.",
    ja="{cells} 番目のセルは、ここで実行すると保存された出力と違う結果になりました。実行した後で書き換えていませんか。",
)
