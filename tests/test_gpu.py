"""On a machine with a GPU: the same code gets the same findings as on one without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4
import pytest
import torch
from nbclient import NotebookClient

import grader
from grader.grading import grade
from grader.lessons import catalogue
from grader.model import Outcome
from grader.sandbox.kernel_factory import OwnKernelSpec
from tests.notebooks import answer_cells, save, solved, without_demonstrations

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
ROOT = Path(grader.__file__).parents[1]
MISTAKES = {
    "knock80_89": {"knock81": "no_batch_first"},
    "attention_translation": {"dot_attention": "no_scale"},
    "transformer_lm": {"causal_mask": "one_too_many", "multi_head": "scale_by_d_model"},
    "bert": {"heads": "positions_pooled"},
}
TELL = """
import json
from grader import check
for name in {names}:
    found = check(name, lang="en").exercise.findings
    print("TOLD", json.dumps([name, [[f.check, f.outcome, f.misconception and f.misconception.id] for f in found]]))
"""


def on_the_gpu(notebook: nbformat.NotebookNode, seconds: int) -> nbformat.NotebookNode:
    """The notebook after a kernel that sees the GPU has run it from top to bottom."""
    client = NotebookClient(notebook, timeout=seconds)
    client.km = client.create_kernel_manager()
    client.km.kernel_spec_manager = OwnKernelSpec()
    return client.execute(env={**os.environ, "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"})


def told(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    lines = "".join(o.get("text", "") for o in notebook.cells[-1].outputs).splitlines()
    return dict(json.loads(line.removeprefix("TOLD ")) for line in lines if line.startswith("TOLD "))


def graded(path: Path, lesson: str) -> dict[str, Any]:
    """What `grade` finds where no GPU is to be seen, in a process of its own."""
    code = f"""
import json, sys, torch
from pathlib import Path
from grader.grading import grade
assert not torch.cuda.is_available()
report = grade(Path(sys.argv[1]), seed=1, lesson={lesson!r})
for e in report.exercises:
    print("TOLD", json.dumps([e.id, [[f.check, f.outcome, f.misconception and f.misconception.id] for f in e.findings]]))
"""
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = [line.removeprefix("TOLD ") for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    return dict(json.loads(line) for line in lines)


@pytest.mark.parametrize("lesson", MISTAKES)
def test_checks_in_the_notebook_say_what_grade_says_elsewhere(lesson: str, tmp_path: Path) -> None:
    """Mistakes and right answers alike: in a kernel on the GPU, and graded where there is none."""
    names = [e.id for e in next(part for part in catalogue() if part.id == lesson).exercises]
    notebook = without_demonstrations(solved(lesson, **MISTAKES[lesson]))
    elsewhere = graded(save(notebook, tmp_path), lesson)
    cells = [*notebook.cells, nbformat.v4.new_code_cell(TELL.format(names=names))]
    here = told(on_the_gpu(nbformat.v4.new_notebook(cells=cells), 600))
    assert here == {name: elsewhere[name] for name in names}
    found = {mistake for name in names for _, _, mistake in here[name] if mistake}
    assert found >= set(MISTAKES[lesson].values())


@pytest.mark.slow
@pytest.mark.parametrize("lesson", MISTAKES)
def test_a_lesson_trained_on_the_gpu_is_right_and_so_is_its_log(lesson: str, tmp_path: Path) -> None:
    """The reference notebook runs there with all demonstrations, then passes every check, there and by `grade`, whose log agrees."""
    names = [e.id for e in next(part for part in catalogue() if part.id == lesson).exercises]
    notebook = solved(lesson)
    notebook.cells.append(nbformat.v4.new_code_cell(TELL.format(names=names)))
    ran = on_the_gpu(notebook, 900)
    here = told(ran)
    assert all(outcome == Outcome.PASSED for name in names for _, outcome, _ in here[name]), here
    keep = os.environ.get("KEEP_NOTEBOOKS")
    ran.cells.pop()
    path = save(ran, Path(keep) if keep else tmp_path, f"{lesson}_gpu.ipynb")
    report = grade(path, seed=1, lesson=lesson)
    assert {name: here[name] for name in names} == {
        e.id: [[f.check, f.outcome, None] for f in e.findings] for e in report.exercises if e.id in names
    }
    assert not [text.en for text in report.remarks if "printed something else" in text.en]


def test_what_lies_on_the_gpu_already_is_asked_all_the_same() -> None:
    """A mask that an earlier cell put on the GPU does not meet the judge's tensors on the CPU."""
    from grader import check

    (cell,) = answer_cells(solved("transformer_lm"), "causal_mask")
    source = f"{cell.source}\nTRUE = torch.ones(1, dtype=torch.bool, device='cuda')\n_right = causal_mask\n"
    source += "def causal_mask(size):\n    return torch.cat([_right(size) & TRUE, TRUE.expand(0, size)])\n"
    scope: dict[str, Any] = {"__name__": "__main__", "torch": torch, "check": check}
    exec(source, scope)
    assert eval("check('causal_mask')", scope).passed
