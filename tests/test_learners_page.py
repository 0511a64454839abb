"""docs/learners.md and the README say what there is: commands, options, and the words of a report."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from grader.cli import main
from grader.judge.wording import groundwork_text
from grader.model import Outcome, Text
from grader.report import words

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "learners.md").read_text(encoding="utf-8")
PAGES = {"README": (ROOT / "README.md").read_text(encoding="utf-8"), "learners": PAGE}
COMMANDS = sorted({(page, line) for page, text in PAGES.items() for line in re.findall(r"(?:^ *|`)(grade [^`#\n]*[^`# \n])", text, re.MULTILINE)})  # fmt: skip


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_is_one(page: str, line: str) -> None:
    """Every command of the page exists, with every option that it is shown with."""
    command: click.Command = main
    _, *rest = line.split()
    given = [word for word in rest if not word.startswith("-")]
    while isinstance(command, click.Group) and given and given[0] in command.commands:
        command = command.commands[given.pop(0)]
    if command is main:
        command = main.commands["file"]  # grade FILE
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("-")} <= known | {"--help"}


QUOTED = (
    words.OUTCOMES[Outcome.MISSING],
    words.SEEN,
    words.MISTAKE,
    words.EXPECTED,
    words.ACTUAL,
    words.FOLLOWS,
    Text(en=groundwork_text(Text()).en.rstrip(": "), ja=""),
)


@pytest.mark.parametrize("text", QUOTED, ids=lambda text: text.en)
def test_what_is_quoted_is_what_a_report_says(text: Text) -> None:
    """In both languages, up to the names that are filled in."""
    for said in (text.en, text.ja):
        assert said.partition("{exercises}")[2].strip(": ") in PAGE if "{" in said else said in PAGE
