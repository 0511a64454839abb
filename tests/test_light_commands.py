"""What only looks at lessons is light: it reads them, and torch stays where it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import lesson_folders, lessons
from grader.authoring.begin import begin
from grader.lessons import outline

SAMPLES = Path(__file__).parents[1] / "examples" / "lessons"
WITHOUT = (
    "import sys\nsys.modules['torch'] = None\nfrom grader.cli import main\nmain({words!r})"  # importing it would raise
)


@pytest.fixture
def week(tmp_path: Path) -> Path:
    return begin(tmp_path / "week_3")


@pytest.mark.parametrize(
    "words",
    [
        ["--help"], ["author", "--help"], ["list"], ["list", "--lessons", "week_3"], ["show", "knock81"], ["show", "questions"],
        ["show", "week_3_average", "--lessons", "week_3"], ["new", "transformer_lm"], ["author", "new", "week_4"],
        ["author", "new", "rain", "--like", "city_rain"], ["author", "build", "week_3"], ["doctor"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_light_command_does_without_torch(week: Path, words: list[str]) -> None:
    """Where torch cannot be imported, these commands do what they do."""
    if words[:2] == ["author", "build"]:
        pytest.importorskip("jupytext", reason="the extra `author` brings it")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(words=words)],
        cwd=week.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stdout, done.stderr


def test_what_is_read_is_what_is_run(week: Path) -> None:
    """Every lesson's outline is written out but the quiz's, and says of each exercise what the module itself says."""
    lesson_folders.use_only(SAMPLES, week)
    try:
        worked_out = []
        for folder in lesson_folders.found().values():
            for name in folder.exercises:
                try:
                    read = outline.written_out(folder, name)
                except outline.WorkedOut:
                    worked_out.append(name)
                    read = next(one for one in outline.outlines(folder) if one.id == name)
                assert read == outline.of_exercise(lessons.exercise(name))
        assert worked_out == ["questions"]
    finally:
        lesson_folders.use_only()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@check(points=1)", "@check(points=len('ab'))"),
        ("@check(points=1)", "@check(**{'points': 2})"),
        ("def drawn", "from grader.checks import check as asks\n@asks(points=3)\ndef more(student, draw):\n    'More.'\n\ndef drawn"),
        ("def drawn", "import grader.checks as g\n@g.check(points=3)\ndef more(student, draw):\n    'More.'\n\ndef drawn"),
        ("AVERAGES =", "def more(student, draw):\n    'More.'\nlast = check(points=5)(more)\nAVERAGES ="),
        ("AVERAGES =", "make = check(points=5)\ndef more(student, draw):\n    'More.'\nlast = make(more)\nAVERAGES ="),
        ("AVERAGES =", "if True:\n    @check(points=5)\n    def more(student, draw):\n        'More.'\nAVERAGES ="),
        ("AVERAGES =", "kept = sorted('ba')\nkept = sorted(kept)\n@check(points=len(kept))\ndef more(student, draw):\n    'More.'\nAVERAGES ="),
        ("NAMES = (\"moving_average\",)", "NAMES = tuple([\"moving_average\"])"),
    ],
)  # fmt: skip
def test_what_is_not_written_out_is_run(week: Path, old: str, new: str) -> None:
    """Points that are worked out, or a check under another name, are counted as the module counts them."""
    file = week / "week_3_average.py"
    text = file.read_text(encoding="utf-8")
    assert old in text, text
    file.write_text(text.replace(old, new), encoding="utf-8")
    lesson_folders.use_only(week)
    try:
        (read,) = outline.outlines(lesson_folders.found()["week_3"])
        assert read == outline.of_exercise(lessons.exercise("week_3_average"))
    finally:
        lesson_folders.use_only()
        shutil.rmtree(week)
