"""solutions/LESSON.py -> exercises/{ja,en}/LESSON.ipynb. Pure and deterministic: the same text gives the same bytes.

A solution file is a py:percent script. A cell's header says whose it is: `lang="ja"` cells go to the Japanese
notebook only; `role="answer"` cells lose what stands between BEGIN SOLUTION and END SOLUTION; `role="demo"` cells
lose their `if __name__ == "__main__":` line; a `role="notes"` cell holds an example of reading notes and becomes empty. A line of a region may end in `# STUB: code`, which is then what the student
finds in its place, instead of one `raise NotImplementedError` for the whole region (a dict to fill in, say).
"""

from __future__ import annotations

import re
import textwrap
from typing import Any

import nbformat
import nbformat.v4

from grader.errors import AuthoringError
from grader.model import Language
from grader.notebook.read import fingerprint

REGION = re.compile(r"(?ms)^([ \t]*)# BEGIN SOLUTION\n(.*?)^[ \t]*# END SOLUTION\n?")
STUB = re.compile(r"(?m)^([ \t]*)(.*?)  # STUB: (.*)$")
WRITE_HERE = {"ja": "# ここに書いてください", "en": "# write your code here"}
WRITE_NOTES = {"ja": "（ここに書いてください）", "en": "(Write here.)"}
GUARD = 'if __name__ == "__main__":\n'
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(lesson: str, text: str, language: Language, solved: bool = False) -> str:
    """The notebook of a solution file as JSON text. solved: with the answers left in.

    Raises AuthoringError for a cell that breaks the rules above.
    """
    notebook = nbformat.v4.new_notebook(metadata={**METADATA, "grader": {"lesson": lesson, "lang": language}})
    notebook.nbformat_minor = 5
    counts: dict[str, int] = {}
    for cell in parse(text):
        ours = cell.metadata
        if ours.get("lang", language) != language:
            continue
        stem = f"{ours.get('exercise', 'lesson')}-{ours.get('role', 'text')}".replace("_", "-")
        counts[stem] = counts.get(stem, 0) + 1
        notebook.cells.append(make(cell, f"{stem}-{counts[stem]}", language, solved))
    written: str = nbformat.writes(notebook)
    return written + "\n"


def parse(text: str) -> list[Any]:
    import jupytext  # an author's tool: students and instructors need not have it

    cells: list[Any] = jupytext.reads(text, fmt="py:percent").cells
    return cells


def make(cell: Any, name: str, language: Language, solved: bool) -> Any:
    ours = {key: cell.metadata[key] for key in ("exercise", "role") if key in cell.metadata}
    if cell.cell_type == "markdown":
        source = notes(cell.source, language, solved) if ours.get("role") == "notes" else cell.source
        made = nbformat.v4.new_markdown_cell(source, id=name)
        if ours.get("role") == "notes":
            ours["sha"] = "" if solved else fingerprint(source)
    else:
        source = cell.source
        if ours.get("role") == "answer":
            source = answer(source, language, solved)
        if ours.get("role") == "demo":
            source = demo(source)
        made = nbformat.v4.new_code_cell(source, id=name)
        ours["sha"] = fingerprint(source)
    made.metadata = nbformat.from_dict({"grader": ours} if ours else {})
    return made


def answer(source: str, language: Language, solved: bool) -> str:
    """The cell with its answer in, or with a place to write one."""
    source = source.rstrip() + "\n"
    if not REGION.search(source):
        raise AuthoringError(f"an answer cell has no BEGIN SOLUTION / END SOLUTION:\n{source[:200]}")

    def place(match: re.Match[str]) -> str:
        indent, body = match.groups()
        if solved:
            return STUB.sub(r"\1\2", body)
        stub = "".join(f"{margin}{code}\n" for margin, _, code in STUB.findall(body))
        return f"{indent}{WRITE_HERE[language]}\n" + (stub or f"{indent}raise NotImplementedError\n")

    return REGION.sub(place, source).rstrip("\n")


def notes(source: str, language: Language, solved: bool) -> str:
    """The place for the student's own words; `source` holds ours, as an example."""
    return source if solved else WRITE_NOTES[language]


def demo(source: str) -> str:
    """The body of the guard, which a notebook does not need."""
    before, guard, body = source.partition(GUARD)
    if not guard or before.strip():
        raise AuthoringError(f"a demo cell has to begin with {GUARD.strip()}:\n{source[:200]}")
    return textwrap.dedent(body)
