"""What no Python of today parses is read as it was meant, and anything else is left as it is."""

from __future__ import annotations

import ast

import pytest

from grader.model import Cell, Submission
from grader.notebook.old_syntax import mend_old_syntax


def mended(source: str) -> tuple[str, int]:
    """The source as it will run, and the number of remarks."""
    made = mend_old_syntax(Submission("somebody", "0" * 64, "en", None, (Cell(0, "code", source),)))
    return made.cells[0].source, len(made.remarks)


@pytest.mark.filterwarnings("ignore:invalid escape sequence")  # of the strings here, as in the ones they are like
@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('x = "C:\\Users\\naoki\\data.txt"', "C:\\Users\naoki\\data.txt"),
        ("x = 'D:\\work\\utils' + '\\u3042'", "D:\\work\\utils\u3042"),
        ('"""ran it:\n..\\torch\\csrc\\utils\\tensor.cpp:141\nC:\\Users>\n"""\nx = 1', 1),
        ("x = '\\\\\\Users'", "\\\\Users"),
        ("x = f'{1}\\xyz'", "1\\xyz"),
    ],
)
def test_a_pasted_path_is_read_as_it_stands(source: str, value: object) -> None:
    """Escapes that Python knows stay escapes, and every line stays where it is."""
    made, remarks = mended(source)
    scope: dict[str, object] = {}
    exec(compile(ast.parse(made), "cell", "exec"), scope)  # of ours
    assert (scope["x"], remarks, made.count("\n")) == (value, 1, source.count("\n"))


def test_an_argument_that_became_a_keyword_has_its_name_of_today() -> None:
    made, remarks = mended("ids = ids.cuda(async=True)")
    assert (made, remarks) == ("ids = ids.cuda(non_blocking=True)", 1)


@pytest.mark.parametrize(
    "source",
    [
        "x = r'C:\\Users'",
        "x = b'\\u12'",
        "x = '\\\\Users' + '\\x41' + '\\N{DIGIT ONE}'",
        "# C:\\Users\nx = 1",
        "async def f(): pass",
        "x = f(async=True",
        "!type C:\\Users\\me.txt",
        "x = 'C:\\Users",
    ],
)
def test_anything_else_is_left_alone(source: str) -> None:
    assert mended(source) == (source, 0)
