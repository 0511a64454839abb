"""Sources that Python, or whoever walks its tree, cannot take: no error, only no tree."""

from __future__ import annotations

import ast

import pytest

from grader.model import Cell, Ending
from grader.notebook.syntax import as_source, copied, overflows_parser, parse_python
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


RESPELLED = {
    "a keyword in mathematical letters": ("for 𝐢𝐟 in [3]:\n    found = 𝐢𝐟 + 1", 4),
    "a parameter and a call by it": ("def f(𝐜𝐥𝐚𝐬𝐬):\n    return 𝐜𝐥𝐚𝐬𝐬\nfound = f(𝐜𝐥𝐚𝐬𝐬=2)", 2),
    "an integer of many digits": (f"found = 0x{'e1' * 5_000} % 1_000_003", int("e1" * 5_000, 16) % 1_000_003),
    "all quotes in one text": ("d = {'a': 2}\nfound = f'''{d['a']} \"\"\" \\''' {{}}'''", "2 \"\"\" ''' {}"),
    "quotes and a line": (
        "d = {'a': 0.5, 'w': 7}\nfound = f'''\"{d['a']!r:>{d['w']}}\" \\'''\n'''",
        "\"    0.5\" '''\n",
    ),
    "a text within a text within a text": ("x = 'a'\nfound = f'''{f\"{f'{x}'}\"}'''", "a"),
}


@pytest.mark.parametrize("name", RESPELLED)
def test_every_tree_can_be_written_again(name: str) -> None:
    """What is written means what was read, also when it has been read and written twice."""
    source, expected = RESPELLED[name]
    tree = parse_python(source)
    assert tree is not None
    again = parse_python(ast.unparse(tree))
    assert again is not None
    for text in (ast.unparse(tree), ast.unparse(again)):
        names: dict[str, object] = {}
        exec(compile(text, "cell", "exec"), names)
        assert names["found"] == expected


def test_what_has_no_other_spelling_has_no_tree() -> None:
    """A pattern of so many digits can be read and not written."""
    assert parse_python(f"match 1:\n    case 0x{'f' * 5_000}:\n        pass") is None


def test_a_changed_text_can_be_written() -> None:
    """A text that is put into a place of another may hold what no place can: a backslash, all the quotes."""
    tree = parse_python("print(f'{x}')")
    assert tree is not None
    joined = next(node for node in ast.walk(tree) if isinstance(node, ast.FormattedValue))
    joined.value = ast.Constant("'\"\n\\")
    shown: list[str] = []
    exec(as_source(tree), {"print": shown.append})
    assert shown == ["'\"\n\\"]


def test_a_copy_is_another_statement() -> None:
    """Changing it leaves the notebook's own as it is."""
    tree = parse_python("for 𝐢𝐟 in [1]:\n    pass")
    assert tree is not None
    copy = copied(tree.body[0])
    assert isinstance(copy, ast.For) and copy is not tree.body[0]
    assert ast.dump(copy) == ast.dump(tree.body[0])
