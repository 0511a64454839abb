"""A new lesson that works: one exercise, a right answer of another kind, mistakes, and comments that teach."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.errors import UsageError
from grader.lesson_folders.read import FILE, is_name

TEMPLATE = Path(__file__).with_name("new_lesson")
SAMPLES = (
    Path(__file__).with_name("samples"),
    Path(__file__).parents[2] / "examples" / "lessons",
)  # installed; a checkout
EXERCISE = "_average"  # of the lesson's name: the ids of exercises are unique among all lessons


def samples() -> dict[str, Path]:
    """The complete lessons that one may begin from, by name."""
    place = next((place for place in SAMPLES if place.is_dir()), None)
    return {path.name: path for path in sorted(place.iterdir()) if (path / FILE).is_file()} if place else {}


def begin(folder: Path, like: str | None = None) -> Path:
    """Write the lesson into a new folder, whose name is its id. like: a sample that is copied.

    Raises UsageError for what is no name, or is there already, and for a sample that there is not.
    """
    name = folder.name
    if not is_name(name):
        raise UsageError(
            f"{name!r} is no name for a lesson: letters, digits and _ only, and a letter first, as in week_3.",
            ja=f"{name!r} は課題の名前にできません。week_3 のように、英字で始まり英数字と _ だけの名前にしてください。",
        )
    if folder.exists():
        raise UsageError(f"{folder} is already there.", ja=f"{folder} はすでにあります。")
    if like is not None:
        if like not in samples():
            raise UsageError(
                f"There is no sample lesson {like}. There are: {', '.join(samples())}.",
                ja=f"{like} という見本の課題はありません。あるのは {', '.join(samples())} です。",
            )
        shutil.copytree(samples()[like], folder, ignore=shutil.ignore_patterns("__pycache__", "notebooks"))
        return folder
    folder.mkdir(parents=True)
    for path in sorted(TEMPLATE.iterdir()):
        if path.is_file():
            exercise = name + EXERCISE
            text = path.read_text(encoding="utf-8").replace("EXERCISE", exercise).replace("NAME!", name)
            (folder / path.name.replace("EXERCISE", exercise)).write_text(text, encoding="utf-8")
    return folder
