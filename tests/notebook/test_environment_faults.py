"""A fault is followed to its cause: packages, files, removed calls, laid-out data, other exercises' cells."""

from __future__ import annotations

import pytest

from grader.model import Cell, CellRun, Ending, Run, Submission
from grader.notebook.environment_faults import EnvironmentFaults

OWN = "TypeError: unsupported operand type(s) for +: 'int' and 'str'"


def followed(*cells: tuple[str, str, str], laid_out: tuple[str, ...] = ()) -> EnvironmentFaults:
    """cells: (exercise, source, error); no error where the cell ran through."""
    made = tuple(Cell(n, "code", source, exercise) for n, (exercise, source, _) in enumerate(cells))
    ran = tuple(CellRun(n, ending(error), error=error) for n, (*_, error) in enumerate(cells))
    return EnvironmentFaults(Submission("n", "0", "en", None, made, laid_out=laid_out), Run(ran, 1.0))


def ending(error: str) -> Ending:
    return Ending.UNPARSED if error.startswith("SyntaxError") else Ending.RAISED if error else Ending.OK


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import optuna", "ModuleNotFoundError: No module named 'optuna'"),
        ("from IPython.display import set_matplotlib_formats",
         "ImportError: cannot import name 'set_matplotlib_formats' from 'IPython.display' (/x/site-packages/IPython/display.py)"),
        ("y = np.loadtxt('y.txt')", "FileNotFoundError: y.txt not found."),
        ("TEXTS = Path('a.en')\nassert TEXTS.exists(), 'no texts'", "AssertionError: no texts"),
        ("assert TEXTS.exists(), f'no {TEXTS}'\nassert len(a) == len(b), 'lengths'", "AssertionError: no a.en"),
        ("if not os.path.isfile('a.en'):\n    raise ValueError('a.en')", "ValueError: a.en"),
        ("name = sys.argv[1]", "IndexError: list index out of range"),
        ("torch.save(weights, 'weights.pt')\nexit()", "SystemExit: None"),
    ],
)  # fmt: skip
def test_what_cannot_run_here_excuses_what_stands_on_it(source: str, error: str) -> None:
    """The cell, the cells that miss its names, and a later question that misses theirs."""
    faults = followed(
        ("a", f"{source}\nbase = 1", error),
        ("a", "class Child(base): pass", "NameError: name 'base' is not defined"),
        ("b", "child = Child()", "NameError: name 'Child' is not defined"),
    )
    assert set(faults.cells) == {0, 1, 2}
    assert faults.of("NameError: name 'child' is not defined", "b") is not None


def test_an_error_of_ones_own_is_no_excuse() -> None:
    """Nor are the names that are missing because of it, in the same exercise."""
    faults = followed(("a", "x = 1 + 'a'", OWN))
    assert faults.cells == {} and faults.of("NameError: name 'x' is not defined", "a") is None
    assert faults.of(OWN, "a") is None


@pytest.mark.parametrize("error", [OWN, "SyntaxError: invalid syntax (line 3)"])
def test_another_exercise_waits_for_what_does_not_run(error: str) -> None:
    """Whoever reads a class of an exercise that does not run is pending; the exercise itself is not."""
    faults = followed(("a", "class CNN(nn.Module):\n    pass\nx = ????", error))
    missing = "NameError: name 'CNN' is not defined"
    assert faults.of(missing, "a") is None
    told = faults.of(missing, "b")
    assert told is not None and "cell 1 (a)" in told.en


def test_a_name_that_is_made_after_all_is_there() -> None:
    """A later cell that runs through makes up for it."""
    faults = followed(
        ("a", "import optuna\nx = 1", "ModuleNotFoundError: No module named 'optuna'"), ("a", "x = 2", "")
    )
    assert faults.of("NameError: name 'x' is not defined", "a") is None


def test_data_that_were_laid_out_excuse_their_columns() -> None:
    """A column that is not there is our data's affair, in the cells that work on them and in questions that read them."""
    cells = (("a", "df = pd.read_csv('train.txt')", ""), ("a", "y = df['LABEL']", "KeyError: 'LABEL'"))
    assert set(followed(*cells, laid_out=("train.txt",)).cells) == {1}
    assert followed(*cells).cells == {}
    faults = followed(*cells, laid_out=("train.txt",))
    assert faults.of("KeyError: 'LABEL'", "a", "return df['LABEL'][n]") is not None
    assert faults.of("KeyError: 'LABEL'", "a", "return other['LABEL']") is None


def test_a_name_that_is_put_together_reads_laid_out_data_too() -> None:
    """`f"data/{split}.txt"` is train.txt; another ending is another file."""
    for ending_of_file, excused in (("txt", {0}), ("json", set())):
        cells = (("a", f"df = pd.read_csv(f'data/{{split}}.{ending_of_file}')\ndf['LABEL']", "KeyError: 'LABEL'"),)
        assert set(followed(*cells, laid_out=("train.txt", "valid.txt")).cells) == excused


def test_a_file_is_called_by_its_name() -> None:
    """Who handed in scripts is told which one, and not the number of a cell."""
    cells = (Cell(0, "code", "import optuna\nx = 1", "a", file="q81.py"), Cell(1, "code", "y = x", "b", file="q82.py"))
    ran = (CellRun(0, Ending.RAISED, error="ModuleNotFoundError: No module named 'optuna'"), CellRun(1, Ending.OK))
    told = EnvironmentFaults(Submission("f", "0", "en", None, cells), Run(ran, 1.0)).told(0)
    assert told is not None and "q81.py" in told.en and "cell" not in told.en


def test_ones_own_assertion_beside_a_look_for_a_file_is_ones_own() -> None:
    """A file that is looked for excuses no other assertion of the cell."""
    source = "assert os.path.exists('train.txt')\nids = make()\nassert ids == [1], 'wrong ids'"
    found = followed(("knock80", source, "AssertionError: wrong ids"))
    assert found.told(0) is None


@pytest.mark.parametrize("fill", ["table['de'] = get('spacy')", "for word in get('words'):\n    table.append(word)"])
def test_what_was_not_filled_excuses_who_reads_it(fill: str) -> None:
    """A table that stands there empty, because the cell that fills it could not run; what else goes wrong is one's own."""
    gone = "ImportError: cannot import name 'x' from 'torchtext.data' (a removed one)"
    before = (
        ("a", "table = {}", ""),
        ("a", "from torchtext.data import get", gone),
        ("a", fill, "NameError: name 'get' is not defined"),
    )
    faults = followed(*before, ("b", "pipe = table['de']\nnet = pipe(1)", "KeyError: 'de'"))
    assert 3 in faults.cells and faults.of("NameError: name 'net' is not defined", "b") is not None
    assert faults.of("KeyError: 'de'", "b", "words = table['de']") is not None
    assert faults.of("KeyError: 'de'", "b", "words = mine['de']") is None
    assert 3 not in followed(*before, ("b", "y = 1 + 'a'", OWN)).cells
