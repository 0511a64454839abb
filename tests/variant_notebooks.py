"""Answers in other people's styles: `tests/variants/{right,wrong}/EXERCISE__name.py`, each put into a right notebook.

The top-level functions and classes of a file take the place of those of the same name in the reference answer; whatever
else stands in it is put in front. Lines `# key: value` at its top say

    about    what it is, in one line
    name     (wrong) the ids of misconceptions that are a right name for it, by comma
    part     (wrong) ids that are half right
    drop     (right) a definition of the reference that the variant does without
    lenient  (wrong) why it is let pass on purpose
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grader import lessons
from tests.notebooks import answer_cells, solved, without_demonstrations

FOLDER = Path(__file__).parent / "variants"
KEY = re.compile(r"# (about|name|part|known|lenient|drop): *(.*)")  # "# name: mean_over_time, no_batch_first"


@dataclass(frozen=True)
class AnswerVariant:
    """One answer in another style. names, half_names: the misconceptions that describe a wrong one, wholly or in part."""

    id: str
    exercise: str
    text: str
    right: bool
    names: frozenset[str]
    half_names: frozenset[str]
    lenient: bool
    dropped: frozenset[str]

    @property
    def lesson(self) -> str:
        return lessons.exercise(self.exercise).lesson


def read_variants(folder: Path = FOLDER) -> list[AnswerVariant]:
    """All variants below a folder, by path."""
    return [read_variant(path) for path in sorted(folder.glob("*/*__*.py"))]


def read_variant(path: Path) -> AnswerVariant:
    text = path.read_text("utf-8")
    said: dict[str, list[str]] = {}
    for line in text.splitlines():
        found = KEY.fullmatch(line)
        if not found:
            break
        said.setdefault(found[1], []).extend(word.strip() for word in found[2].split(",") if word.strip())
    return AnswerVariant(
        id=f"{path.parent.name}/{path.stem}",
        exercise=path.stem.partition("__")[0],
        text=text,
        right=path.parent.name == "right",
        names=frozenset(said.get("name", ())),
        half_names=frozenset(said.get("part", ())),
        lenient="lenient" in said,
        dropped=frozenset(said.get("drop", ())),
    )


def notebook_with(variant: AnswerVariant) -> nbformat.NotebookNode:
    """The lesson with its answers in and its demonstrations left out; one exercise is answered by the variant."""
    book = without_demonstrations(solved(variant.lesson))
    put_over(answer_cells(book, variant.exercise), variant)
    return book


def put_over(cells: list[nbformat.NotebookNode], variant: AnswerVariant) -> None:
    """Put a variant in the place of an answer, which may stand in two cells: 83 has a rung in it."""
    cells[0].source = merged("\n\n\n".join(cell.source for cell in cells), variant)
    for cell in cells[1:]:
        cell.source = ""


def merged(reference: str, variant: AnswerVariant) -> str:
    """The reference answer with the variant's definitions in place of its own.

    Helpers that only the variant has come first, in their order; statements other than imports come last.
    """
    ours, first = definitions(reference)
    theirs, rest = definitions(variant.text)
    statements = ast.parse(rest).body
    imports = [node for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
    others = [node for node in statements if node not in imports]
    parts = (
        first,
        *map(ast.unparse, imports),
        *(code for name, code in theirs.items() if name not in ours),
        *(theirs.get(name, code) for name, code in ours.items() if name not in variant.dropped),
        *map(ast.unparse, others),
    )
    return "\n\n\n".join(part for part in parts if part) + "\n"


def definitions(text: str) -> tuple[dict[str, str], str]:
    """The top-level functions and classes of a source by name, and the rest of it."""
    lines, found, taken = text.splitlines(), dict[str, str](), set[int]()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
            taken |= set(range(first - 1, node.end_lineno or first))
    return found, "\n".join(line for i, line in enumerate(lines) if i not in taken).strip()
