"""The command `grade`: the only file that prints, exits or reads the environment.

Exit codes: 0 everything passed, 1 graded and not everything passed, 2 usage, 3 the grader's own fault or a file that
cannot be read.
"""

from __future__ import annotations

import getpass
import json as plain_json
import locale
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
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
    grade batch FOLDER        grade a class
    grade book list           what the gradebook holds
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


book_option = click.option(
    "--book",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("gradebook.sqlite3"),
    show_default=True,
    help="The gradebook.",
)


@main.command("batch")
@click.argument("folder", type=click.Path(path_type=Path))
@book_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write everybody's report there.")
@click.option("--lesson", metavar="LESSON", help="Which lesson it is, for notebooks that do not tell.")
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this exercise; may be repeated.")
@click.option(
    "--seed", type=click.IntRange(0), help="Draw the inputs from this. Default: as last time, or a fresh one."
)
@click.option(
    "--workers", type=click.IntRange(1), help="So many at once, at most one for each core. Default: all cores."
)
@click.option("--scheduler", metavar="tcp://...", help="Grade on the workers of this Dask scheduler instead.")
@click.option("--no-sandbox", is_flag=True, help="Run the notebooks with your own rights; the reports say so.")
@click.option("--cell-time", type=click.FloatRange(1), default=Limits().cell_wall, help="Seconds a cell may take.")
@click.option("--total-time", type=click.FloatRange(1), default=Limits().total_wall, help="Seconds all cells may take.")
@click.option("--memory", type=click.FloatRange(0.25), default=2.0, show_default=True, help="GiB a notebook may use.")
@click.option("--quiet", is_flag=True, help="No display; one line of JSON for each submission.")
@language_option
@told
def batch(
    folder: Path,
    book: Path,
    out: Path | None,
    lesson: str | None,
    only: tuple[str, ...],
    seed: int | None,
    workers: int | None,
    scheduler: str | None,
    no_sandbox: bool,
    cell_time: float,
    total_time: float,
    memory: float,
    quiet: bool,
    lang: Language | None,
) -> None:
    """Grade every notebook of a folder into a gradebook. Stopped in the middle, the same command goes on."""
    from grader.batch.digest import fingerprint
    from grader.batch.entries import Batch
    from grader.batch.evening import Evening
    from grader.batch.gradebook import open_book
    from grader.batch.outbox import Outbox
    from grader.batch.plain import plain
    from grader.batch.tasks import Plan
    from grader.batch.walls import isolation
    from grader.batch.watch import Watch

    language = lang or language_of_locale()
    check_names(lesson, only)
    handed = plain(folder)
    plan = Plan(
        fingerprint(),
        isolation(not no_sandbox, language, elsewhere=scheduler is not None),
        lesson,
        only,
        Limits(cell_wall=cell_time, cell_cpu=cell_time, total_wall=total_time),
        int(memory * (1 << 30)),
    )
    watch = Watch(len(handed))
    with open_book(book) as opened, opened.grading():
        known = opened.seed()
        chosen = seed if seed is not None else known if known is not None else secrets.randbits(31)
        evening = Evening(
            opened,
            Batch(chosen, plan.policy, str(folder.resolve()), plan.grader, getpass.getuser()),
            plan,
            crew=lambda: crew(workers, scheduler),
            outbox=Outbox(out, language) if out else None,
        )
        with shown(watch, evening, quiet, language):
            evening.grade(handed)
    sys.exit(watch.exit_code)


def check_names(lesson: str | None, only: tuple[str, ...]) -> None:
    """Raises UsageError for what does not exist, before anything is graded."""
    from grader import lessons

    if lesson is not None and lesson not in lessons.names():
        lessons.lesson(lesson)
    for name in only:
        lessons.exercise(name)


def crew(workers: int | None, scheduler: str | None) -> Any:
    """Those who grade: processes here, or the workers of a cluster."""
    from grader.batch.local import LocalCrew, cores

    if scheduler is None:
        return LocalCrew(workers or cores())
    try:
        from grader.batch.cluster import ClusterCrew
    except ImportError as error:
        raise UsageError("Grading on a cluster needs Dask: pip install 'notebook-grader[cluster]'.") from error
    return ClusterCrew(scheduler, lambda sentence: click.echo(sentence, err=True))


@contextmanager
def shown(watch: Any, evening: Any, quiet: bool, language: Language) -> Iterator[None]:
    """Show a batch while it runs: a display for people, lines of JSON for machines. Ctrl-C ends it with a sentence."""
    from rich.live import Live

    from grader.batch.watch import line
    from grader.report.progress import render

    def hear(news: Any) -> None:
        watch.hear(news)
        if quiet:
            click.echo(plain_json.dumps(line(news), ensure_ascii=False))

    evening.on_news, evening.on_tick = hear, watch.tick
    display = Live(
        console=Console(stderr=True), get_renderable=lambda: render(watch.progress(), language), refresh_per_second=4
    )
    try:
        with nullcontext() if quiet else display:
            yield
    except KeyboardInterrupt as error:
        stopped = say(
            language,
            "Stopped. What was graded is in the gradebook; run the same again to go on.",
            "中断しました。採点済みの結果は採点簿に残っています。同じコマンドで続きから再開できます。",
        )
        raise Exit(stopped, 130) from error


@main.group("book")
def book_() -> None:
    """The gradebook: list, show, mark, compare and export what it holds."""


@book_.command("list")
@book_option
@click.option("--lesson", metavar="LESSON", help="Only this lesson.")
@click.option("--batches", is_flag=True, help="The batches there were, instead of the students.")
@language_option
@told
def book_list(book: Path, lesson: str | None, batches: bool, lang: Language | None) -> None:
    """Where everybody stands, or which batches there were."""
    from grader.batch import standings
    from grader.batch.gradebook import open_book
    from grader.report import book as pages

    language = lang or language_of_locale()
    with open_book(book, write=False) as opened:
        if batches:
            Console().print(pages.batches(standings.batches(opened), language))
        else:
            Console().print(pages.standings(standings.standings(opened, lesson), language))


@book_.command("show")
@click.argument("student")
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@language_option
@told
def book_show(student: str, book: Path, lesson: str | None, lang: Language | None) -> None:
    """A student's report with the marks in it, and who changed what and when."""
    from grader.batch import standings
    from grader.batch.gradebook import open_book
    from grader.report import book as pages
    from grader.report import json

    language = lang or language_of_locale()
    with open_book(book, write=False) as opened:
        found = standings.one(opened, student, lesson)
        text = standings.report_text(opened, found.run)
        if text is None:
            click.echo(found.problem)
        else:
            click.echo(rendered(json.read(text), "terminal", language, to_file=False), nl=False)
        Console().print(pages.standings([found], language))
        Console().print(pages.changes(standings.changes(opened, student), language))


@book_.command("mark")
@click.argument("student")
@click.argument("points", type=click.FloatRange(0), required=False)
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@click.option("--check", metavar="EXERCISE.CHECK", help="The check that is marked. Default: the whole score.")
@click.option("--comment", default="", help="Why, for the student.")
@click.option("--remove", is_flag=True, help="Take the mark away.")
@click.option("--by", help="Who decides. Default: your login name.")
@told
def book_mark(
    student: str,
    points: float | None,
    book: Path,
    lesson: str | None,
    check: str | None,
    comment: str,
    remove: bool,
    by: str | None,
) -> None:
    """Give a student POINTS by hand: for a check, or for everything. They stay when the submission is graded again."""
    from grader.batch.gradebook import open_book
    from grader.batch.marking import give

    if (points is None) != remove:
        raise UsageError("Say how many POINTS, or --remove to take the mark away.")
    with open_book(book) as opened:
        found = give(opened, student, lesson, check, points, by or getpass.getuser(), comment)
    score = found.score
    click.echo(f"{found.label}: {'-' if score is None or score.earned is None else f'{score.earned:g}'}")


@book_.command("compare")
@click.argument("before", type=int)
@click.argument("after", type=int)
@book_option
@language_option
@told
def book_compare(before: int, after: int, book: Path, lang: Language | None) -> None:
    """What came out differently AFTER one batch than BEFORE; `grade book list --batches` has the numbers."""
    from grader.batch import standings
    from grader.batch.gradebook import open_book
    from grader.report import book as pages

    with open_book(book, write=False) as opened:
        found = standings.compare(opened, before, after)
    Console().print(pages.differences(found, lang or language_of_locale()))


@book_.command("export")
@book_option
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@click.option("--lesson", metavar="LESSON", help="Only this lesson.")
@told
def book_export(book: Path, format_: str, output: Path | None, lesson: str | None) -> None:
    """Everybody's score as CSV, or scores, findings and changes as JSON."""
    from grader.batch.gradebook import open_book
    from grader.batch.plain_export import csv_of, json_of

    with open_book(book, write=False) as opened:
        write(csv_of(opened, lesson) if format_ == "csv" else json_of(opened, lesson), output)


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
