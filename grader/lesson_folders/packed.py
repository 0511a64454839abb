"""A lesson as part of a package that is handed on: where its files lie in there, so that its `lesson.toml` stays true.

The folder becomes `lessons/ID`, beside ours. Places that `lesson.toml` names are kept relative to it: the first that stays in the package.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.errors import AuthoringError
from grader.lesson_folders import LessonFolder, sources


def packed_folder(lesson: LessonFolder) -> Iterator[tuple[str, Path]]:
    """Every file of the folder but its solution and its notebooks, by its place in the package."""
    for path in sources(lesson.folder):
        if path not in lesson.solutions and not any(path.is_relative_to(one) for one in lesson.notebook_folders):
            yield f"lessons/{lesson.id}/{path.relative_to(lesson.folder).as_posix()}", path


def packed_solution(lesson: LessonFolder) -> Iterator[tuple[str, Path]]:
    """The solution, and answers in other forms beside it."""
    if lesson.solution is None:
        return
    target = place_in_package(lesson, lesson.solutions)
    yield target, lesson.solution
    form = lesson.solution.parent / "forms" / f"{lesson.id}.py"
    if form.is_file() and not form.is_relative_to(lesson.folder):
        yield str(PurePosixPath(target).parent / "forms" / form.name), form


def packed_notebooks(lesson: LessonFolder) -> Iterator[tuple[str, Path]]:
    """The built notebooks, in each language that has one."""
    target = place_in_package(lesson, lesson.notebook_folders)
    for language in lesson.languages:
        path = lesson.notebook(language)
        if path.is_file():
            yield f"{target}/{language}/{lesson.id}.ipynb", path


def place_in_package(lesson: LessonFolder, places: tuple[Path, ...]) -> str:
    """Raises AuthoringError where none of the places stays in the package."""
    for place in places:
        relative = os.path.relpath(place, lesson.folder).replace(os.sep, "/")
        found = os.path.normpath(f"lessons/{lesson.id}/{relative}").replace(os.sep, "/")
        if not found.startswith(".."):
            return found
    raise AuthoringError(
        f"{lesson.file}: {places[0]} lies so far from the lesson's folder that it cannot be packed with it; move it there.",
        ja=f"{lesson.file}: {places[0]} は課題フォルダから離れすぎていて、一緒にまとめられません。フォルダの中に移してください。",
    )
