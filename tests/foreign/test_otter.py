"""An assignment that was written for `otter assign`: it becomes a lesson, and hand-ins of otter's notebooks are graded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4
import pytest
from click.testing import CliRunner, Result

from grader import lesson_folders, lessons
from grader.cli import main
from grader.errors import AuthoringError
from grader.foreign.otter import read_otter, with_blanks
from grader.grading import grade


def raw(text: str) -> Any:
    return nbformat.v4.new_raw_cell(text)


def code(text: str, shows: str = "", prints: str = "") -> Any:
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=prints)] if prints else []
    outputs += [nbformat.v4.new_output("execute_result", {"text/plain": shows})] if shows else []
    return nbformat.v4.new_code_cell(text, outputs=outputs)


def question(config: str, *cells: Any) -> list[Any]:
    return [raw(f"# BEGIN QUESTION\n{config}"), *cells, raw("# END QUESTION")]


def with_solution(*cells: Any) -> list[Any]:
    return [raw("# BEGIN SOLUTION"), *cells, raw("# END SOLUTION")]


def with_tests(*cells: Any) -> list[Any]:
    return [raw("# BEGIN TESTS"), *cells, raw("# END TESTS")]


CONFIG = '""" # BEGIN TEST CONFIG\nname: greets\npoints: 3\nhidden: true\n""" # END TEST CONFIG\n'
AUTHORS = nbformat.v4.new_notebook(
    cells=[
        raw("# ASSIGNMENT CONFIG\ngenerate: true"),
        nbformat.v4.new_markdown_cell("# Small things"),
        code("import math"),
        *question(
            "name: q1\npoints: 2",
            nbformat.v4.new_markdown_cell("Square a number."),
            *with_solution(code("def square(x):\n    return x**2 # SOLUTION")),
            *with_tests(code("square(3)", "9"), code("# HIDDEN\nassert square(0.5) == 0.25"), code("square(1) == 1", "True")),
        ),
        *question(
            "name: q2",
            *with_solution(code('def greet(name):\n    # BEGIN SOLUTION\n    print("Hello", name)\n    # END SOLUTION\n')),
            *with_tests(code(CONFIG + 'greet("Ann")', prints="Hello Ann\n"), code("greet('x') is None", "True", "Hello x\n")),
        ),
        *question("name: q3\nmanual: true\npoints: 1.5", *with_solution(nbformat.v4.new_markdown_cell("**SOLUTION**: because"))),
    ]
)  # fmt: skip
STUDENTS = "import otter\ngrader = otter.Notebook('small.ipynb')"


def told(*words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--lang", "en"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("otter")
    nbformat.write(AUTHORS, base / "small.ipynb")
    done = told("author", "import", str(base / "small.ipynb"), "-o", str(base / "small"))
    assert done.exit_code == 0, done.output
    return base / "small"


@pytest.fixture(autouse=True)
def chosen(folder: Path) -> Iterator[None]:
    lesson_folders.use_only(folder)
    yield
    lesson_folders.use_only()


def test_points_are_kept_or_shared(folder: Path) -> None:
    """Tests that do not say share what their question is worth; thirds of it add up."""
    lesson = lessons.lesson("small")
    assert {exercise.id: exercise.points for exercise in lesson.exercises} == {"q1": 2, "q2": 3}
    assert lesson.notes and lesson.notes.points == 1.5 and lesson.title.en == "Small things"
    assert (
        "square(0.5)" not in (folder / "solution.py").read_text() and "greet(" in (folder / "solution.py").read_text()
    )


def test_it_keeps_the_demands_on_a_lesson(folder: Path) -> None:
    done = told("author", "test", str(folder), "--mutants", "0")
    assert done.exit_code == 0 and "The lesson is ready." in done.output, done.output


@pytest.mark.parametrize(
    ("square", "greet", "points"),
    [
        ("return x**2", 'print("Hello", name)', 5.0),
        ("...", "...", 0.0),
        ("return int(x**2)", 'print("Hello", name)', 2 * 2 / 3 + 3),
        ("return x**2", 'print("Hallo", name)', 2.0),
    ],
)  # fmt: skip
def test_a_hand_in_of_otters_notebook(tmp_path: Path, square: str, greet: str, points: float) -> None:
    """It asks otter, which is not here; what the tests show has to be shown again."""
    cells = [
        STUDENTS,
        f"def square(x):\n    {square}",
        'grader.check("q1")',
        f"def greet(name):\n    {greet}",
        'grader.check("q2")',
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=[code(text) for text in cells]), tmp_path / "hw.ipynb")
    report = grade(tmp_path / "hw.ipynb", 3, lesson="small")
    exercises = [exercise for exercise in report.exercises if exercise.id != "notes"]
    assert sum(exercise.score.earned or 0 for exercise in exercises) == pytest.approx(points)
    assert {cell.ending for cell in report.run.cells} == {"ok"}


def test_marks_become_ours() -> None:
    """One line, one that students do not even see, and a region."""
    assert with_blanks("x = 2 # SOLUTION") == "# BEGIN SOLUTION\nx = 2  # STUB: x = ...\n# END SOLUTION"
    assert (
        with_blanks("    draw(x); # SOLUTION NO PROMPT")
        == "    # BEGIN SOLUTION\n    draw(x);  # STUB: pass\n    # END SOLUTION"
    )
    assert with_blanks("# BEGIN SOLUTION NO PROMPT\ny = 1\n# END SOLUTION") == "# BEGIN SOLUTION\ny = 1\n# END SOLUTION"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([raw("# BEGIN QUESTION\nname: [1"), code("x = 1")], "no YAML"),
        (question("name: q1", *with_solution(code("x = 1"))), "no question with tests"),
    ],
)
def test_what_is_no_assignment_is_said(tmp_path: Path, cells: list[Any], said: str) -> None:
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    with pytest.raises(AuthoringError, match=said) as caught:
        read_otter(tmp_path / "a.ipynb")
    assert caught.value.in_("ja") != str(caught.value)
