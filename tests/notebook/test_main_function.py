"""The lines of `main()` are read as those of the file, where that means the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model import Cell, Submission
from grader.notebook.main_function import unfold_main

CALL = '\n\nif __name__ == "__main__":\n    main()\n'


def unfolded(source: str, role: str = "") -> Submission:
    cell = replace(Cell(0, "code", source), role=role)
    return unfold_main(Submission("somebody", "0" * 64, "en", None, (cell,)))


@pytest.mark.parametrize(
    "source",
    [
        "def main():\n    class A:\n        size = 3\n    x = A.size" + CALL,
        "def main() -> None:  # all of it\n    # first\n    x = 3" + CALL,
        'def main():\n    """What it does."""\n    text = """\na\n    b"""\n    x = len(text)\n    assert x == 8\n    x = 3'
        + CALL,
        "def main():\n  x = (1 +\n2)" + CALL,
        "k = 3\n\ndef main():\n    def inner():\n        return k\n    x = inner()\n\nmain()",
        "def q82():\n\tx = 3\nq82()",
    ],
)
def test_what_main_makes_is_there_when_it_has_run(source: str) -> None:
    """And each line has its number."""
    made = unfolded(source)
    scope = {"__name__": "__main__"}
    exec(made.cells[0].source, scope)  # of ours
    assert scope["x"] == 3 and len(made.remarks) == 1  # type: ignore[comparison-overlap]
    assert made.cells[0].source.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "source",
    [
        "def main():\n    if k:\n        return\n    x = 1" + CALL,
        "def main(path):\n    x = 1\n\nmain('a')",
        "def main():\n    x = later()\n\ndef later():\n    return 1" + CALL,
        "def main():\n    x = 1\n\nresult = main()",
        "def main():\n    x = 1\n\nfor _ in range(3):\n    main()",
        "def train(): pass\n\ndef main():\n    train = 1" + CALL,
        "def main():\n    x = 1",
        "def main():\n    yield 1" + CALL,
        "def train():\n    x = 1\n\ntrain()",
        "def main(): x = 1\n\nmain()",
        "def main(:\n    x = 1\n\nmain()",
    ],
)
def test_any_other_function_is_left_as_it_is(source: str) -> None:
    made = unfolded(source)
    assert made.cells[0].source == source and not made.remarks


def test_our_own_notebook_is_left_as_it_is() -> None:
    source = "def main():\n    x = 1" + CALL
    assert unfolded(source, role="answer").cells[0].source == source
