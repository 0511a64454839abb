"""The lessons of examples/lessons, which are nobody's course: what an outsider's lesson has, works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import lesson_folders, lessons
from grader.authoring.demands import REFERENCE, faults_of_right, faults_of_wrong
from grader.cli import main
from grader.grading import grade
from grader.lessons import source
from grader.packaging.build import build
from tests.drawing import drawn

LESSONS = Path(__file__).parents[2] / "examples" / "lessons"
pytest.importorskip("pandas", reason="the extra `notebooks` brings it")
pytest.importorskip("matplotlib", reason="the extra `notebooks` brings it")
# One mistake of each kind of value: an array, two tensors, dicts, a frame, a plot, a print.
OF_EACH_KIND = {
    "softmax_gradient": "not_divided", "softmax_training": "gradients_pile_up", "rain_records": "missing_is_zero",
    "rain_clean": "whole_rows", "rain_plot": "without_names", "rain_report": "cut_off",
}  # fmt: skip


@pytest.fixture(autouse=True)
def outsider() -> Iterator[None]:
    lesson_folders.use_only(LESSONS)
    yield
    lesson_folders.use_only()


def test_each_has_many_mistakes() -> None:
    for folder in LESSONS.iterdir():
        found = [mistake for exercise in lessons.lesson(folder.name).exercises for mistake in exercise.misconceptions]
        assert len(found) >= 6 and all(mistake.explanation and mistake.explanation.en for mistake in found)


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_right_is_right_and_a_mistake_has_its_name(name: str) -> None:
    exercise = lessons.exercise(name)
    lesson = lessons.lesson(exercise.lesson)
    (mistake,) = (one for one in exercise.misconceptions if one.id == OF_EACH_KIND[name])
    assert faults_of_right(lesson, exercise, REFERENCE) == [] and faults_of_wrong(lesson, exercise, mistake) == []


@drawn(1)
@pytest.mark.parametrize("name", sorted(folder.name for folder in LESSONS.iterdir()))
def test_it_keeps_every_demand(name: str) -> None:
    """As `grade author test` says it to whoever wrote it."""
    done = CliRunner().invoke(main, ["author", "test", str(LESSONS / name), "--mutants", "0", "--lang", "en"])
    assert done.exit_code == 0 and "The lesson is ready." in done.output, done.output


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(folder.name for folder in LESSONS.iterdir()))
def test_its_notebook_is_graded_in_a_kernel(name: str, tmp_path: Path) -> None:
    """Solved it is worth everything, a frame, a figure and a print from another process included; untouched nothing."""
    text = source.text_of(name)
    for solved in (True, False):
        path = tmp_path / f"{solved}.ipynb"
        path.write_text(build(name, text, "en", solved=solved), encoding="utf-8")
        score = grade(path, 5).score
        assert score.earned == (score.possible if solved else 0.0)
