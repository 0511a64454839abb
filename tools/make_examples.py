"""Make the example notebooks of examples/ from the solution file: right, untouched, and with five typical mistakes.

Those that hold answers have been run, as a student's have, and carry what their cells printed.

python tools/make_examples.py            write those that are not up to date
python tools/make_examples.py --check    only say whether they are fresh
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import nbformat.v4
from nbclient import NotebookClient
from nbformat import NotebookNode

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
# What a notebook from Colab begins with, and what Colab says to it: here there is none.
HABITS = {
    "!pip install -q transformers": "",
    "from google.colab import drive\ndrive.mount('/content/drive')": "Mounted at /content/drive\n",
    "import torch\ndevice = torch.device('cuda')\nprint(torch.zeros(2, 3).cuda().shape)": "torch.Size([2, 3])\n",
}
UNTOUCHED = "stub.ipynb"
LONGEST = 600  # seconds for a notebook


def notebooks() -> dict[str, str]:
    """File name -> content."""
    text = source.text_of(LESSON)
    return {
        "right.ipynb": build(LESSON, text, "ja", solved=True),
        UNTOUCHED: build(LESSON, text, "ja"),
        "five_mistakes.ipynb": five_mistakes(text),
    }


def five_mistakes(text: str) -> str:
    for name, mistake in MISTAKES.items():
        edits = next(v.edits for v in exercise(name).misconceptions if v.id == mistake)
        edited = source.apply(text, name, edits)
        assert edited is not None, f"{mistake} does not fit into {name}"
        text = edited
    notebook = nbformat.reads(build(LESSON, text, "ja", solved=True), as_version=4)
    habits = [nbformat.v4.new_code_cell(source, id=f"colab-{i}") for i, source in enumerate(HABITS)]
    notebook.cells[1:1] = habits
    return written(notebook)


def without_log(text: str) -> str:
    """A notebook as it was before it was run."""
    notebook = nbformat.reads(text, as_version=4)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("language_info", None)
    return written(notebook)


def with_log(text: str) -> str:
    """The notebook run from the top, errors included, but for what only Colab has."""
    notebook = nbformat.reads(text, as_version=4)
    asked = list(notebook.cells)
    notebook.cells = [cell for cell in asked if cell.source not in HABITS]
    NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", record_timing=False, allow_errors=True).execute()
    notebook.cells = asked
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
        if said := HABITS.get(cell.source):
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=said)]
    return written(notebook)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def written(notebook: NotebookNode) -> str:
    text: str = nbformat.writes(notebook)
    return text + "\n"


def is_fresh(name: str, content: str) -> bool:
    path = FOLDER / name
    return path.is_file() and without_log(path.read_text(encoding="utf-8")) == without_log(content)


def main() -> None:
    stale = [name for name, content in notebooks().items() if not is_fresh(name, content)]
    if "--check" not in sys.argv:
        FOLDER.mkdir(exist_ok=True)
        for name in stale:
            content = notebooks()[name]
            run = content if name == UNTOUCHED else with_log(content)
            (FOLDER / name).write_text(run, encoding="utf-8")
            print(f"wrote {FOLDER / name}")
    if stale and "--check" in sys.argv:
        sys.exit(f"not up to date: {', '.join(stale)}; run `make build`")


if __name__ == "__main__":
    main()
