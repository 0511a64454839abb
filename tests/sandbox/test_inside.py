"""What is put in the place of what other machines have, and the definitions of cells that did not come to their end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.data.layout import lay_out
from grader.judge.execution import execute_cells
from grader.model import Cell, Ending, Limits, Submission
from grader.sandbox.guest import paths
from grader.sandbox.guest.vectors import KeyedVectors
from grader.sandbox.local import LocalSandbox


def ran(*sources: str) -> tuple[LocalSandbox, tuple[Ending, ...], tuple[int, ...]]:
    cells = tuple(Cell(index, "code", source) for index, source in enumerate(sources))
    sandbox = LocalSandbox()
    run = execute_cells(Submission("n", "0", "en", None, cells), sandbox, Limits())
    return sandbox, tuple(cell.ending for cell in run.cells), run.defined


def test_definitions_survive_an_error_before_them() -> None:
    """Functions, classes, imports and small constants below the failing line are there; what computes is not."""
    sandbox, endings, defined = ran(
        "x = 1\nopen('/no/such/file')\nimport json, no_such_module, math\nN = 2 * x\nLIST = sorted([3, 1])\n"
        "big = work()\nprint('no')\ndef f():\n    return N\nclass C:\n    n = N\nif N:\n    M = N\n"
        "if __name__ == '__main__':\n    MAIN = 1\ntry:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n"
    )
    names = sandbox.namespace
    assert endings == (Ending.RAISED,) and defined == (0,)
    assert names["f"]() == 2 == names["C"].n == names["M"] and names["LIST"] == [1, 3]
    assert {"json", "math", "tomllib"} <= set(names) and not {"big", "MAIN", "no_such_module"} & set(names)


def test_what_was_reached_is_not_run_again() -> None:
    """A dictionary that was filled before the error keeps what is in it."""
    sandbox, _, _ = ran("d = {}\nd['a'] = 1\nraise ValueError\ndef f(): return d")
    assert sandbox.namespace["f"]() == {"a": 1}


def test_a_missing_package_does_not_stop_a_cell() -> None:
    """Past the import, the cell goes on as a whole, not with its definitions only."""
    sandbox, endings, defined = ran(
        "import os, no_such_module\nfrom no_such_module.x import (\n  y,\n)\nz = [n * n for n in range(3)]\nfor n in z:\n    last = n"
    )
    assert (
        endings == (Ending.RAISED,) and defined == (0,) and sandbox.namespace["last"] == 4 and "os" in sandbox.namespace
    )


def test_without_time_cells_still_define() -> None:
    """Of cells that are not run because the notebook's time is up, the definitions are there."""
    cells = (Cell(0, "code", "def f():\n    return 1\nx = work()"),)
    sandbox = LocalSandbox()
    run = execute_cells(Submission("n", "0", "en", None, cells), sandbox, Limits(total_wall=-1.0))
    assert run.cells[0].ending is Ending.LEFT_OUT and run.defined == (0,) and sandbox.namespace["f"]() == 1


@pytest.mark.parametrize(
    "path",
    ["/content/drive/My Drive/nlp100/data/train.txt", "../../data/train.txt", r"C:\Users\me\data\train.txt", "./x/train.txt"],
)  # fmt: skip
def test_paths_of_other_machines_lead_home(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest end of the path that exists is meant; what exists is never touched; new files come here."""
    monkeypatch.chdir(tmp_path)
    assert paths.led(path) == path
    Path("train.txt").touch()
    assert paths.led(path) == "train.txt"
    Path("data").mkdir()
    Path("data/train.txt").touch()
    assert paths.led(path) == ("train.txt" if "/x/" in path else "data/train.txt")
    assert paths.led("/no/such/folder/new.txt", writing=True) == "new.txt"
    assert paths.led(str(tmp_path / "train.txt")) == str(tmp_path / "train.txt") and paths.led(3) == 3


def test_the_small_gensim_reads_what_gensim_reads(tmp_path: Path) -> None:
    """GoogleNews' format, limited; words, vectors, likeness; what the stand-in lacks says so."""
    name = "GoogleNews-vectors-negative300.bin"
    lay_out([name], "", tmp_path)
    model = KeyedVectors.load_word2vec_format(tmp_path / name, binary=True, limit=200)
    word = model.index_to_key[7]
    assert len(model) == 200 and model[word].shape == (300,) and word in model and model[[word, word]].shape == (2, 300)
    assert np.array_equal(model.vectors[model.key_to_index[word]], model.get_vector(word))
    assert model.most_similar(word, topn=3)[0][1] <= 1 and abs(model.similarity(word, word) - 1) < 1e-5
    with pytest.raises(KeyError, match="not present"):
        model["no such word"]
    with pytest.raises(AttributeError, match="not installed here"):
        _ = model.wmdistance
