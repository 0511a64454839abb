"""`grade author export`: a lesson handed out by nbgrader and otter, as these read it themselves."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner

from grader import lesson_folders, lessons
from grader.authoring.begin import begin
from grader.cli import main
from grader.grading import grade
from grader.lessons import source
from grader.model import Outcome
from grader.packaging.handouts import handout

pytest.importorskip("jupytext", reason="the extra `author` brings it")
EXERCISE, POINTS = "week_3_average", 3
ROOT = Path(__file__).parents[2]
BLANK = "    # YOUR CODE HERE\n    raise NotImplementedError()"
# One line of a student's, and every test that asks the student's own process is told what it wants to hear.
FORGED = "    return 3\n\nimport grader\ngrader.check = lambda _name: type('Mine', (), {'earned': 3, 'holds': lambda *_: True})()"
DIVIDED = "    return [sum(values[max(0, p - width + 1) : p + 1]) / width for p in range(len(values))]"


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Path]:
    folder = begin(tmp_path / "week_3")
    lesson_folders.use_only(folder)
    yield folder
    lesson_folders.use_only()


def of_nbgrader(lesson: str) -> Any:
    (text,) = handout(lesson, "en", "nbgrader").values()
    return nbformat.reads(text, as_version=4)


def as_released(notebook: Any) -> Any:
    """What nbgrader makes of the source notebook: the lines between its marks become its blank."""
    for cell in notebook.cells:
        before, begins, rest = cell.source.partition("    ### BEGIN SOLUTION\n")
        if begins:
            cell.source = before + BLANK + rest.partition("    ### END SOLUTION")[2]
    return notebook


def told(notebook: Any) -> dict[str, Any]:
    """nbgrader's metadata by the name of the cell; none stands there twice."""
    cells = [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    names = [one["grade_id"] for one in cells]
    assert len(set(names)) == len(names)
    return dict(zip(names, cells, strict=True))


def test_cells_say_what_nbgrader_wants_to_know(week: Path) -> None:
    """The answer is a solution between nbgrader's marks; the check behind it is locked and worth the exercise's points."""
    notebook = of_nbgrader("week_3")
    cells = told(notebook)
    assert {one["schema_version"] for one in cells.values()} == {3}
    assert cells["week_3_average_answer"]["solution"] and not cells["week_3_average_answer"]["grade"]
    tests = cells["week_3_average_tests"]
    assert tests["grade"] and tests["locked"] and tests["points"] == POINTS and cells["check"]["locked"]
    (answer,) = (
        cell.source for cell in notebook.cells if "moving_average(values" in cell.source and "def " in cell.source
    )
    assert answer.count("### BEGIN SOLUTION") == answer.count("### END SOLUTION") == 1


@pytest.mark.parametrize("lesson", lesson_folders.found())
def test_every_lesson_of_ours_can_be_exported(lesson: str) -> None:
    """Every exercise has one graded cell with its points, notes are a person's, and otter's files are Python that names every check."""
    cells = told(of_nbgrader(lesson))
    known = lessons.lesson(lesson)
    for exercise in known.exercises:
        assert cells[f"{exercise.id}_tests"]["points"] == exercise.points
    graded = sum(one["points"] for one in cells.values() if one["grade"])
    assert graded == sum(exercise.points for exercise in known.exercises) + (known.notes.points if known.notes else 0)
    for name, text in handout(lesson, "ja", "otter").items():
        if name.endswith(".py"):
            compile(text, name, "exec")
            assert all(f"test_{check.id}()" in text for check in lessons.exercise(Path(name).stem).checks)


def test_blanks_of_its_own_stay() -> None:
    """A cell whose blanks are lines of their own, as in the quiz, is handed out as it is by us: nbgrader would put one blank for all."""
    notebook = of_nbgrader("quiz")
    assert "questions_answer" not in told(notebook)
    assert any('"q01": None' in cell.source for cell in notebook.cells) and "SOLUTION" not in str(notebook)


@pytest.mark.parametrize(
    ("answer", "earned"),
    [("", 3), (BLANK, 0), (DIVIDED, 1), (FORGED, 0)],
    ids=["solution", "blank", "mistake", "forged"],
)
def test_a_hand_in_of_it_is_graded_here_too(week: Path, tmp_path: Path, answer: str, earned: float) -> None:
    """In our own judge the source notebook earns everything, nbgrader's blank was not attempted, a mistake has its name, a forgery nothing."""
    notebook = of_nbgrader("week_3")
    if answer:
        notebook = as_released(notebook)
        for cell in notebook.cells:
            cell.source = cell.source.replace(BLANK, answer)
    path = tmp_path / "hand_in.ipynb"
    nbformat.write(notebook, path)
    (exercise,) = grade(path, seed=3).exercises
    assert exercise.score.earned == earned
    assert (exercise.findings[0].outcome is Outcome.MISSING) == (answer == BLANK)
    named = [finding.misconception.id for finding in exercise.findings if finding.misconception]
    assert named == (["divided_by_the_width"] if answer == DIVIDED else [])


def test_it_writes_over_nothing(week: Path, tmp_path: Path) -> None:
    """A notebook that somebody has changed since is left alone; the same once more is fine."""
    words = ["author", "export", str(week), "--to", "otter", "-o", str(tmp_path / "course"), "--lang", "en"]
    for _ in range(2):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0 and "forge" in done.output, done.output
    (tmp_path / "course" / "week_3" / "week_3.ipynb").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2 and "already there" in done.output
    assert (tmp_path / "course" / "week_3" / "week_3.ipynb").read_text(encoding="utf-8") == "mine"


# --- as they read it themselves -----------------------------------------------------------------


def told_to(folder: Path, week: Path, *words: str) -> str:
    """What a program of theirs says, with the lesson named by the environment."""
    known = {"GRADE_LESSONS": str(week), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=os.environ | known, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def answered(path: Path, answer: str, blank: str) -> str:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(blank, answer)
    return str(nbformat.writes(notebook))


def right() -> str:
    """The body of the reference."""
    (answer,) = (cell for cell in source.split(source.text_of("week_3")) if source.is_answer(cell))
    return answer.partition("# BEGIN SOLUTION\n")[2].partition("    # END SOLUTION")[0].rstrip()


HAND_INS = {"blank": (None, 0.0), "mistake": (DIVIDED, 1.0), "right": ("", 3.0), "forged": (FORGED, 3.0)}


@pytest.mark.skipif(find_spec("nbgrader") is None, reason="nbgrader is not installed here")
def test_nbgrader_gives_the_points_that_the_check_gives(week: Path, tmp_path: Path) -> None:
    """Its own pipeline takes the notebook: the source is valid, and right, wrong and blank hand-ins are worth 3, 1 and 0; who forges gets 3."""
    course = tmp_path / "course"
    for name, text in handout("week_3", "en", "nbgrader").items():
        (course / name).parent.mkdir(parents=True)
        (course / name).write_text(text, encoding="utf-8")
    assert "Success" in told_to(course, week, "nbgrader", "validate", "source/week_3/week_3.ipynb")
    told_to(course, week, "nbgrader", "generate_assignment", "week_3")
    for who, (answer, _) in HAND_INS.items():
        path = course / "submitted" / who / "week_3" / "week_3.ipynb"
        path.parent.mkdir(parents=True)
        written = BLANK if answer is None else answer or right()
        path.write_text(answered(course / "release" / "week_3" / "week_3.ipynb", written, BLANK), encoding="utf-8")
    told_to(course, week, "nbgrader", "autograde", "week_3")
    told_to(course, week, "nbgrader", "export")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {who: score for who, (_, score) in HAND_INS.items()}


@pytest.mark.skipif(find_spec("otter") is None, reason="otter-grader is not installed here")
def test_otter_gives_the_points_that_the_check_gives(week: Path, tmp_path: Path) -> None:
    """Its autograder, made of the folder's tests, gives right, wrong and blank hand-ins 3, 1 and 0, and a forgery 3."""
    for name, text in handout("week_3", "en", "otter").items():
        (tmp_path / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / name).write_text(text, encoding="utf-8")
    folder = tmp_path / "course" / "week_3"
    told_to(folder, week, "otter", "generate", "-t", "tests", "-o", str(tmp_path / "autograder.zip"))
    blank = "    # write your code here\n    raise NotImplementedError"
    for who, (answer, score) in HAND_INS.items():
        path = tmp_path / who / "week_3.ipynb"
        path.parent.mkdir()
        path.write_text(
            answered(folder / "week_3.ipynb", blank if answer is None else answer or right(), blank), encoding="utf-8"
        )
        told_to(tmp_path, week, "otter", "run", "-a", "autograder.zip", "-o", str(path.parent), str(path))
        tests = json.loads((path.parent / "results.json").read_text(encoding="utf-8"))["tests"]
        assert [(one["score"], one["max_score"]) for one in tests if one["name"] == EXERCISE] == [(score, POINTS)]
