"""What a reference notebook takes and prints: run from top to bottom by a Jupyter kernel of its own, one after the other.

    python bench/lessons.py                                   every lesson on the embedded data
    python bench/lessons.py knock80_89 --instead 'news()' 'news("FOLDER")' --instead 'vectors()' 'vectors("FILE")'

--instead puts other text in the place of some code, so that the same notebook runs on other data. Threads are as many as
the machine has cores, as at a student's, unless OMP_NUM_THREADS says otherwise. Seconds are told beside those that a kernel
takes to start and import torch, measured in the same run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
import nbformat
import psutil
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table

from grader.lessons import catalogue, source
from grader.packaging.build import build

ROOT = Path(__file__).parents[1]
START = "import torch; torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)"


@dataclass(frozen=True)
class Taken:
    """One notebook's seconds of wall and of processor, and all that it printed."""

    wall: float
    cpu: float
    printed: str


def run(notebook: nbformat.NotebookNode) -> Taken:
    """Raises nbclient's CellExecutionError where a cell raises."""
    with tempfile.TemporaryDirectory() as folder:  # without one, kernels started from the same folder hear each other
        return run_in(Path(folder), notebook)


def run_in(folder: Path, notebook: nbformat.NotebookNode) -> Taken:
    # Not by nbclient's own manager: its kernel must still live when its processor time is read.
    manager = KernelManager(
        kernel_name="python3", transport="ipc", ip=f"{folder}/s", connection_file=f"{folder}/kernel.json"
    )
    began = time.monotonic()
    client = NotebookClient(notebook, km=manager, timeout=3600)
    try:
        with client.setup_kernel(env={**os.environ, "PYTHONPATH": str(ROOT)}):
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            times = psutil.Process(manager.provisioner.process.pid).cpu_times()
    finally:
        manager.shutdown_kernel(now=True)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(
        output["text"] for output in outputs if output.output_type == "stream" and output.name == "stdout"
    )
    return Taken(time.monotonic() - began, times.user + times.system, printed)


def filled(lesson: str, instead: tuple[tuple[str, str], ...]) -> nbformat.NotebookNode:
    text = source.text_of(lesson)
    for old, new in instead:
        if old not in text:
            sys.exit(f"{old} does not stand in solutions/{lesson}.py.")
        text = text.replace(old, new)
    return nbformat.reads(build(lesson, text, "en", solved=True), as_version=4)


@click.command()
@click.argument("lessons", nargs=-1)
@click.option("--instead", nargs=2, multiple=True, metavar="OLD NEW", help="Run it with NEW where OLD stands.")
@click.option("--print", "shown", is_flag=True, help="Show what the notebooks print.")
def main(lessons: tuple[str, ...], instead: tuple[tuple[str, str], ...], shown: bool) -> None:
    console = Console(width=100)
    bare = run(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(START)]))
    table = Table("lesson", "wall, s", "processor, s", "against an empty one", title=f"{os.cpu_count()} cores")
    for lesson in lessons or tuple(part.id for part in catalogue()):
        taken = run(filled(lesson, instead))
        table.add_row(lesson, f"{taken.wall:.0f}", f"{taken.cpu:.0f}", f"{taken.wall / bare.wall:.1f} x")
        if shown:
            console.rule(lesson)
            console.print(taken.printed, markup=False, highlight=False)
    console.print(table)


if __name__ == "__main__":
    main()
