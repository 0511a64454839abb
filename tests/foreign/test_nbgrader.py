"""An assignment that was written for nbgrader: it becomes a lesson, and is worth what nbgrader says it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4
import pytest
from click.testing import CliRunner, Result

from grader import lesson_folders, lessons
from grader.cli import main
from grader.errors import AuthoringError
from grader.foreign.nbgrader import read_nbgrader
from grader.grading import grade
from grader.model import Outcome, Report
from tests.drawing import drawn

ANSWER = "def doubled(n):\n    ### BEGIN SOLUTION\n    return [2 * i for i in range(n)]\n    ### END SOLUTION\n"
TOTAL = "def total(n):\n    ### BEGIN SOLUTION\n    return sum(doubled(n))\n    ### END SOLUTION\n"
USES = 'kept = doubled\ndel doubled\ntry:\n    total(1)\nexcept NameError:\n    pass\nelse:\n    raise AssertionError("total does not use doubled")\nfinally:\n    doubled = kept\n'  # fmt: skip
HIDDEN = '"""The first three."""\nassert doubled(3) == [0, 2, 4]\n### BEGIN HIDDEN TESTS\nassert doubled(0) == [], "nothing of nothing"\n### END HIDDEN TESTS'
BLANK = "    # YOUR CODE HERE\n    raise NotImplementedError()\n"


def cell(source: str, name: str = "", markdown: bool = False, **told: Any) -> Any:
    make = nbformat.v4.new_markdown_cell if markdown else nbformat.v4.new_code_cell
    flags = {"grade": False, "solution": False, "locked": True, "schema_version": 3, **told}
    return make(source, metadata={"nbgrader": {"grade_id": name, **flags}} if name else {})


def assignment(answer: str = ANSWER, total: str = TOTAL, tests: bool = True) -> Any:
    """The author's notebook; a hand-in where the answers are a student's and the tests were thrown away."""
    return nbformat.v4.new_notebook(
        cells=[
            cell("# Doubles\nWarm up.", markdown=True),
            cell("%matplotlib inline\nimport math"),
            cell("## Part A (2 points)\nDouble the numbers below n.", markdown=True),
            cell(answer, "doubled", solution=True, locked=False),
            cell("doubled(3)"),
            *([cell(HIDDEN, "first-three", grade=True, points=2)] if tests else []),
            cell("## Part B", markdown=True),
            cell(total, "total", solution=True, locked=False),
            *([cell("assert total(4) == 12", "sum", grade=True, points=0.5)] if tests else []),
            *([cell(USES, "uses", grade=True, points=1.5)] if tests else []),
            cell("Because 2n is n + n.", "why", markdown=True, grade=True, solution=True, points=3),
        ]
    )  # fmt: skip


def told(*words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--lang", "en"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("nbgrader")
    nbformat.write(assignment(), base / "doubles.ipynb")
    done = told("author", "import", str(base / "doubles.ipynb"), "-o", str(base / "doubles"))
    assert done.exit_code == 0 and "weaker evidence" in done.output, done.output
    assert "why: 3 points are a person's" in done.output and "only IPython understands" in done.output
    return base / "doubles"


@pytest.fixture(autouse=True)
def chosen(folder: Path) -> Iterator[None]:
    lesson_folders.use_only(folder)
    yield
    lesson_folders.use_only()


def test_points_and_tests_are_kept(folder: Path) -> None:
    lesson = lessons.lesson("doubles")
    points = {check.id: check.points for exercise in lesson.exercises for check in exercise.checks}
    assert points == {"first_three": 2, "sum": 0.5, "uses": 1.5} and lesson.notes and lesson.notes.points == 3
    assert lesson.title.en == "Doubles" and lesson.secret
    assert "nothing of nothing" in (folder / "tests" / "first_three.py").read_text()
    assert "nothing of nothing" not in (folder / "solution.py").read_text(), "students see the visible tests only"


def test_it_keeps_the_demands_on_a_lesson(folder: Path) -> None:
    """The solution is worth everything, the untouched notebook nothing, nonsense nothing."""
    done = told("author", "test", str(folder), "--mutants", "0")
    assert done.exit_code == 0 and "The lesson is ready." in done.output, done.output


def graded(tmp_path: Path, notebook: Any) -> Report:
    nbformat.write(notebook, tmp_path / "hw.ipynb")
    return grade(tmp_path / "hw.ipynb", 3, lesson="doubles")


# What a student wrote, and what nbgrader gives for it: the first five were put to nbgrader 0.9.5 itself.
HAND_INS: dict[str, tuple[Callable[[], Any], float]] = {
    "right": (assignment, 4.0),
    "blank": (lambda: assignment("def doubled(n):\n" + BLANK, "def total(n):\n" + BLANK), 0.0),
    "wrong where it is hidden": (lambda: assignment(ANSWER.replace("range(n)", "range(max(n, 1))")), 2.0),
    "does not use the first": (lambda: assignment(total=TOTAL.replace("sum(doubled(n))", "n * (n - 1)")), 2.5),
    "stops": (lambda: assignment(total=TOTAL.replace("sum(doubled(n))", "sum(doubled(n)) + None")), 3.5),
    "without the tests": (lambda: assignment(tests=False), 4.0),
}


@drawn(3)
@pytest.mark.parametrize("name", HAND_INS)
def test_a_hand_in_is_worth_what_nbgrader_says(name: str, tmp_path: Path) -> None:
    made, points = HAND_INS[name]
    report = graded(tmp_path, made())
    exercises = [exercise for exercise in report.exercises if exercise.id != "notes"]
    assert sum(exercise.score.earned or 0 for exercise in exercises) == points
    if name in ("right", "blank"):
        ends = {finding.outcome for exercise in exercises for finding in exercise.findings}
        assert ends == {Outcome.PASSED if name == "right" else Outcome.MISSING}


def test_the_report_says_that_such_points_can_be_forged(tmp_path: Path) -> None:
    report = graded(tmp_path, assignment())
    (remark,) = (remark for remark in report.remarks if "own process" in remark.en)
    assert remark.en.startswith("4 points are of tests") and remark.ja.startswith("4 点分は")
    forged = graded(
        tmp_path,
        assignment(
            "import builtins\n\n\nclass doubled(list):\n    def __init__(self, n): pass\n    def __eq__(self, other): return True\n"
        ),
    )
    assert forged.exercises[0].score.earned == 2.0, "and they can; that is why it is said"


def test_the_answer_that_a_person_reads_is_there(tmp_path: Path) -> None:
    notes = graded(tmp_path, assignment()).exercises[-1]
    assert notes.id == "notes" and notes.findings[0].answer == "Because 2n is n + n."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "is no notebook"),
        (nbformat.writes(nbformat.v4.new_notebook(cells=[cell("x = 1")])), "has no cell with tests"),
        (
            nbformat.writes(
                nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}})
            ),
            "is in R",
        ),
    ],
)
def test_what_is_no_assignment_is_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(AuthoringError, match=said) as caught:
        read_nbgrader(tmp_path / "a.ipynb")
    assert caught.value.in_("ja") != str(caught.value)


def test_nothing_is_overwritten(folder: Path) -> None:
    done = told("author", "import", str(folder.with_suffix(".ipynb")), "-o", str(folder))
    assert done.exit_code == 2 and "is there already" in done.output
    done = told("author", "import", str(folder), "-o", "x")
    assert done.exit_code == 2 and "Say which notebook" in done.output
