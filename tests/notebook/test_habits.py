"""Habits of Colab: what becomes of each line."""

from __future__ import annotations

import pytest

from grader.model import Cell, Submission
from grader.notebook.colab import needs_gpu, neutralise_magics
from grader.notebook.habits import HABITS, LinePolicy


def tamed(source: str) -> Submission:
    return neutralise_magics(Submission("n", "0", "ja", None, (Cell(0, "code", source),)))


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


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.example[:30])
def test_the_example_of_each_habit_is_treated_as_the_table_says(habit: LinePolicy) -> None:
    """The line on the page is met by its own row, told in both languages, and runs or does not run as it says."""
    found = tamed(habit.example)
    assert len(found.remarks) == 1 and habit.remark.en in found.remarks[0].en and habit.remark.ja in found.remarks[0].ja
    source = found.cells[0].source
    if habit.action == "leave_out":
        assert source == f"pass  # left out: {habit.example}"
    elif habit.rewrite is None:
        assert source == habit.example
    else:
        compile(source, "cell", "exec")


def test_a_cell_for_the_shell_is_left_out_whole() -> None:
    """After %%bash no line runs as Python; the lines keep their numbers."""
    found = tamed("\n%%bash\nrm -r x\nif true; then\n  ls\nfi").cells[0].source
    compile(found, "cell", "exec")
    assert len(found.split("\n")) == 6 and "rm" not in found.replace("left out: rm", "")


def test_a_cell_that_is_timed_keeps_its_lines() -> None:
    """%%time goes, everything else stays where it was."""
    assert tamed("%%time\nx = 1").cells[0].source == "\nx = 1"


def test_lines_of_one_habit_make_one_remark() -> None:
    """Ten downloads are told once, with the first few by name."""
    found = tamed("\n".join(f"!wget http://x/{n}" for n in range(10)))
    assert len(found.remarks) == 1 and "http://x/2" in found.remarks[0].en and "7 more" in found.remarks[0].en


def test_our_own_unchanged_cells_are_left_alone() -> None:
    """What we handed out has no habits."""
    cell = Cell(0, "code", "!pip install x", pristine=True)
    assert neutralise_magics(Submission("n", "0", "ja", None, (cell,))).cells == (cell,)


@pytest.mark.parametrize("line", ["pip install transformers -q", "  pip3 install optuna", "conda install gensim"])
def test_a_bare_line_for_the_installer_is_not_run(line: str) -> None:
    """IPython takes `pip install optuna` for `%pip install optuna`, and would change what grading has."""
    (cell,) = neutralise_magics(Submission("n", "0", "en", None, (Cell(0, "code", f"x = 1\n{line}"),))).cells
    assert cell.source.split("\n")[1].strip().startswith("pass")
