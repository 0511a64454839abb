"""A script with a function for each problem is read as sections of a file, where that means the same."""

from __future__ import annotations

import pytest

from grader.model import Cell, Submission
from grader.notebook.function_each import unfold_each

BOTH = """import math

def start_80():
    global seen
    seen = [3]

class Net:
    size = math.floor(2.5)

def start_81():
    net = Net()
    text = '''
    kept'''
"""


CALLS = "\nstart_80()\nstart_81()\n"


def unfolded(*sources: str, role: str = "") -> Submission:
    cells = tuple(Cell(index, "code", source, role=role or None) for index, source in enumerate(sources))
    return unfold_each(Submission("somebody", "0" * 64, "en", None, cells))


@pytest.mark.parametrize(
    "calls",
    [
        "\nif __name__ == '__main__':\n    start_80()\n    start_81()\n",
        "\ndef start():\n    start_80()\n    start_81()\n\nstart()\n",
        "\nstart_80()\nstart_81()\n",
    ],
)
def test_what_each_function_makes_is_there_when_it_has_run(calls: str) -> None:
    """In a cell of its own with the problem's number, and what stands in front of it; what they call still runs."""
    made = unfolded(BOTH + calls)
    scope: dict[str, object] = {"__name__": "__main__"}
    for cell in made.cells:
        exec(cell.source, scope)  # of ours
    assert scope["seen"] == [3] and type(scope["net"]).__name__ == "Net" and scope["text"] == "\n    kept"
    numbered = [cell.source for cell in made.cells if "# 8" in cell.source]
    assert "# 80. def start_80" in numbered[0] and "class Net" in numbered[1] and "# 81. def start_81" in numbered[1]
    assert [cell.index for cell in made.cells] == list(range(len(made.cells))) and len(made.remarks) == 1
    lines = [line for cell in made.cells for line in cell.source.splitlines() if line]
    assert len(lines) == len([line for line in (BOTH + calls).splitlines() if line])


@pytest.mark.parametrize(
    "sources",
    [
        ("def start_80():\n    x = 1\nstart_80()\n",),  # one alone is no file of problems
        (BOTH,),  # which nobody calls
        ("base = 2\ndef f():\n    return base\n" + BOTH.replace("    net =", "    base = 3\n    net =") + CALLS,),
        (BOTH.replace("    net =", "    max = 3\n    net =") + CALLS,),  # others may mean Python's
        (BOTH.replace("global seen\n    ", "global seen; ") + CALLS,),
        (
            BOTH.replace("import math\n", "").replace("class Net", "import math\nclass Other")
            + CALLS
            + "\nclass Net:\n    pass\n",
        ),
        (BOTH + "\ndef start_82():\n    return 3\n" + CALLS,),  # one of them gives something back
        ("def draw_10():\n    x = 1\n\ndef draw_100():\n    y = 1\n\ndraw_10()\ndraw_100()\n",),
        ("def start_80(path):\n    x = 1\n\ndef start_81(path):\n    x = 2\n\nstart_80(1)\nstart_81(1)\n",),
        ("def make_80():\n    return 1\n\ndef make_81():\n    return 2\n\nmake_80()\nmake_81()\n",),
        (
            "def start_80():\n    x = 1\n\ndef start_81():\n    x = 2\n\nfor _ in range(2):\n    f = start_80, start_81\n",
        ),
        ("def start_80():\n    x = 1\n\ndef start_81():\n    x = 2\n" + CALLS, "start_80()\n"),
        (
            "def start_80():\n    def inner():\n        nonlocal x\n        x = 1\n    x = 2\n\ndef start_81():\n    y = 1\n",
        ),
        ("def start_80():\n    x = 1\nstart_80()\nstart_80()\n\ndef start_81():\n    x = 2\nstart_81()\n",),
        ("def start_80(:\n",),
    ],
)
def test_other_functions_are_left_as_they_are(sources: tuple[str, ...]) -> None:
    made = unfolded(*sources)
    assert tuple(cell.source for cell in made.cells) == sources and not made.remarks


def test_our_own_notebook_is_left_as_it_is() -> None:
    assert len(unfolded(BOTH, role="answer").cells) == 1
