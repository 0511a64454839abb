"""The sandbox of a lesson without torch: a second less to start, and nothing else is different."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch

from grader import lesson_folders
from grader.grading import dear_imports, grade
from grader.lessons import source
from grader.model import Cell, Ending, Limits, Submission
from grader.packaging.build import build
from grader.sandbox.guest.tables import Table
from grader.sandbox.kernel import KernelSandbox

PATIENT = Limits(cell_wall=60.0, cell_cpu=60.0)
CITY_RAIN = Path(__file__).parents[2] / "examples" / "lessons" / "city_rain"
IS_LOADED = "import sys\ndef is_loaded(): return 'to' + 'rch' in sys.modules\ndef same(x): return x\ndef grow(x):\n  x += 1\n  return x"
linux = pytest.mark.skipif(sys.platform != "linux", reason="checks fork on Linux only")


def run(sandbox: KernelSandbox, source: str) -> None:
    found = sandbox.run(Cell(0, "code", source, "part"))
    assert found.ending is Ending.OK, found.error


def request(name: str, *args: Any) -> dict[str, Any]:
    return {"op": "call", "section": "part", "target": name, "args": args, "kwargs": {}, "seed": 1}


def ask(sandbox: KernelSandbox, name: str, *args: Any) -> Any:
    with sandbox.branch() as branch:
        reply = branch.ask(request(name, *args))
        assert reply.fault is None, reply.fault
        return reply.value


def test_numbers_tables_and_descriptions_cross_without_torch() -> None:
    """Arrays, also empty and changed in place, a frame and a survey of the names go there and back, and torch is not imported."""
    with KernelSandbox(PATIENT, stand_ins=True) as sandbox:
        run(sandbox, "import numpy, pandas\n" + IS_LOADED)
        with sandbox.branch() as branch:
            for array in (
                np.arange(6).reshape(2, 3),
                np.zeros((0, 4), dtype=np.float32),
                np.array(2.5),
                np.ones(3) > 0,
            ):
                back = branch.ask(request("same", array)).value
                assert back.dtype == array.dtype and back.shape == array.shape and (back == array).all()
            assert (branch.ask(request("grow", np.zeros(3))).value == 1).all()
            frame = branch.ask(request("same", Table.of({"city": ["Oslo"], "rain": [1.5]}))).value
            assert frame.columns == ["city", "rain"]
            assert branch.ask({"op": "survey", "section": "part"}).value
            assert branch.ask(request("is_loaded")).value is False


@pytest.mark.slow
@linux
def test_a_tensor_brings_torch_once() -> None:
    """Where a check sends a tensor, that check has torch, and from then on the kernel has it for all that follow."""
    with KernelSandbox(PATIENT) as sandbox:
        run(sandbox, IS_LOADED)
        assert ask(sandbox, "is_loaded") is False
        assert torch.equal(ask(sandbox, "same", torch.ones(2)), torch.ones(2))
        assert ask(sandbox, "is_loaded") is True
        sandbox.restart()
        run(sandbox, IS_LOADED)
        assert ask(sandbox, "is_loaded") is True


def test_torch_is_the_same_whenever_it_comes() -> None:
    """Imported by a cell it has the seed, the one thread and the mended calls that it has when it was there before."""
    source = (
        "torch = __import__('to' + 'rch')\n"
        "first = [*torch.rand(3).tolist(), torch.get_num_threads(), torch.get_deterministic_debug_mode(), torch.compile(3),\n"
        "         torch.load.__name__, torch.save.__wrapped__ is not None, torch.utils.data.DataLoader([1], 1, num_workers=2).num_workers]\n"
        "def told(): return first"
    )
    found = []
    for imports in ((), ("torch",)):
        with KernelSandbox(PATIENT, stand_ins=True, imports=imports) as sandbox:
            run(sandbox, source)
            found.append(ask(sandbox, "told"))
    assert found[0] == found[1]
    assert found[0][3:6] == [1, 1, 3] and found[0][-1] == 0


@pytest.mark.parametrize("written", ["import torch", "from torch import nn", "from transformers import AutoModel"])
def test_code_that_says_torch_has_it_from_the_beginning(written: str) -> None:
    """What a hand-in imports by name costs none of its cells a second; prose about torch imports nothing."""
    prose = Cell(0, "markdown", "Later we do this in torch.")
    assert dear_imports(Submission("x.ipynb", "", None, None, (prose, Cell(1, "code", "import numpy as np")))) == ()
    assert dear_imports(Submission("x.ipynb", "", None, None, (prose, Cell(1, "code", written)))) == ("torch",)


@pytest.fixture
def rain() -> Iterator[str]:
    pytest.importorskip("pandas", reason="the extra `notebooks` brings it")
    pytest.importorskip("matplotlib", reason="the extra `notebooks` brings it")
    lesson_folders.use_only(CITY_RAIN)
    yield "city_rain"
    lesson_folders.use_only()


def test_a_lesson_of_plain_python_and_pandas_is_graded_without_torch(
    rain: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right answers of city_rain earn every point in a sandbox in which torch was never imported."""
    path = tmp_path / "rain.ipynb"
    path.write_text(build(rain, source.text_of(rain), "en", solved=True), encoding="utf-8")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(IS_LOADED))
    nbformat.write(notebook, path)
    loaded: list[bool] = []
    close = KernelSandbox.__exit__

    def look_and_close(sandbox: KernelSandbox, *exc: object) -> None:
        loaded.append(ask(sandbox, "is_loaded") or sandbox.misses_torch or "torch" in sandbox.imports)
        close(sandbox, *exc)

    monkeypatch.setattr(KernelSandbox, "__exit__", look_and_close)
    report = grade(path, seed=3)
    assert report.score.earned == report.score.possible and loaded == [False]
