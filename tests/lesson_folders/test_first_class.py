"""An exercise that is added as the guide says is as well supported as any of ours."""

from __future__ import annotations

from pathlib import Path

import nbformat.v4
import pytest

from grader import lesson_folders, lessons
from grader.authoring.begin import begin
from grader.grading import grade
from grader.lessons import source
from grader.model import Outcome, Report
from grader.packaging.build import build

HELP = "HELP = Text("
DECLARED = """
HEADINGS = ("a moving average",)
INTERFACES = (Interface("moving_average", "function", called=("rolling_mean", "running_mean"), like=("average", "mean")),)
"""
RIGHT = """
def {name}({parameters}):
    result = []
    for i in range(len(values)):
        part = values[max(0, i + 1 - width) : i + 1]
        result.append(sum(part) / len(part))
    return result
"""


pytestmark = pytest.mark.usefixtures("nothing_chosen")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new lesson, to whose exercise a heading and other names were added."""
    made = begin(tmp_path / "week_3")
    module = made / "week_3_average.py"
    text = module.read_text().replace("import Draw,", "import Draw, Interface,", 1)
    assert "Interface" in text
    module.write_text(text + DECLARED)
    lesson_folders.use_only(made)
    return made


def graded(folder: Path, code: str, heading: str = "## A moving average", extra: str = "") -> Report:
    """The report on a notebook of one's own: a heading, the answer below it, and perhaps another section before."""
    before = [nbformat.v4.new_markdown_cell("## Warming up"), nbformat.v4.new_code_cell(extra)] if extra else []
    cells = [*before, nbformat.v4.new_markdown_cell(heading), nbformat.v4.new_code_cell(code)]
    path = folder.parent / "mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return grade(path, 3, lesson="week_3")


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("moving_average", "width, values"),
        ("rolling_mean", "values, width"),
        ("running_mean", "width, values"),
        ("my_average", "values, width, start=0"),
    ],
)
def test_another_name_and_another_order_cost_nothing(folder: Path, name: str, parameters: str) -> None:
    """An alias, a name that is only like it, arguments in another order, a further one: every point."""
    report = graded(folder, RIGHT.format(name=name, parameters=parameters))
    assert report.score.full, [(f.check, f.outcome, f.rationale) for f in report.exercises[0].findings]


def test_a_mistake_keeps_its_name_under_another(folder: Path) -> None:
    """Written under an alias and with its arguments the other way round, it is failed and named."""
    code = RIGHT.replace("/ len(part)", "/ width").format(name="rolling_mean", parameters="width, values")
    findings = graded(folder, code).exercises[0].findings
    assert {f.misconception.id for f in findings if f.misconception} == {"divided_by_the_width"}
    assert any(f.outcome is Outcome.FAILED for f in findings)


def test_the_heading_opens_its_section(folder: Path) -> None:
    """What stands under the exercise's heading is its answer, not what goes by the same name before."""
    wrong = RIGHT.replace("/ len(part)", "/ width").format(name="rolling_mean", parameters="values, width")
    right = RIGHT.format(name="rolling_mean", parameters="values, width")
    assert graded(folder, right, extra=wrong).score.full
    assert not graded(folder, wrong, extra=right).score.full


def test_a_blank_is_missing_and_a_crash_is_told(folder: Path) -> None:
    """As with ours: nothing there is not attempted, an error of the student's has its line."""
    assert {f.outcome for f in graded(folder, "# TODO").exercises[0].findings} == {Outcome.MISSING}
    crashed = graded(folder, "def moving_average(values, width):\n    return values.mean()\n").exercises[0].findings[0]
    assert (
        crashed.outcome is not Outcome.PASSED and crashed.place is not None and "values.mean()" in crashed.place.source
    )


def test_its_notebook_has_the_check_and_hints(folder: Path) -> None:
    """The built notebook checks the answer in the cell below it, and the starters are there before the first attempt."""
    notebook = nbformat.reads(build("week_3", source.text_of("week_3"), "en"), 4)
    assert any('check("week_3_average")' in cell.source for cell in notebook.cells)
    assert len(lessons.exercise("week_3_average").starters) == 2
