"""A lesson's notebook for courses that are run with nbgrader or otter: their cells around our answers and our checks.

The checks stay where they are: a cell asks `check("ID")`, which has to be installed there, and what it says becomes their points. It says
so in the student's own process, so whoever wants to can make it say anything: such points are worth what nbgrader's and otter's own are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import nbformat.v4

from grader import lesson_folders, lessons
from grader.lessons import source
from grader.lessons.outline import Outline, outlines
from grader.model import Language
from grader.notebook.read import fingerprint
from grader.packaging.build import REGION, STUB, build, parse
from grader.packaging.code_words import in_words, words_of

# What nbgrader puts in the place of a solution.
BLANK = "# YOUR CODE HERE\n{indent}raise NotImplementedError()\n"
NBGRADER_TESTS = """\
from grader import check

checked = check("{exercise}")
print(checked)
checked.earned  # nbgrader takes this number for the points"""
OTTER_BEGIN = """\
# Initialize Otter
import otter

grader = otter.Notebook("{lesson}.ipynb")"""
OTTER_TESTS = 'grader.check("{exercise}")'
OTTER_END = "grader.check_all()"
OTTER_FILE = """\
from functools import cache

from grader import check
from otter.test_files import test_case

OK_FORMAT = False

name = "{exercise}"
points = None


@cache
def checked():
    return check(name)
"""
OTTER_CASE = """

@test_case(name="{check}", points={points:g}, hidden=False)
def test_{check}():
    \"\"\"{says}\"\"\"
    assert checked().holds("{check}"), checked()
"""


def handout(lesson: str, language: Language, format_: str) -> dict[str, str]:
    """The files to write, by their place below the course's folder.

    For nbgrader the notebook of its `source` folder, with the answers between its marks; for otter what its students get.
    """
    lessons.lesson(lesson)  # whole, so that what is wrong with it is said before anything is written
    asked = {exercise.id: exercise for exercise in outlines(lesson_folders.found()[lesson])}
    if format_ == "nbgrader":
        return {f"source/{lesson}/{lesson}.ipynb": written(for_nbgrader(lesson, language, asked))}
    files = {f"{lesson}/{lesson}.ipynb": written(for_otter(lesson, language))}
    return files | {f"{lesson}/tests/{name}.py": otter_tests(exercise, language) for name, exercise in asked.items()}


def written(notebook: Any) -> str:
    return str(nbformat.writes(notebook)) + "\n"


def built(lesson: str, language: Language) -> Any:
    return nbformat.reads(build(lesson, source.text_of(lesson), language), as_version=4)


def last_checks(notebook: Any) -> dict[str, str]:
    """The id of the cell that checks each exercise, behind its last answer."""
    return {told(cell, "exercise"): str(cell.id) for cell in notebook.cells if told(cell, "role") == "check"}


def told(cell: Any, key: str) -> str:
    return str(cell.metadata.get("grader", {}).get(key, ""))


# --- nbgrader ----------------------------------------------------------------------------------


def for_nbgrader(lesson: str, language: Language, asked: dict[str, Outline]) -> Any:
    """Answers are solution cells, the check of an exercise's last answer is a locked cell with its points, notes are read by a person."""
    notebook, words = built(lesson, language), words_of(lesson, language)
    answers = (in_words(cell.source, words) for cell in answers_in(lesson, language))
    last = last_checks(notebook)
    used, notes = Counter[str](), lesson_folders.found()[lesson].notes
    for cell in notebook.cells:
        role, exercise = told(cell, "role"), told(cell, "exercise")
        if role == "answer":
            solve(cell, next(answers), numbered(f"{exercise}_answer", used))
        elif exercise in asked and last.get(exercise) == cell.id:
            cell.source = NBGRADER_TESTS.format(exercise=exercise)
            mark(cell, f"{exercise}_tests", points=asked[exercise].points, grade=True, locked=True)
        elif role == "check":
            mark(cell, numbered("check", used), locked=True)
        elif role == "notes" and notes is not None and not used["notes"]:
            mark(cell, numbered("notes", used), points=notes.points, grade=True, solution=True)
    return notebook


def answers_in(lesson: str, language: Language) -> Iterator[Any]:
    """The answer cells as the solution file has them, in the order of the notebook."""
    for cell in parse(source.text_of(lesson)):
        if cell.metadata.get("role") == "answer" and cell.metadata.get("lang", language) == language:
            yield cell


def solve(cell: Any, answer: str, name: str) -> None:
    """A solution cell with nbgrader's own marks. Blanks that are lines of their own (`# STUB:`) it does not know: such a cell stays."""
    answer = answer.rstrip() + "\n"
    if STUB.search(answer):
        return
    cell.source = replaced(answer, lambda indent, body: f"{indent}### BEGIN SOLUTION\n{body}{indent}### END SOLUTION\n")
    mark(cell, name, solution=True)
    blank = replaced(answer, lambda indent, _body: indent + BLANK.format(indent=indent))
    cell.metadata["grader"]["sha"] = fingerprint(blank)  # who leaves it as nbgrader hands it out has not answered


def replaced(answer: str, write: Callable[[str, str], str]) -> str:
    return REGION.sub(lambda match: write(match[1], match[2]), answer).rstrip("\n")


def numbered(name: str, used: Counter[str]) -> str:
    """A name that no other cell has."""
    used[name] += 1
    return name if used[name] == 1 else f"{name}_{used[name]}"


def mark(
    cell: Any, name: str, points: float = 0.0, grade: bool = False, solution: bool = False, locked: bool = False
) -> None:
    """nbgrader's metadata, version 3 of it."""
    told = {
        "grade": grade,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    cell.metadata["nbgrader"] = told | ({"points": points} if grade else {})
    if "grader" in cell.metadata:
        cell.metadata["grader"]["sha"] = fingerprint(cell.source)


# --- otter -------------------------------------------------------------------------------------


def for_otter(lesson: str, language: Language) -> Any:
    """The students' notebook with otter's cells: one at the beginning, a test after each exercise, and all of them at the end."""
    notebook = built(lesson, language)
    last = last_checks(notebook)
    for cell in notebook.cells:
        exercise = told(cell, "exercise")
        if exercise and last.get(exercise) == cell.id:
            cell.source = OTTER_TESTS.format(exercise=exercise)
            cell.metadata["grader"]["sha"] = fingerprint(cell.source)
            cell.metadata |= {"deletable": False, "editable": False}
    first, end = OTTER_BEGIN.format(lesson=lesson), OTTER_END
    notebook.cells.insert(0, fixed(first, "otter-begin"))
    notebook.cells.append(fixed(end, "otter-end"))
    return notebook


def fixed(code: str, name: str) -> Any:
    """A cell of ours that stays as it is, and that our own grader leaves alone."""
    ours = {"role": "check", "sha": fingerprint(code)}
    return nbformat.v4.new_code_cell(code, id=name, metadata={"grader": ours, "deletable": False, "editable": False})


def otter_tests(exercise: Outline, language: Language) -> str:
    """A file of otter's tests: one for each check with its points. The exercise is asked once, by the first of them."""
    cases = (
        OTTER_CASE.format(check=check.id, points=check.points, says=escaped(check.text.in_(language)))
        for check in exercise.checks
    )
    return OTTER_FILE.format(exercise=exercise.id) + "".join(cases)


def escaped(text: str) -> str:
    """Fit for a docstring."""
    return text.replace("\\", "\\\\").replace('"', "'")
