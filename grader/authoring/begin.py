"""A new lesson that works: one exercise, a right answer of another kind, mistakes, and comments that teach."""

from __future__ import annotations

from pathlib import Path

from grader.errors import UsageError
from grader.lesson_folders.read import is_name

TEMPLATE = Path(__file__).with_name("new_lesson")
EXERCISE = "_average"  # of the lesson's name: the ids of exercises are unique among all lessons


def begin(folder: Path) -> Path:
    """Write the lesson into a new folder, whose name is its id. Raises UsageError for what is no name, or is there already."""
    name = folder.name
    if not is_name(name):
        raise UsageError(
            f"{name!r} is no name for a lesson: letters, digits and _ only, and a letter first, as in week_3.",
            ja=f"{name!r} は課題の名前にできません。week_3 のように、英字で始まり英数字と _ だけの名前にしてください。",
        )
    if folder.exists():
        raise UsageError(f"{folder} is already there.", ja=f"{folder} はすでにあります。")
    folder.mkdir(parents=True)
    for path in sorted(TEMPLATE.iterdir()):
        if path.is_file():
            exercise = name + EXERCISE
            text = path.read_text(encoding="utf-8").replace("EXERCISE", exercise).replace("NAME!", name)
            (folder / path.name.replace("EXERCISE", exercise)).write_text(text, encoding="utf-8")
    return folder
