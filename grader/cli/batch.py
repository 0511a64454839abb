"""`grade batch`: a class."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import lesson_folders
from grader.cli import batch_settings as settings
from grader.cli.batch_display import teller
from grader.cli.batch_run import crew, grade_all, not_from_what_is_graded, preparation, received, rehearse
from grader.cli.budget import budget_options, limits_of
from grader.cli.class_file import class_option
from grader.cli.class_values import DeferredText, NameValuePairs
from grader.cli.console import language_of_locale, language_option, pending_option, told
from grader.cli.group import main
from grader.cli.lessons_option import lessons_option, not_in_what_is_graded
from grader.cli.worth_options import hide_option, points_option, show_option, weight_option
from grader.errors import UsageError
from grader.model import Language

if TYPE_CHECKING:
    from grader.batch.gradebook.course_rules import Attempt, Show


def book_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--book; and --lessons, because a gradebook's lessons may lie anywhere."""
    book = click.option(
        "--book",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("gradebook.sqlite3"),
        show_default=True,
        help="The gradebook.",
    )
    return book(lessons_option(command))


@main.command("batch")
@class_option
@click.argument("source", type=click.Path(path_type=Path))
@book_option
@click.option(
    "--layout",
    type=click.Choice(["moodle", "canvas", "blackboard", "brightspace", "ilias", "github", "google", "plain"]),
    help="Whose names the folder or zip follows. Default: told from the names.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV of the class with id, name, email (or 学籍番号, 氏名, メール).",
)
@click.option(
    "--due",
    type=DeferredText(settings.due_known),
    metavar="TIME",
    help="When it was due: 2026-11-20T23:59, or with +09:00 after it.",
)
@click.option(
    "--late",
    type=DeferredText(settings.policy_known),
    metavar="POLICY",
    default="none",
    show_default=True,
    help="What lateness costs: none, zero, or '10%/day, max 50%, grace 15m'.",
)
@click.option(
    "--zone", metavar="ZONE", help="Time zone of times that say none, such as Asia/Tokyo. Default: this machine's."
)
@click.option(
    "--encoding", metavar="NAME", help="Encoding of the roster, such as cp1252. Default: told from its names."
)
@click.option(
    "--extension",
    type=NameValuePairs(settings.extension_known),
    multiple=True,
    metavar="WHO=TIME",
    help="More time for one student: 3d, 12h, or a time; none takes it away. Kept in the gradebook; may be repeated.",
)
@click.option(
    "--attempt",
    type=click.Choice(["last", "best"]),
    default="last",
    show_default=True,
    help="Which of several hand-ins of a student counts.",
)
@points_option
@weight_option
@show_option
@hide_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write everybody's report there.")
@click.option("--requests", is_flag=True, help="With --out: the reports carry a form to ask about a mark.")
@click.option(
    "--lesson",
    type=DeferredText(settings.lesson_known),
    metavar="LESSON",
    help="Which lesson it is, for notebooks that do not tell.",
)
@click.option(
    "--only",
    type=DeferredText(settings.exercise_known),
    multiple=True,
    metavar="EXERCISE",
    help="Only this exercise; may be repeated.",
)
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
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all that is said to the end of this file, with times.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@language_option
@told
def batch(
    source: Path,
    book: Path,
    layout: str | None,
    roster: Path | None,
    due: str | None,
    late: str,
    zone: str | None,
    encoding: str | None,
    extension: tuple[tuple[str, str], ...],
    attempt: Attempt,
    points: tuple[tuple[str, str], ...],
    weight: tuple[tuple[str, str], ...],
    show: Show,
    hide: tuple[str, ...],
    out: Path | None,
    requests: bool,
    lesson: str | None,
    only: tuple[str, ...],
    map_: Path | None,
    seed: int | None,
    workers: int | None,
    scheduler: str | None,
    no_sandbox: bool,
    budget: float | None,
    cell_time: float,
    total_time: float,
    memory: float,
    pending_ok: bool,
    quiet: bool,
    log: Path | None,
    dry_run: bool,
    lang: Language | None,
) -> None:
    """Grade every notebook of SOURCE, a folder or a zip as an LMS gives it. Stopped in the middle, the same command goes on.

    In a folder with a class.toml, `grade batch` alone does what that file says; every option is a key of it.
    """
    from grader.batch.cache_key import fingerprint
    from grader.batch.gradebook.course_rules import Rules
    from grader.batch.progress import BatchWatch
    from grader.batch.workers.isolation import isolation
    from grader.batch.workers.tasks import Plan

    language = lang or language_of_locale()
    not_from_what_is_graded(source)
    not_in_what_is_graded(source)
    settings.check_names(lesson, only, hide)
    if requests and out is None:
        raise UsageError(
            "--requests needs --out: the form is on the reports.",
            ja="--requests には --out が必要です。質問フォームはレポートに付きます。",
        )
    deadline, map_text = settings.deadline_of(due, late, zone), settings.checked_map(map_)
    rules = Rules(attempt, settings.worth_of(points, weight, lesson, only), show, hide)
    plan = Plan(
        fingerprint(),
        isolation(not no_sandbox, elsewhere=scheduler is not None),
        lesson,
        only,
        limits_of(budget, cell_time, total_time),
        int(memory * (1 << 30)),
        names=map_text,
        lessons=tuple(map(str, lesson_folders.chosen())),
    )
    with teller(log, language) as voice, received(source, layout, roster, voice, lesson, zone, encoding) as intake:
        doubt = settings.zone_doubt(due, zone, deadline, intake.zone)
        if doubt is not None:
            voice.say(doubt)
        watch = BatchWatch(len(intake.handed), pending_ok)
        prepare = preparation(source, plan, intake, deadline, extension, rules, seed)
        if dry_run:
            rehearse(book, prepare, intake, voice)
            return
        grade_all(
            book,
            prepare,
            intake,
            watch,
            voice,
            source,
            quiet,
            out,
            requests,
            crew=lambda: crew(workers, scheduler, language),
        )
    sys.exit(watch.exit_code)
