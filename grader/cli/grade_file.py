"""`grade FILE` and `grade watch FILE`: one notebook."""

from __future__ import annotations

import importlib
import secrets
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import click
from rich.console import Console

from grader.batch.gradebook.course_rules import Show
from grader.batch.gradebook.exercise_points import scaled
from grader.batch.report_visibility import shown
from grader.cli.batch_settings import check_names, worth_of
from grader.cli.budget import budget_options, limits_of
from grader.cli.console import language_of_locale, language_option, pending_option, say, told, unicode, write
from grader.cli.group import main
from grader.cli.last_time import compared
from grader.cli.lessons_option import lessons_option, not_in_what_is_graded
from grader.cli.worth_options import hide_option, points_option, show_option
from grader.model import Language, Limits, Outcome, Report, Score, Text


@main.command("file")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@lessons_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["terminal", "json", "html", "junit", "gradescope", "github-classroom"]),
    default="terminal",
    show_default=True,
    help="How the report is written.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there.")
@click.option(
    "--page", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as a page, too."
)
@click.option("--seed", type=click.IntRange(0), help="Draw the inputs from this seed. Default: a fresh one.")
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this exercise; may be repeated.")
@click.option("--lesson", metavar="LESSON", help="Which lesson it is, if the notebook does not tell.")
@points_option
@show_option
@hide_option
@budget_options
@click.option(
    "--map",
    "map_",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What the student's names mean, in TOML (docs/matching.md).",
)
@click.option("--jail", "jailed", is_flag=True, help="Run it in a jail (Linux): no network, no files of yours.")
@pending_option
@click.option("--verbose", is_flag=True, help="On an error of the grader itself, show where.")
@language_option
@told
def grade_file(
    path: Path,
    format_: str,
    output: Path | None,
    page: Path | None,
    seed: int | None,
    only: tuple[str, ...],
    lesson: str | None,
    points: tuple[tuple[str, str], ...],
    show: Show,
    hide: tuple[str, ...],
    budget: float | None,
    cell_time: float,
    total_time: float,
    map_: Path | None,
    jailed: bool,
    pending_ok: bool,
    verbose: bool,
    lang: Language | None,
) -> None:
    """Grade one notebook (a script, a folder or a zip of several) and say what holds, what does not, and which mistake it is."""
    language = lang or language_of_locale()
    not_in_what_is_graded(path)
    limits = limits_of(budget, cell_time, total_time)
    quiet = format_ != "terminal" and output is None
    worth = worth_of(points, (), lesson, only)
    check_names(None, (), hide)
    found = graded(path, seed, only, lesson, limits, language, jailed, quiet, map_)
    since = compared(path, found) if format_ == "terminal" and output is None else None
    report = shown(scaled(found, worth), show, hide)
    words = lang or report.language or language
    write(rendered(report, format_, words, to_file=output is not None, since=since), output)
    if page is not None:
        write(rendered(report, "html", words), page)
    if verbose:
        for finding in (f for e in report.exercises for f in e.findings if f.outcome is Outcome.BROKEN):
            click.echo(f"{finding.check}: {finding.rationale.en if finding.rationale else ''}", err=True)
    sys.exit(exit_code(report.score, pending_ok))


@main.command("watch")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@lessons_option
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this exercise; may be repeated.")
@click.option("--lesson", metavar="LESSON", help="Which lesson it is, if the notebook does not tell.")
@language_option
@told
def watch(path: Path, only: tuple[str, ...], lesson: str | None, lang: Language | None) -> None:
    """Grade a notebook each time it is saved, until Ctrl-C."""
    from grader.cli.file_watch import saves
    from grader.errors import SubmissionError

    language = lang or language_of_locale()
    with suppress(KeyboardInterrupt):
        for _ in saves(path):
            try:
                report = graded(path, None, only, lesson, Limits(), language, jailed=False, quiet=False)
            except SubmissionError as error:  # saved half-way, or broken for now
                click.echo(error.in_(language))
            else:
                click.clear()
                language = lang or report.language or language
                write(rendered(report, "terminal", language, to_file=False, since=compared(path, report)), None)
            waiting = say(
                language, "Waiting for the next save. Ctrl-C ends.", "次の保存を待っています。終了は Ctrl-C。"
            )
            click.echo(waiting)


def graded(
    path: Path,
    seed: int | None,
    only: tuple[str, ...],
    lesson: str | None,
    limits: Limits,
    language: Language,
    jailed: bool,
    quiet: bool,
    map_: Path | None = None,
) -> Report:
    """Read, run and judge, with a line on stderr that says what is going on."""
    from grader.grading import grade, jail, map_of

    by_hand = map_of(map_)
    console = Console(stderr=True, quiet=quiet)
    with console.status("") as status:

        def step(text: Text) -> None:
            status.update(text.in_(language))

        fresh = secrets.randbits(31) if seed is None else seed
        with jail() if jailed else nullcontext() as host:
            return grade(
                path, seed=fresh, only=only, lesson=lesson, limits=limits, on_step=step, host=host, by_hand=by_hand
            )


def rendered(report: Report, format_: str, language: Language, to_file: bool = False, since: Text | None = None) -> str:
    if format_ == "json":
        from grader.report import json

        return json.render(report)
    if format_ != "terminal":
        return importlib.import_module(f"grader.report.{format_.replace('-', '_')}").render(report, language)  # type: ignore[no-any-return]
    from grader.report import terminal

    if to_file:
        return terminal.render(report, language, width=100, colour=False)
    console = Console()
    colour = console.is_terminal and not console.no_color
    return terminal.render(
        report, language, width=min(console.width, 120), colour=colour, unicode=unicode(console), since=since
    )


def exit_code(score: Score, pending_ok: bool) -> int:
    """0 every point earned, 1 a point lost, 3 no score, 4 nothing lost and something for a person to decide."""
    if score.earned is None:
        return 3
    if score.lost:
        return 1
    return 0 if score.full or pending_ok else 4
