"""Notebooks for the tests, made of the solution files."""

from __future__ import annotations

from pathlib import Path

import nbformat

from grader.lessons import exercise, source
from grader.model import Edit, Language
from grader.packaging.build import build


def solved(lesson: str, language: Language = "en", **mistakes: str) -> nbformat.NotebookNode:
    """The lesson with every answer in; `mistakes` names for some exercises the misconception to put in instead."""
    text = source.text_of(lesson)
    for name, mistake in mistakes.items():
        edited = source.apply(text, name, edits_of(name, mistake))
        assert edited is not None
        text = edited
    return answered(lesson, text, language)


def answered(lesson: str, text: str, language: Language = "en") -> nbformat.NotebookNode:
    """The notebook of a solution file, which may have been edited, with its answers in."""
    return nbformat.reads(build(lesson, text, language, solved=True), as_version=4)


def without_demonstrations(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    roles = [cell.metadata.get("grader", {}).get("role") for cell in notebook.cells]
    notebook.cells = [cell for cell, role in zip(notebook.cells, roles, strict=True) if role != "demo"]
    return notebook


def edits_of(name: str, mistake: str) -> tuple[Edit, ...]:
    return next(v.edits for v in exercise(name).misconceptions if v.id == mistake)


def stub(lesson: str, language: Language = "en") -> nbformat.NotebookNode:
    return nbformat.reads(build(lesson, source.text_of(lesson), language), as_version=4)


def answer_cells(notebook: nbformat.NotebookNode, name: str) -> list[nbformat.NotebookNode]:
    ours = [cell for cell in notebook.cells if cell.metadata.get("grader", {}).get("exercise") == name]
    return [cell for cell in ours if cell.metadata["grader"].get("role") == "answer"]


def save(notebook: nbformat.NotebookNode, folder: Path, name: str = "submit.ipynb") -> Path:
    path = folder / name
    nbformat.write(notebook, path)
    return path
