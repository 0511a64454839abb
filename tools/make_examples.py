"""Make the example notebooks of examples/ from the solution file: right, untouched, and with five typical mistakes.

python tools/make_examples.py            write them
python tools/make_examples.py --check    only say whether they are fresh
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import nbformat.v4

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


def notebooks() -> dict[str, str]:
    """File name -> content."""
    text = source.text_of(LESSON)
    return {
        "right.ipynb": build(LESSON, text, "ja", solved=True),
        "stub.ipynb": build(LESSON, text, "ja"),
        "five_mistakes.ipynb": five_mistakes(text),
    }


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


def main() -> None:
    stale = []
    for name, content in notebooks().items():
        path = FOLDER / name
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if "--check" not in sys.argv:
                FOLDER.mkdir(exist_ok=True)
                path.write_text(content, encoding="utf-8")
                print(f"wrote {path}")
    if stale and "--check" in sys.argv:
        sys.exit(f"not up to date: {', '.join(stale)}; run `make build`")


if __name__ == "__main__":
    main()
