"""Cells that write a module are read as ordinary ones, where nothing imports the file."""

from __future__ import annotations

import pytest

from grader.model import Cell, Submission
from grader.notebook.written_files import read_written_files

BODY = "\nclass RNN:\n    pass\n\nif __name__ == '__main__':\n    print(1 / 0)\n"


def after(*sources: str, role: str = "") -> Submission:
    cells = tuple(Cell(i, "code", source, role=role) for i, source in enumerate(sources))
    return read_written_files(Submission("somebody", "0" * 64, "en", None, cells))


@pytest.mark.parametrize("magic", ["%%writefile net.py", "%%file 'src/q84.py'", '\n%%writefile -a "net.py" '])
def test_what_a_file_defines_is_there(magic: str) -> None:
    """Its lines run and keep their numbers, what stands under `__main__` does not, and the report says so."""
    found = after(f"{magic}{BODY}", "x = 1")
    names: dict[str, object] = {"__name__": "__main__"}
    exec(found.cells[0].source, names)
    assert "RNN" in names and found.cells[0].source.count("\n") == f"{magic}{BODY}".count("\n")
    assert len(found.remarks) == 1 and "Cells 1:" in found.remarks[0].en


@pytest.mark.parametrize(
    "other", ["from net import RNN", "import src.net as n", "x = 1\n%run net.py", "if True:\n    from src import net"]
)
def test_a_file_that_is_imported_is_written(other: str) -> None:
    """Then its definitions come from where the student has them."""
    found = after(f"%%writefile net.py{BODY}", other)
    assert found.cells[0].source.startswith("%%writefile") and not found.remarks


@pytest.mark.parametrize(
    "source", ["%%writefile data.txt\nclass A: pass", "%%writefile net.py\nclass (:", "x = '''\n%%file a.py\n'''"]
)
def test_what_is_no_module_stays(source: str) -> None:
    found = after(source)
    assert found.cells[0].source == source and not found.remarks


def test_our_own_cells_stay() -> None:
    assert not after(f"%%writefile net.py{BODY}", role="answer").remarks
