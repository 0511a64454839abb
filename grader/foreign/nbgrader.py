"""An assignment as its author keeps it for nbgrader: the notebook in `source/`, with solutions and hidden tests.

The cells' metadata (`"nbgrader": {"grade": true, "solution": false, "grade_id": "correct_squares", "points": 1}`) tells what each is:

    solution              an answer that is graded by tests
    grade                 tests, worth points: all of them where the cell runs through, else none
    grade and solution    an answer that a person reads; a task too
    neither               text and code that stay
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import nbformat

from grader.errors import AuthoringError
from grader.foreign.assignment import Assignment, Kind, Part, into_questions, titled

MARK = re.compile(r"(?m)^([ \t]*)#{1,3} ?(BEGIN|END) (SOLUTION|HIDDEN TESTS)[ \t]*$")  # ### BEGIN SOLUTION
MAGIC = re.compile(r"(?m)^([ \t]*)([%!].*)$")  # %matplotlib inline


def read_nbgrader(path: Path, taken: frozenset[str] = frozenset()) -> Assignment:
    """taken: ids of exercises that there are already. Raises AuthoringError for what is no such notebook."""
    notebook = opened(path)
    parts = tuple(part_of(cell) for cell in notebook.cells if str(cell.source).strip())
    questions = into_questions(parts, taken)
    if not questions:
        raise AuthoringError(
            f"{path} has no cell with tests: in nbgrader's source notebook its metadata says grade and points. Import that one.",
            ja=f"{path} に採点用のテストのセルがありません。nbgrader の source フォルダにあるノートブックを指定してください。",
        )
    return Assignment(titled(parts, path), parts, questions, tuple(notes_on(parts)))


def opened(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of cells without ids, which are of no use here
            notebook = nbformat.read(path, as_version=4)
    except OSError as error:
        raise AuthoringError(
            f"{path} cannot be read: {error.strerror}.", ja=f"{path} を読めません（{error.strerror}）。"
        ) from error
    except Exception as error:  # whatever its bytes make nbformat raise
        raise AuthoringError(
            f"{path} is no notebook: {error}.", ja=f"{path} はノートブックではありません（{error}）。"
        ) from error
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if str(language).lower() != "python":
        raise AuthoringError(
            f"{path} is in {language}; lessons are in Python.",
            ja=f"{path} は {language} です。課題は Python だけです。",
        )
    return notebook


def part_of(cell: Any) -> Part:
    told = cell.metadata.get("nbgrader", {})
    markdown = cell.cell_type != "code"
    kind = kind_of(told, markdown)
    source = (
        marks_in_text(str(cell.source))
        if markdown
        else MAGIC.sub(r"\1pass  # \2", MARK.sub(r"\1# \2 \3", str(cell.source)))
    )
    points = told.get("points", 0) if kind in ("tests", "manual") else 0
    name, worth = str(told.get("grade_id", "")), max(0.0, float(points or 0))
    return Part(kind, source, name, worth, markdown, is_task=bool(told.get("task")))


def marks_in_text(source: str) -> str:
    """A cell of text with its regions as ours, and without the scheme to mark by; the words count wherever they stand in a line.

    === BEGIN SOLUTION ===, ### BEGIN MARK SCHEME
    """
    kept, inside = list[str](), False
    for line in source.split("\n"):
        mark = next((mark for mark in ("BEGIN SOLUTION", "END SOLUTION") if mark in line), line)
        inside = "BEGIN MARK SCHEME" in line or (inside and "END MARK SCHEME" not in line)
        if not inside and "END MARK SCHEME" not in line:
            kept.append(mark)
    return "\n".join(kept)


def kind_of(told: Any, markdown: bool) -> Kind:
    grade, solution = bool(told.get("grade")), bool(told.get("solution"))
    if told.get("task") or (grade and solution):
        return "manual"
    if grade and not markdown:
        return "tests"
    if solution and not markdown:
        return "answer"
    return "text" if markdown else "code"


def notes_on(parts: tuple[Part, ...]) -> list[str]:
    """What does not come over as it was, for whoever imports it."""
    found = []
    for part in parts:
        if not part.markdown and " pass  # " in f" {part.source}" and MAGIC.search(part.source.replace("pass  # ", "")):
            found.append(f"{part.name or 'a cell'}: lines that only IPython understands are commented out")
        if part.kind == "answer" and "# BEGIN SOLUTION" not in part.source:
            found.append(f"{part.name}: no BEGIN SOLUTION, so the whole cell is taken for the solution")
        if part.kind == "manual":
            found.append(f"{part.name}: {part.points:g} points are a person's, as reading notes")
        if part.is_task:
            found.append(f"{part.name}: a scheme to mark by is not taken over; students would read it in the rubric")
    return found
