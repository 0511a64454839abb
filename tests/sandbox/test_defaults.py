"""Every question finds torch and numpy as they were before the notebook's first cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch

from grader.grading import grade
from grader.model import Cell, Outcome
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.local import LocalSandbox
from tests.notebooks import save, solved, without_demonstrations

LEFT = (
    "import torch; torch.set_grad_enabled(False)",
    "import torch; torch.set_default_dtype(torch.float64)",
    "import torch; off = torch.inference_mode(); off.__enter__()",
    "import torch; torch.set_float32_matmul_precision('medium')",
    "import torch; torch.autograd.set_detect_anomaly(True)",
    "import numpy as np; np.seterr(all='raise')",
)
LOOK = """
def look():
    import numpy as np
    import torch
    return [
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        str(torch.get_default_dtype()),
        torch.get_float32_matmul_precision(),
        torch.is_anomaly_enabled(),
        np.geterr()["divide"],
    ]
"""


@pytest.fixture
def given_back() -> Any:
    """A cell that is run here leaves nothing for other tests."""
    before = torch.get_default_dtype(), torch.get_float32_matmul_precision(), np.geterr()
    yield
    torch.set_grad_enabled(True)
    torch.autograd.set_detect_anomaly(False)
    torch.set_default_dtype(before[0])
    torch.set_float32_matmul_precision(before[1])
    np.seterr(**before[2])


@pytest.mark.parametrize("line", [line for line in LEFT if "inference_mode" not in line])
def test_a_question_finds_the_state_of_the_beginning(line: str, given_back: None) -> None:
    """Whatever the notebook set; and afterwards it is as the notebook left it."""
    sandbox = LocalSandbox({})
    for index, source in enumerate((LOOK, line)):
        sandbox.run(Cell(index, "code", source))
    left = sandbox.namespace["look"]()
    with sandbox.branch() as branch:
        reply = branch.ask({"op": "call", "section": None, "target": "look", "args": (), "kwargs": {}, "seed": 1})
    assert reply.value == [True, False, "torch.float32", "highest", False, "warn"]
    assert sandbox.namespace["look"]() == left


@pytest.mark.parametrize("line", LEFT[:3])
def test_right_work_loses_nothing_by_the_state_a_notebook_ends_in(
    line: str, tmp_path: Path, host: KernelFactory | None
) -> None:
    """A right model whose notebook ends with gradients switched off, or in other numbers, has all its points."""
    notebook = without_demonstrations(solved("transformer_lm"))
    notebook.cells.append(nbformat.v4.new_code_cell(line))
    report = grade(save(notebook, tmp_path), seed=4, host=host, only=("multi_head", "lm_training"))
    assert {f.outcome for e in report.exercises for f in e.findings} == {Outcome.PASSED}
