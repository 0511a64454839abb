"""Sources that Python, or whoever walks its tree, cannot take: no error, only no tree."""

from __future__ import annotations

import pytest

from grader.model import Cell, Ending
from grader.notebook.syntax import overflows_parser, parse_python
from grader.sandbox.local import LocalSandbox

BEYOND = {
    "minus signs": "x = " + "-" * 100_000 + "1",
    "brackets": "x = " + "(" * 5_000 + "1" + ")" * 5_000,
    "a long sum": "x = " + "+".join(["1"] * 20_000),
    "a null": "x = 1\0",
    "no Python": "x = = 1",
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_cannot_be_walked_has_no_tree(name: str) -> None:
    """Neither the parser's stack nor that of a visitor is ever exhausted."""
    assert parse_python(BEYOND[name]) is None


def test_ordinary_code_has_a_tree() -> None:
    """A hundred branches of one `if` are nested deeply, and still somebody's code."""
    branches = "".join(f"elif x == {i}:\n    y = {i}\n" for i in range(100))
    assert parse_python(f"if x == -1:\n    y = 0\n{branches}") is not None


def test_a_cell_that_overflows_the_parser_does_not_parse() -> None:
    """It is no lack of memory: nothing of the cell has run."""
    assert overflows_parser(BEYOND["minus signs"]) and not overflows_parser("x = [0] * 10**15")
    with LocalSandbox() as sandbox:
        assert sandbox.run(Cell(0, "code", BEYOND["minus signs"])).ending is Ending.UNPARSED
