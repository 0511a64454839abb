"""Make the example notebooks of examples/ from the solution file: right, untouched, and with five typical mistakes.

python tools/make_examples.py            write those whose cells have changed
python tools/make_examples.py --check    only say whether they are fresh

What a student hands in has been run, so these are run too (minutes), when their code has changed; outputs are not compared.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import nbformat.v4
from nbclient import NotebookClient

from grader.lessons import exercise, source
from grader.packaging.build import build

FOLDER = Path(__file__).parents[1] / "examples"
LESSON = "knock80_89"
MISTAKES = {
    "knock80": "ranks_from_zero",
    "knock81": "no_batch_first",
    "knock82": "zero_grad_forgotten",
    "knock85": "last_output_of_both",
    "knock86": "view_for_transpose",
}
# What a notebook from Colab begins with.
HABITS = (
    "!pip install -q transformers",
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "import torch\ndevice = torch.device('cuda')\nprint(torch.zeros(2, 3).cuda().shape)",
)
# This machine as Colab, for the three cells above: it says what Colab says.
AS_ON_COLAB = """
import sys, types
import torch
colab = types.ModuleType("google.colab")
colab.drive = types.SimpleNamespace(mount=lambda place: print("Mounted at", place))
sys.modules["google.colab"] = colab
sys.modules.setdefault("google", types.ModuleType("google")).colab = colab
torch.Tensor.cuda = lambda tensor: tensor
"""
INSTALLED = re.compile(r"/[^\s\x1b]*/site-packages/")  # where the libraries lie on the machine that ran it
HANDED_IN = ("right.ipynb", "five_mistakes.ipynb")


def notebooks() -> dict[str, str]:
    """File name -> content."""
    text = source.text_of(LESSON)
    stub = build(LESSON, text, "ja")
    return {
        "right.ipynb": as_filled_in(build(LESSON, text, "ja", solved=True), stub),
        "stub.ipynb": stub,
        "five_mistakes.ipynb": as_filled_in(five_mistakes(text), stub),
    }


def as_filled_in(content: str, stub: str) -> str:
    """The notebook with each cell's mark as it is handed out: who fills one in does not change the mark, and so it tells that they did."""
    notebook = nbformat.reads(content, as_version=4)
    marks = {cell.id: cell.metadata for cell in nbformat.reads(stub, as_version=4).cells}
    for cell in notebook.cells:
        cell.metadata = marks.get(cell.id, cell.metadata)
    written: str = nbformat.writes(notebook)
    return written + "\n"


def five_mistakes(text: str) -> str:
    for name, mistake in MISTAKES.items():
        edits = next(v.edits for v in exercise(name).misconceptions if v.id == mistake)
        edited = source.apply(text, name, edits)
        assert edited is not None, f"{mistake} does not fit into {name}"
        text = edited
    notebook = nbformat.reads(build(LESSON, text, "ja", solved=True), as_version=4)
    habits = [nbformat.v4.new_code_cell(cell, id=f"colab-{i}") for i, cell in enumerate(HABITS)]
    notebook.cells[1:1] = habits
    written: str = nbformat.writes(notebook)
    return written + "\n"


def handed_in(content: str, before: str) -> str:
    """The notebook with outputs: those that it had before, or where its code has changed, those of a new run."""
    notebook, old = (nbformat.reads(text, as_version=4) for text in (content, before or content))
    kept = [cell for cell in code_of(old) if cell.execution_count]
    mine = code_of(notebook)
    if [cell.source for cell in kept] != [cell.source for cell in mine]:
        kept = played(nbformat.reads(content, as_version=4))
    for count, (cell, run) in enumerate(zip(mine, kept, strict=True)):
        cell.outputs, cell.execution_count = run.outputs, count + 1
    written: str = nbformat.writes(notebook)
    return written + "\n"


def played(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Its code cells after a run in a kernel of its own. A mistake may end a cell with an error, as it does at the student's."""
    for cell in notebook.cells:
        if cell.source.startswith("!pip install -q"):  # which prints nothing
            cell.source = ""
    notebook.cells.insert(0, nbformat.v4.new_code_cell(AS_ON_COLAB))
    NotebookClient(notebook, timeout=None, kernel_name="python3", record_timing=False, allow_errors=True).execute()
    code = code_of(notebook)[1:]
    for output in (output for cell in code for output in cell.outputs if output.output_type == "error"):
        output.traceback = [INSTALLED.sub("site-packages/", line) for line in output.traceback]
    return code


def code_of(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def cells_of(content: str) -> str:
    """A notebook without its outputs."""
    notebook = nbformat.reads(content, as_version=4)
    for cell in code_of(notebook):
        cell.outputs, cell.execution_count = [], None
    written: str = nbformat.writes(notebook)
    return written


def main() -> None:
    stale = []
    for name, content in notebooks().items():
        path = FOLDER / name
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        if not before or cells_of(before) != cells_of(content):
            stale.append(name)
            if "--check" not in sys.argv:
                FOLDER.mkdir(exist_ok=True)
                path.write_text(handed_in(content, before) if name in HANDED_IN else content, encoding="utf-8")
                print(f"wrote {path}")
    if stale and "--check" in sys.argv:
        sys.exit(f"not up to date: {', '.join(stale)}; run `make build`")


if __name__ == "__main__":
    main()
