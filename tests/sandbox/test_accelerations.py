"""What only makes code faster changes no answer, and needs nothing that is not here."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade
from grader.model import Cell, Ending, Limits, Outcome
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.notebooks import save, solved, without_demonstrations

COMPILED = """
import torch
layer = torch.nn.Linear(3, 2)
assert torch.compile(layer) is layer and torch.compile(layer, mode="max-autotune") is layer
layer.compile(fullgraph=True)

@torch.compile
def twice(x):
    return 2 * x

@torch.compile(dynamic=True)
def thrice(x):
    return 3 * x

assert thrice(twice(1)) == 6 and layer(torch.ones(1, 3)).shape == (1, 2)
"""
WIDE = """
import torch
one = torch.full((4, 4), 1.001)
for narrow in (torch.autocast("cpu"), torch.autocast(device_type="cpu", dtype=torch.float16), torch.amp.autocast("cpu")):
    with narrow:
        assert (one @ one).dtype == torch.float32

@torch.autocast("cpu")
def squared(x):
    return x @ x

assert squared(one).dtype == torch.float32
"""


@pytest.mark.parametrize("source", [COMPILED, WIDE])
def test_the_code_runs_as_it_stands(source: str) -> None:
    """Compiled as a function, by decorators or in place, it is itself; autocast on a CPU leaves float32 alone."""
    with KernelSandbox(Limits(cell_cpu=60.0, call_wall=60.0), stand_ins=True) as sandbox:
        found = sandbox.run(Cell(0, "code", source))
        assert found.ending is Ending.OK, found.error


@pytest.mark.slow
@drawn(1)
@pytest.mark.parametrize(
    "line",
    [
        "    model = torch.compile(model)\n    model.train()\n",
        "    torch.autocast('cpu', dtype=torch.bfloat16).__enter__()\n    model.train()\n",
    ],
)
def test_a_training_that_is_made_faster_is_judged_as_any_other(
    line: str, tmp_path: Path, host: KernelFactory | None
) -> None:
    """A right training of a compiled model, or with autocast, has all its points."""
    notebook = without_demonstrations(solved("transformer_lm"))
    (cell,) = [cell for cell in notebook.cells if "def train_lm" in cell.source]
    cell.source = cell.source.replace("    model.train()\n", line)
    report = grade(save(notebook, tmp_path), seed=4, host=host, only=("lm_training",))
    assert {f.outcome for e in report.exercises for f in e.findings} == {Outcome.PASSED}
