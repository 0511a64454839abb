"""Cells that only write a module: their lines are read as those of a cell, unless another cell imports the file.

%%writefile src/q84.py
class RNN(nn.Module): ...

if __name__ == "__main__":
    main()

What such a file defines is nowhere in the notebook, as it was run by hand (`!python src/q84.py`), and so could not be
asked. It is read as an import would: what stands under `__main__` is not run. Lines keep their numbers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from grader.model import Cell, Submission, Text
from grader.notebook.rewritten import with_other_cells
from grader.notebook.syntax import parse_python

REMARK = Text(
    en="Cells {cells}: the lines that `%%writefile` puts into a file were read as a cell's, so that what they define can be judged.",
    ja="{cells} 番目のセル: `%%writefile` でファイルに書き出す内容も判定できるように、セルに直接書かれたものとして読みました。",
)
MAGICS = ("%%writefile", "%%file")
NAME = re.compile(r"\w+")
# if __name__ == "__main__":
GUARD = re.compile(r"^if\s+__name__\s*==\s*(['\"])__main__\1", re.MULTILINE)


def read_written_files(submission: Submission) -> Submission:
    """The submission with such cells as ordinary ones, and a remark."""
    cells = tuple(as_ordinary(cell, submission.cells) for cell in submission.cells)
    return with_other_cells(submission, cells, REMARK)


def as_ordinary(cell: Cell, cells: tuple[Cell, ...]) -> Cell:
    if cell.kind != "code" or cell.role or "%%" not in cell.source:
        return cell
    lines = cell.source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    place = written(lines[first])
    if not place.endswith(".py") or is_imported(PurePosixPath(place).stem, cell, cells):
        return cell
    source = GUARD.sub("if False", "\n".join([*lines[:first], f"# {lines[first].strip()}", *lines[first + 1 :]]))
    return replace(cell, source=source) if parse_python(source) is not None else cell


def written(line: str) -> str:
    """The file that a magic writes, or nothing: `%%file 'src/q84.py'`, `%%writefile -a net.py`."""
    magic, _, rest = line.strip().partition(" ")
    return rest.strip().removeprefix("-a ").removeprefix("--append ").strip(" '\"") if magic in MAGICS else ""


def is_imported(module: str, cell: Cell, cells: tuple[Cell, ...]) -> bool:
    """Whether another cell brings in the module: `from src.net import RNN`, `%run net.py`."""
    brings = (
        line for other in cells if other.kind == "code" and other is not cell for line in other.source.split("\n")
    )
    words = (line.split("#")[0].split() for line in brings if module in line)
    return any(
        first in ("from", "import", "%run") and module in NAME.findall(" ".join(rest)) for first, *rest in words if rest
    )
