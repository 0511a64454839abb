"""The command `grade`: the only file that prints, exits or reads the environment.

Exit codes: 0 everything passed, 1 graded and not everything passed, 2 usage, 3 the grader's own fault or a file that
cannot be read.
"""

from __future__ import annotations

import getpass
import locale
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

import grader
from grader.errors import GraderError, UsageError
from grader.model import Language, Limits, Outcome, Report, Text

F = TypeVar("F", bound=Callable[..., Any])


class GradeGroup(click.Group):
    """`grade FILE` means `grade file FILE`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and (not args[0].startswith("-") or len(args) > 1):
            return super().resolve_command(ctx, ["file", *args])
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "--version"}
        if args and args[0].startswith("-") and args[0] not in own:
            args = ["file", *args]
        return super().parse_args(ctx, args)


class Exit(click.ClickException):
    """A sentence for the person, and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click has a class variable here
        return self.code


def told(command: F) -> F:
    """Turn errors meant for people into one sentence and the right exit code; anything else is ours, and is shown."""

    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except UsageError as error:
            raise Exit(str(error), 2) from error
        except GraderError as error:
            raise Exit(str(error), 3) from error

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]


language_option = click.option(
    "--lang", type=click.Choice(["ja", "en"]), help="Language of the words. Default: from the locale."
)


@click.group(cls=GradeGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(grader.__version__, prog_name="grade")
def main() -> None:
    """Grade deep-learning notebooks and name the mistake.

    \b
    grade submit.ipynb        grade a notebook
    grade new knock80_89      start an exercise
    grade list                what there is
    """


@main.command("file")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", type=click.Choice(["terminal", "json", "html"]), default="terminal", show_default=True
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there.")
@click.option("--seed", type=click.IntRange(0), help="Draw the inputs from this seed. Default: a fresh one.")
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this exercise; may be repeated.")
@click.option("--lesson", metavar="LESSON", help="Which lesson it is, if the notebook does not tell.")
@click.option(
    "--cell-time",
    type=click.FloatRange(1),
    default=Limits().cell_wall,
    show_default=True,
    help="Seconds a cell may take.",
)
@click.option(
    "--total-time",
    type=click.FloatRange(1),
    default=Limits().total_wall,
    show_default=True,
    help="Seconds all cells may take.",
)
@click.option("--jail", "jailed", is_flag=True, help="Run it in a jail (Linux): no network, no files of yours.")
@click.option("--verbose", is_flag=True, help="On an error of the grader itself, show where.")
@language_option
@told
def grade_file(
    path: Path,
    format_: str,
    output: Path | None,
    seed: int | None,
    only: tuple[str, ...],
    lesson: str | None,
    cell_time: float,
    total_time: float,
    jailed: bool,
    verbose: bool,
    lang: Language | None,
) -> None:
    """Grade one notebook and say what holds, what does not, and which mistake it is."""
    language = lang or language_of_locale()
    limits = Limits(cell_wall=cell_time, cell_cpu=cell_time, total_wall=total_time)
    report = graded(path, seed, only, lesson, limits, language, jailed, quiet=format_ != "terminal" and output is None)
    write(rendered(report, format_, language, to_file=output is not None), output)
    if verbose:
        for finding in (f for e in report.exercises for f in e.findings if f.outcome is Outcome.BROKEN):
            click.echo(f"{finding.check}: {finding.rationale.en if finding.rationale else ''}", err=True)
    sys.exit(exit_code(report))


def graded(
    path: Path,
    seed: int | None,
    only: tuple[str, ...],
    lesson: str | None,
    limits: Limits,
    language: Language,
    jailed: bool,
    quiet: bool,
) -> Report:
    """Read, run and judge, with a line on stderr that says what is going on."""
    from grader.grading import grade, jail

    console = Console(stderr=True, quiet=quiet)
    with console.status("") as status:

        def step(text: Text) -> None:
            status.update(text.in_(language))

        fresh = secrets.randbits(31) if seed is None else seed
        with jail() if jailed else nullcontext() as host:
            return grade(path, seed=fresh, only=only, lesson=lesson, limits=limits, on_step=step, host=host)


def rendered(report: Report, format_: str, language: Language, to_file: bool) -> str:
    if format_ == "json":
        from grader.report import json

        return json.render(report)
    if format_ == "html":
        from grader.report import html

        return html.render(report, language)
    from grader.report import terminal

    if to_file:
        return terminal.render(report, language, width=100, colour=False)
    console = Console()
    signs = (console.encoding or "ascii").lower().replace("-", "").startswith("utf")
    colour = console.is_terminal and not console.no_color
    return terminal.render(report, language, width=min(console.width, 120), colour=colour, unicode=signs)


def write(text: str, output: Path | None) -> None:
    """To a file, whole or not at all; or to the screen."""
    if output is None:
        click.echo(text, nl=False)
        return
    part = output.with_name(output.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(output)
    except OSError as error:
        raise UsageError(f"The report cannot be written to {output}: {error.strerror}.") from error


def exit_code(report: Report) -> int:
    if report.score.earned is None:
        return 3
    return 0 if report.score.earned + report.score.pending == report.score.possible else 1


@main.command("doctor")
@language_option
@told
def doctor(lang: Language | None) -> None:
    """What this machine can do to keep student code apart, and how to get the rest."""
    from grader.box.doctor import MEANING, Layer, examine

    language = lang or language_of_locale()
    found = examine()
    console = Console(highlight=False)
    for layer in Layer:
        held = layer in found.layers
        console.print(f"{'[green]✓[/]' if held else '[red]✗[/]'} {MEANING[layer].in_(language)}")
    for layer in found.missing:
        console.print(found.sentence(layer).in_(language), style="yellow", markup=False)
    safe = say(language, "Other people's notebooks can be graded here.", "ここで他人のノートブックを採点できます。")
    unsafe = say(language, "Grade only your own notebooks here.", "ここでは自分のノートブックだけを採点してください。")
    console.print(safe if found.safe else unsafe, style="bold")


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


@main.command("watch")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this exercise; may be repeated.")
@click.option("--lesson", metavar="LESSON", help="Which lesson it is, if the notebook does not tell.")
@language_option
@told
def watch(path: Path, only: tuple[str, ...], lesson: str | None, lang: Language | None) -> None:
    """Grade a notebook each time it is saved, until Ctrl-C."""
    from grader.errors import SubmissionError
    from grader.saves import saves

    language = lang or language_of_locale()
    with suppress(KeyboardInterrupt):
        for _ in saves(path):
            try:
                report = graded(path, None, only, lesson, Limits(), language, jailed=False, quiet=False)
            except SubmissionError as error:  # saved half-way, or broken for now
                click.echo(str(error))
            else:
                click.clear()
                write(rendered(report, "terminal", language, to_file=False), None)
            waiting = say(
                language, "Waiting for the next save. Ctrl-C ends.", "次の保存を待っています。終了は Ctrl-C。"
            )
            click.echo(waiting)


@main.command("new")
@click.argument("lesson")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to. Default: LESSON.ipynb here."
)
@language_option
@told
def new(lesson: str, output: Path | None, lang: Language | None) -> None:
    """Put a lesson's notebook into this folder, ready to be filled in."""
    from grader import lessons
    from grader.lessons import source

    lessons.lesson(lesson)
    language = lang or language_of_locale()
    target = output or Path(f"{lesson}.ipynb")
    if target.exists():
        raise UsageError(
            f"{target} is already there; name another place with -o, so that nothing of yours is overwritten."
        )
    text = (source.folder("exercises") / language / f"{lesson}.ipynb").read_text(encoding="utf-8")
    write(text, target)
    click.echo(
        say(
            language,
            f"{target} is ready. When you have filled it in: grade {target}",
            f"{target} を作りました。書き終えたら: grade {target}",
        )
    )


@main.command("list")
@language_option
@told
def list_(lang: Language | None) -> None:
    """The lessons and their exercises."""
    from grader.lessons import catalogue

    language = lang or language_of_locale()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for lesson in catalogue():
        table.add_row(f"[bold]{lesson.id}[/]", f"[bold]{lesson.title.in_(language)}[/]", "")
        for exercise in lesson.exercises:
            table.add_row(f"  {exercise.id}", exercise.title.in_(language), f"{exercise.points:g}")
    Console().print(table)


@main.command("show")
@click.argument("exercise")
@language_option
@told
def show(exercise: str, lang: Language | None) -> None:
    """What an exercise asks for and what must hold."""
    from grader import lessons

    language = lang or language_of_locale()
    found = lessons.exercise(exercise)
    console = Console(highlight=False)
    console.print(f"[bold]{found.title.in_(language)}[/]  ({found.id}, {found.lesson})")
    console.print(say(language, "Asks for: ", "書くもの: ") + ", ".join(found.names))
    for check in found.checks:
        console.print(f"  {check.points:g}  {check.text.in_(language)}")


@main.command("build")
@click.option("--check", is_flag=True, help="Write nothing; say whether the notebooks are up to date.")
@told
def build(check: bool) -> None:
    """Make exercises/ from solutions/ (for authors; needs the extra `author`)."""
    from grader.lessons import catalogue, source

    try:
        import jupytext  # noqa: F401  # said here, so that the sentence below is the only thing one sees

        from grader.build import build as make
    except ImportError as error:
        raise UsageError("Building needs jupytext: pip install 'notebook-grader[author]'.") from error
    target = source.folder("exercises")
    stale = []
    for lesson in catalogue():
        for language in ("ja", "en"):
            text = make(lesson.id, source.text_of(lesson.id), language)
            path = target / language / f"{lesson.id}.ipynb"
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path)
            if not check:
                path.parent.mkdir(exist_ok=True)
                write(text, path)
                click.echo(f"wrote {path}")
    if check and stale:
        names = ", ".join(str(path.relative_to(target)) for path in stale)
        raise Exit(f"Not up to date: {names}. Run `grade build`.", 1)


def say(language: Language, en: str, ja: str) -> str:
    return Text(en=en, ja=ja).in_(language)


def language_of_locale() -> Language:
    """Japanese where the machine speaks Japanese, else English."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    said = said or (locale.getlocale()[0] or "")
    return "ja" if said.lower().startswith(("ja", "japanese")) else "en"
