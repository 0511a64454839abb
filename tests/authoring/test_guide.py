"""docs/authors.md, followed line by line in an empty folder."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.lesson_folders.read import LessonFolder

GUIDE = Path(__file__).parents[2] / "docs" / "authors.md"
BLOCK = re.compile(r"^```(console|python|toml)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


pytestmark = pytest.mark.usefixtures("nothing_chosen")


def test_the_guide_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command ends as it should and says what the guide shows; what is to be appended is appended."""
    monkeypatch.chdir(tmp_path)
    commands = 0
    for kind, name, text in BLOCK.findall(GUIDE.read_text("utf-8")):
        if kind == "python":
            with Path(name or "week_3/week_3_average.py").open("a", encoding="utf-8") as file:
                file.write(f"\n\n{text}" if file.tell() else text)
            continue
        if kind == "toml" and name:
            write_keys(Path(name), text)
        if kind == "toml":
            continue
        for command, shown in commands_of(text):
            done = CliRunner().invoke(main, shlex.split(command)[1:])
            said = " ".join(done.output.split())
            assert done.exit_code in (0, 1), (command, done.output)
            assert [line for line in shown if " ".join(line.split()) not in said] == [], (command, done.output)
            commands += 1
    assert commands >= 8


def write_keys(file: Path, text: str) -> None:
    """Put these lines of a TOML file in the place of those with the same keys."""
    keys = {line.partition("=")[0].strip() for line in text.splitlines()}
    others = [line for line in file.read_text("utf-8").splitlines() if line.partition("=")[0].strip() not in keys]
    file.write_text("\n".join([*others, text]), encoding="utf-8")


def commands_of(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines that it shows."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.strip().splitlines()
        yield command, shown


def test_every_key_of_a_lesson_is_explained() -> None:
    """What `lesson.toml` may hold has a row in the guide."""
    page = GUIDE.read_text("utf-8")
    kept = {"folder", "solutions", "notebook_folders", "shows_answers", "digest"}  # what is worked out, not written
    keys = {name for name in LessonFolder.__dataclass_fields__ if name not in kept}
    assert [
        key
        for key in sorted(keys | {"solution", "notebooks", "answers"})
        if f"`{key}`" not in page and f"`[{key}]`" not in page
    ] == []
