"""The same submission gets the same findings, wherever and however often it is graded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat.v4
import pytest

from grader.box.doctor import examine
from grader.box.hosts import WarmHost
from grader.grading import grade, jail
from grader.model import Report
from tests.notebooks import answer_cells, save, solved

ONLY = ("positional_encoding", "causal_mask", "multi_head")
jailed = pytest.mark.skipif(not examine().safe, reason=f"no jail here: {[layer.value for layer in examine().missing]}")


def told(report: Report) -> list[object]:
    """All that is reported, without times and names of boxes."""
    return [
        (f.check, f.outcome, f.rationale, f.help, f.misconception, f.evidence, f.place, f.advice)
        for e in report.exercises
        for f in e.findings
    ]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mistakes, chance and training: a notebook whose report would show a difference."""
    made = solved("transformer_lm", causal_mask="one_too_many", multi_head="scale_by_d_model")
    (cell,) = answer_cells(made, "positional_encoding")
    cell.source += (
        "\n_right = positional_encoding\ndef positional_encoding(*args):\n    return _right(*args) + torch.randn(1)\n"
    )
    made.cells.insert(2, nbformat.v4.new_code_cell("import random\nnoise = torch.randn(3) * random.random()"))
    return save(made, tmp_path_factory.mktemp("determinism"))


@jailed
def test_cold_and_jailed_kernels_report_the_same(notebook: Path) -> None:
    """Down to the last digit, also for code that draws random numbers."""
    cold = grade(notebook, seed=4, only=ONLY)
    with jail() as host:
        warm = grade(notebook, seed=4, only=ONLY, host=host)
        again = grade(notebook, seed=4, only=ONLY, host=host)
    assert told(cold) == told(warm) == told(again)
    assert warm.provenance.isolation.startswith("jail")


@jailed
def test_company_changes_nothing(notebook: Path) -> None:
    """Graded among others at the same time, in threads of one judge's process, the findings are those of a lonely run."""
    with jail() as host:
        assert isinstance(host, WarmHost)
        alone = told(grade(notebook, seed=4, only=("causal_mask",), host=host))
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(grade, notebook, seed=4, only=("causal_mask",), host=host) for _ in range(6)]
            assert all(told(job.result()) == alone for job in jobs)
