"""`grade review`: what only a person can score."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from rich.console import Console

from grader.cli.group import main
from grader.cli.speaking import language_of_locale, language_option, say, told, write
from grader.errors import UsageError
from grader.model import Language


@main.command("review")
@click.argument("path", metavar="REPORT.json", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--by", help="Who reviews. Default: your login name.")
@language_option
@told
def review(path: Path, by: str | None, lang: Language | None) -> None:
    """Score what only a person can: walk through a report's open items and write the marks into it."""
    from grader.report import json
    from grader.reviewing import open_items, with_mark

    language = lang or language_of_locale()
    if not path.is_file():
        raise UsageError(f"There is no file {path}; make one with: grade FILE --format json -o {path.name}")
    report = json.read(path.read_bytes())
    items = open_items(report)
    console = Console(highlight=False, markup=False)
    for number, (exercise, finding) in enumerate(items, 1):
        console.rule(f"{number} / {len(items)}  {exercise.title.in_(language)}")
        console.print(finding.answer or (finding.rationale.in_(language) if finding.rationale else ""))
        if finding.help:
            console.print(finding.help.in_(language), style="cyan")
        points = click.prompt(
            say(language, f"Points (0 to {finding.points:g})", f"点数（0〜{finding.points:g}）"),
            type=click.FloatRange(0, finding.points),
        )
        comment = click.prompt(say(language, "Comment", "コメント"), default="", show_default=False)
        report = with_mark(report, exercise.id, finding.check, points, by or getpass.getuser(), comment)
        write(json.render(report), path)  # after each item: nothing is lost when one stops in the middle
    if not items:
        click.echo(say(language, "Nothing awaits a person in this report.", "人が採点する項目はありません。"))
