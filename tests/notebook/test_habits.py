"""Habits of Colab: what becomes of each line."""

from __future__ import annotations

import pytest

from grader.model import Cell, Submission
from grader.notebook.habits import needs_gpu, tame


def tamed(source: str) -> Submission:
    return tame(Submission("n", "0", "ja", None, (Cell(0, "code", source),)))


@pytest.mark.parametrize(
    "line",
    [
        "!pip install transformers",
        "%pip install -q torch",
        "! pip3 install x",
        "!apt-get install -y mecab",
        "!wget https://example.org/a.zip",
        "!git clone https://example.org/r",
        "!gdown 123",
    ],
)
def test_installing_and_downloading_is_left_out_and_told(line: str) -> None:
    """The line does not run, keeps its place, and the report says so."""
    found = tamed(f"x = 1\n{line}\ny = 2")
    assert found.cells[0].source.split("\n") == ["x = 1", f"pass  # left out: {line}", "y = 2"]
    assert len(found.remarks) == 1 and "Cell 1" in found.remarks[0].en


def test_a_line_that_goes_on_is_left_out_whole() -> None:
    """A backslash continues the command; indentation stays, so that an `if` keeps its body."""
    found = tamed("if True:\n    !pip install a \\\n      b\nx = 1")
    compile(found.cells[0].source, "cell", "exec")
    assert "install" not in "".join(line.split("#")[0] for line in found.cells[0].source.split("\n"))


def test_comments_and_strings_without_a_bang_stay() -> None:
    """What does not run does not need to be left out."""
    for line in ("# !pip install x", "print('pip install x')", "wget = 1"):
        assert tamed(line).cells[0].source == line and not tamed(line).remarks


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("model.cuda()", True),
        ("x = x.to('cuda')", True),
        ('d = torch.device("cuda:0")', True),
        ("device = 'cuda' if torch.cuda.is_available() else 'cpu'", False),
        ('d = torch.device("cuda" if torch.cuda.is_available() else "cpu")', False),
    ],
)
def test_a_hard_coded_gpu_is_noticed(line: str, wanted: bool) -> None:
    """Code that asks whether there is a GPU is left alone."""
    assert needs_gpu(tamed(line)) is wanted
    assert bool(tamed(line).remarks) is wanted
