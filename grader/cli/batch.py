"""`grade batch`: a class."""

from __future__ import annotations

import getpass
import json as plain_json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from grader.cli.budget import budget_options, limits_of
from grader.cli.group import main
from grader.cli.speaking import Exit, language_of_locale, language_option, pending_option, say, told
from grader.errors import UsageError
from grader.model import Language

book_option = click.option(
    "--book",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("gradebook.sqlite3"),
    show_default=True,
    help="The gradebook.",
)


@main.command("batch")
@click.argument("source", type=click.Path(path_type=Path))
@book_option
@click.option(
    "--layout",
    type=click.Choice(["moodle", "canvas", "github", "google", "plain"]),
    help="Whose names the folder or zip follows. Default: told from the names.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV of the class with id, name, email (or 学籍番号, 氏名, メール).",
)
@click.option("--due", metavar="TIME", help="When it was due: 2026-11-20T23:59, or with +09:00 after it.")
@click.option(
    "--late",
    metavar="POLICY",
    default="none",
    show_default=True,
    help="What lateness costs: none, zero, or '10%/day, max 50%, grace 15m'.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write everybody's report there.")
@click.option("--requests", is_flag=True, help="With --out: the reports carry a form to ask about a mark.")
@click.option("--lesson", metavar="LESSON", help="Which lesson it is, for notebooks that do not tell.")
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this exercise; may be repeated.")
@click.option(
    "--map",
    "map_",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What names mean, the same for all submissions, in TOML (docs/matching.md).",
)
@click.option(
    "--seed", type=click.IntRange(0), help="Draw the inputs from this. Default: as last time, or a fresh one."
)
@click.option(
    "--workers", type=click.IntRange(1), help="So many at once, at most one for each core. Default: all cores."
)
@click.option("--scheduler", metavar="tcp://...", help="Grade on the workers of this Dask scheduler instead.")
@click.option("--no-sandbox", is_flag=True, help="Run the notebooks with your own rights; the reports say so.")
@budget_options
@click.option("--memory", type=click.FloatRange(0.25), default=2.0, show_default=True, help="GiB a notebook may use.")
@pending_option
@click.option("--quiet", is_flag=True, help="No display; one line of JSON for each submission.")
@language_option
@told
def batch(
    source: Path,
    book: Path,
    layout: str | None,
    roster: Path | None,
    due: str | None,
    late: str,
    out: Path | None,
    requests: bool,
    lesson: str | None,
    only: tuple[str, ...],
    map_: Path | None,
    seed: int | None,
    workers: int | None,
    scheduler: str | None,
    no_sandbox: bool,
    budget: float,
    cell_time: float,
    total_time: float,
    memory: float,
    pending_ok: bool,
    quiet: bool,
    lang: Language | None,
) -> None:
    """Grade every notebook of SOURCE, a folder or a zip as an LMS gives it. Stopped in the middle, the same command goes on."""
    from grader.batch.digest import fingerprint
    from grader.batch.entries import Batch
    from grader.batch.evening import Evening
    from grader.batch.gradebook import open_book
    from grader.batch.outbox import Outbox
    from grader.batch.tasks import Plan
    from grader.batch.walls import isolation
    from grader.batch.watch import Watch

    language = lang or language_of_locale()
    check_names(lesson, only)
    if requests and out is None:
        raise UsageError(
            "--requests needs --out: the form is on the reports.",
            ja="--requests には --out が必要です。質問フォームはレポートに付きます。",
        )
    deadline, map_text = deadline_of(due, late), checked_map(map_)
    with received(source, layout, roster, language) as intake:
        plan = Plan(
            fingerprint(),
            isolation(not no_sandbox, elsewhere=scheduler is not None),
            lesson,
            only,
            limits_of(budget, cell_time, total_time),
            int(memory * (1 << 30)),
            names=map_text,
        )
        watch = Watch(len(intake.handed), pending_ok)
        with open_book(book) as opened, opened.grading():
            known = opened.seed()
            chosen = seed if seed is not None else known if known is not None else secrets.randbits(31)
            evening = Evening(
                opened,
                Batch(chosen, plan.policy, str(source.resolve()), plan.grader, getpass.getuser()),
                plan,
                crew=lambda: crew(workers, scheduler, language),
                outbox=Outbox(out, language, asks=requests) if out else None,
                deadline=deadline,
                layout=intake.layout,
                roster=intake.roster,
            )
            with shown(watch, evening, quiet, language):
                number = evening.grade(intake.handed)
            close(opened, number, intake.unknown, language)
            if evening.outbox is not None:
                evening.outbox.publish_class(opened, alike_hints(opened, source, language))
    sys.exit(watch.exit_code)


def deadline_of(due: str | None, late: str) -> Any:
    """Raises UsageError for what is no time or no policy."""
    from grader.batch.intake import late as lateness

    policy = lateness.policy(late)
    if due is None and policy != lateness.Policy():
        raise UsageError(
            "--late needs --due: nobody is late for what has no due time.",
            ja="--late には --due が必要です。締め切りがなければ遅れもありません。",
        )
    return lateness.Deadline(lateness.due(due) if due else None, policy)


@contextmanager
def received(source: Path, layout: str | None, roster: Path | None, language: Language) -> Iterator[Any]:
    """What was handed in, under the roster's names where there is one; what is to be known about it is said."""
    from grader.batch.intake import Layout, Received, take_in
    from grader.batch.intake.roster import read

    people = read(roster) if roster else None
    with take_in(source, Layout(layout) if layout else None) as taken:
        for note in taken.told():
            click.echo(note.in_(language), err=True)
        yield Received.of(taken, people)


def alike_hints(book: Any, source: Path | None, language: Language, lesson: str | None = None) -> Any:
    """Which submissions are alike, for the class page; why that cannot be told, where it cannot."""
    from grader.batch.alike import alike_in

    return alike_in(book, source, lesson, lambda error: click.echo(error.in_(language), err=True))


def close(book: Any, batch: int, unknown: Any, language: Language) -> None:
    """What to know at the end of the evening."""
    from grader.batch.closing import closing

    for note in closing(book, batch, unknown):
        click.echo(note.in_(language), err=True)


def check_names(lesson: str | None, only: tuple[str, ...]) -> None:
    """Raises UsageError for what does not exist, before anything is graded."""
    from grader import lessons

    if lesson is not None and lesson not in lessons.names():
        lessons.lesson(lesson)
    for name in only:
        lessons.exercise(name)


def checked_map(path: Path | None) -> str:
    """The text of a map, once it is known to be a right one; "" without. Raises UsageError."""
    from grader.grading import map_of

    return path.read_text(encoding="utf-8-sig") if path is not None and map_of(path) is not None else ""


def crew(workers: int | None, scheduler: str | None, language: Language) -> Any:
    """Those who grade: processes here, or the workers of a cluster."""
    from grader.batch.local import LocalCrew, cores

    if scheduler is None:
        return LocalCrew(workers or cores())
    try:
        from grader.batch.cluster import ClusterCrew
    except ImportError as error:
        raise UsageError(
            "Grading on a cluster needs Dask: pip install 'notebook-grader[cluster]'.",
            ja="クラスタでの採点には Dask が必要です: pip install 'notebook-grader[cluster]'",
        ) from error
    return ClusterCrew(scheduler, lambda sentence: click.echo(sentence.in_(language), err=True))


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
