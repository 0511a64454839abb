"""How a cell ended, read off what the kernel said of it."""

from __future__ import annotations

import re
from typing import Any

from grader.model import Cell, CellRun, Ending, Text
from grader.model.printable import whole_characters
from grader.model.run import error_words
from grader.notebook.outputs import LONGEST, text_of
from grader.notebook.syntax import TOO_DEEP, overflows_parser
from grader.sandbox.channel import clean

IN_FILE = re.compile(r"\((?:\d+\.py|<[^>]*>), line (\d+)\)")  # ipykernel's name for a cell says nothing to anybody


def ending_of(cell: Cell, outputs: list[Any], ending: Ending, seconds: float, note: Text | None) -> CellRun:
    """`ending`: what the watcher saw; an error among the outputs says more."""
    said = whole_characters(text_of(outputs))[:LONGEST]  # compared with what was saved; made legible where it is shown
    error = next((o for o in outputs if o["output_type"] == "error"), None)
    if error is None or ending is not Ending.OK:
        return CellRun(cell.index, ending, seconds, note=note, output=said)
    kind, message = clean(error["ename"], 80), IN_FILE.sub(r"(line \1)", clean(error["evalue"], 500))
    ending = Ending.UNPARSED if kind in ("SyntaxError", "IndentationError", "TabError") else Ending.RAISED
    if kind == "MemoryError" and overflows_parser(cell.source):
        ending, message = Ending.UNPARSED, TOO_DEEP
    elif kind == "MemoryError" or "can't allocate memory" in message:
        ending = Ending.OUT_OF_MEMORY
    return CellRun(cell.index, ending, seconds, error_words(kind, message), note=note, output=said)
