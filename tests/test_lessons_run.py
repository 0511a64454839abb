"""Every lesson as a learner runs it: from top to bottom in a Jupyter kernel, with all its trainings and plots."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import nbformat
import pytest
from nbclient import NotebookClient

from grader import lessons
from grader.model import Language
from tests.notebooks import solved

SCORE = re.compile(r"^(\S.*?) +[█░]+ +(\S+) / (\S+)$", re.MULTILINE)  # A box of layers    ████████████   6 / 6


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("lesson", lessons.names())
def test_a_solved_notebook_runs_without_an_error_or_a_warning(lesson: str, language: Language, tmp_path: Path) -> None:
    """Nothing raises, nothing is written to stderr, and each check cell gives full marks."""
    exercises = lessons.lesson(lesson).exercises
    notebook = solved(lesson, language)
    client = NotebookClient(notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute()  # raises CellExecutionError with the traceback of the cell
    assert not [output for output in outputs(notebook) if output.get("name") == "stderr"]
    said = "\n".join(output.get("data", {}).get("text/plain", "") for output in outputs(notebook))
    last = {title: (earned, possible) for title, earned, possible in SCORE.findall(said)}  # 83 is checked by halves
    assert [earned == possible for earned, possible in last.values()] == [True] * len(exercises)


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]
