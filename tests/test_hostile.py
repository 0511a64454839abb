"""Notebooks that try to get points without computing, or to take the grader down, cold and in the jail.

Each is an otherwise right notebook of the Transformer lesson whose causal mask is wrong (flipped). Whatever the
hostile cell does, the mask earns what the wrong answer earns, and the other exercises keep everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat.v4
import pytest

from grader.grading import grade, jail
from grader.model import ExerciseReport, Limits, Outcome, Report
from grader.sandbox.doctor import examine
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.notebooks import answer_cells, save, solved

LESSON, TARGET, NEIGHBOUR = "transformer_lm", "causal_mask", "positional_encoding"
LIMITS = Limits(cell_wall=10.0, cell_cpu=10.0, call_wall=10.0, check_wall=20.0)
# In the warm process no cell imports torch, so an endless one need not burn as much before it is ended.
SHORT = replace(LIMITS, cell_cpu=3.0)

jailed = pytest.mark.skipif(not examine().safe, reason=f"no jail here: {[layer.value for layer in examine().missing]}")

PATCHES = {
    "np.allclose": "import numpy as np; np.allclose = lambda *a, **k: True",
    "torch.allclose": "torch.allclose = torch.equal = lambda *a, **k: True",
    "Tensor.__eq__": "torch.Tensor.__eq__ = lambda self, other: torch.ones_like(self, dtype=torch.bool)",
    "fake results": "print('causal_mask: 5 / 5 passed'); print('{\"score\": 5}')",
    "frames": """
import sys
def causal_mask(size):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, torch.Tensor) and value.shape == (size, size):
                return value
        frame = frame.f_back
    return torch.zeros(size, size, dtype=torch.bool)
""",
    "reading the grader's memory": """
import gc
def causal_mask(size):
    for thing in gc.get_objects():
        if isinstance(thing, torch.Tensor) and thing.shape == (size, size):
            return thing
    return torch.zeros(size, size, dtype=torch.bool)
""",
    "a tensor that says yes": """
class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True
def causal_mask(size): return torch.zeros(size, size).bool().as_subclass(Yes)
""",
    "patching the packer": """
import sys
probe = sys.modules["grader_agent"]
kept = probe.pack
probe.pack = lambda value, limit=0: kept({"value": {"outcome": "passed", "points": 100}})
""",
    "a pickle that lies": """
import pickle
class Poison:
    def __reduce__(self): return (print, ("poisoned",))
def causal_mask(size): return pickle.dumps(Poison())
""",
    "finding the judge": """
import os, sys
def causal_mask(size):
    judged = sys._getframe(1).f_code.co_name != "<module>" or "grader_agent" in sys.modules
    return torch.ones(size, size, dtype=torch.bool) if judged else None
""",
    "shadowing modules by files": """
import os
for name in ("torch", "json", "safetensors", "grader", "struct", "socket"):
    open(name + ".py", "w").write("raise SystemExit(0)")
""",
    "importing the answers": """
import sys
found = None
for name in ("solutions.transformer_lm", "grader._solutions.transformer_lm"):
    try:
        found = __import__(name, fromlist=["causal_mask"]).causal_mask
    except Exception:
        pass
causal_mask = found or causal_mask
""",
    "patching safetensors": """
import safetensors.torch
safetensors.torch.save = lambda tensors, metadata=None: b""
""",
}

ENDINGS = {
    "os._exit": "import os; os._exit(0)",
    "sys.exit": "import sys; sys.exit(0)",
    "while True": "while True: pass",
    "swallowing interrupts": "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
    "a syntax error": "def causal_mask(size:\n    return 1",
    "a flood": "import sys\nfor _ in range(20000): print('x' * 200)",
}

REPLIES = {
    "NaN": "torch.full((size, size), float('nan'))",
    "the wrong shape": "torch.ones(size + 1, size, dtype=torch.bool)",
    "the wrong type": "'all of it'",
    "nothing": "None",
    "two gigabytes": "torch.ones(1 << 29)",
    "itself": "causal_mask",
    "a deep list": "[[[[[[[[[[1]]]]]]]]]]",
    "a list in itself": "(lambda x: (x.append(x), x)[1])([])",
    "an exit": "__import__('os')._exit(0)",
    "a SystemExit": "__import__('sys').exit(0)",
    "an endless loop": "[None for _ in iter(int, 1)]",
}


# Only the jail keeps its promises to everybody; a cold kernel is tried with one of each kind. The others: in the slow suite.
some = drawn({"cold": 1, "jail": 2}, lambda case: case["host"])


@pytest.fixture(scope="module", params=["cold", pytest.param("jail", marks=jailed)])
def host(request: pytest.FixtureRequest) -> Iterator[KernelFactory | None]:
    """Cold kernels, or jailed ones of one warm process that has to live through it all."""
    if request.param == "cold":
        yield None
        return
    with jail() as found:
        yield found


def graded(tmp_path: Path, host: KernelFactory | None, cell: str, place: str = "after") -> Report:
    """The report on the notebook with a hostile cell beside the wrong causal mask."""
    notebook = solved(LESSON, causal_mask="flipped")
    (target,) = answer_cells(notebook, TARGET)
    hostile = nbformat.v4.new_code_cell(cell, metadata={"grader": {"exercise": TARGET}})
    at = notebook.cells.index(target) + 1
    notebook.cells[at:at] = [hostile]
    if place == "instead":
        notebook.cells.remove(target)
    return grade(
        save(notebook, tmp_path), seed=11, only=(TARGET, NEIGHBOUR), limits=SHORT if host else LIMITS, host=host
    )


def part(report: Report, name: str) -> ExerciseReport:
    return next(e for e in report.exercises if e.id == name)


@pytest.fixture(scope="module")
def honest(host: KernelFactory | None, tmp_path_factory: pytest.TempPathFactory) -> float:
    """What the wrong mask earns by itself."""
    report = graded(tmp_path_factory.mktemp("honest"), host, "pass")
    earned = part(report, TARGET).score.earned
    assert earned is not None and earned < part(report, TARGET).score.possible
    return earned


@some
@pytest.mark.parametrize("name", PATCHES)
def test_patching_gains_nothing(name: str, host: KernelFactory | None, tmp_path: Path, honest: float) -> None:
    """Replacing what a judge might compare with, or looking for the answer in this process, earns no point."""
    if host is None and name == "importing the answers":
        pytest.skip("a cold kernel sees the whole file system; only the jail promises that the answers are not there")
    report = graded(tmp_path, host, PATCHES[name])
    earned = part(report, TARGET).score.earned
    assert earned is not None and earned <= honest, [f.outcome for f in part(report, TARGET).findings]
    if name not in (
        "Tensor.__eq__",
        "patching the packer",
        "patching safetensors",
    ):  # these break the student's own torch
        assert part(report, NEIGHBOUR).score.earned == part(report, NEIGHBOUR).score.possible


@some
@pytest.mark.parametrize("name", ENDINGS)
def test_ending_the_kernel_costs_nobody_else(
    name: str, host: KernelFactory | None, tmp_path: Path, honest: float
) -> None:
    """A cell that ends, blocks, floods or breaks costs itself: the neighbour keeps everything."""
    report = graded(tmp_path, host, ENDINGS[name])
    earned = part(report, TARGET).score.earned
    assert earned is not None and earned <= honest
    assert part(report, NEIGHBOUR).score.earned == part(report, NEIGHBOUR).score.possible


@some
@pytest.mark.parametrize("name", REPLIES)
def test_odd_replies_fail_and_nothing_else(name: str, host: KernelFactory | None, tmp_path: Path) -> None:
    """Whatever a function returns instead of a mask is a finding about it, never a fault of ours."""
    report = graded(tmp_path, host, f"def causal_mask(size): return {REPLIES[name]}", "instead")
    findings = part(report, TARGET).findings
    assert part(report, TARGET).score.earned == 0
    assert not {f.outcome for f in findings} & {Outcome.BROKEN, Outcome.PASSED}
    assert part(report, NEIGHBOUR).score.earned == part(report, NEIGHBOUR).score.possible
