"""How `grade batch` goes on once everything is chosen: what is different is said, all is graded, and what to know is told."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import batch_settings as settings
from grader.cli.batch_display import Teller, closing_lines, shown
from grader.cli.class_file import current
from grader.cli.console import language_of_locale, say
from grader.errors import UsageError
from grader.model import Language

if TYPE_CHECKING:
    from grader.batch.gradebook.course_rules import Rules


def not_from_what_is_graded(source: Path) -> None:
    """A class.toml that was only found, in what was handed in, may be a student's. Raises UsageError."""
    file = current()
    if file is None:
        return
    keys = ", ".join(sorted(file.keys.values())) or "-"
    if not file.named and source.is_dir() and file.path.resolve().is_relative_to(source.resolve()):
        raise UsageError(
            f"{file.path} lies in what is graded ({source}), so anybody who hands in may have written it. Put the hand-ins into "
            f"a folder of their own, or, if it is yours, say --class {file.path}.",
            ja=f"{file.path} は採点対象のフォルダ（{source}）の中にあり、提出者が書いたものかもしれません。提出物を別のフォルダに"
            f"入れるか、自分のファイルなら --class {file.path} を付けてください。",
        )
    language = language_of_locale()
    click.echo(say(language, f"From {file.path}: {keys}.", f"{file.path} の設定: {keys}。"), err=True)


def preparation(
    source: Path,
    plan: Any,
    intake: Any,
    deadline: Any,
    extension: tuple[tuple[str, str], ...],
    rules: Rules,
    seed: int | None,
) -> Callable[[Any], Any]:
    """Makes the batch for a gradebook: the real one, or a copy in which it is seen what it would change."""
    from grader.batch.batch_run import BatchRun
    from grader.batch.extensions import extend, extensions
    from grader.batch.gradebook.course_rules import as_text
    from grader.batch.gradebook.entries import Batch

    context, by, fresh = click.get_current_context(), getpass.getuser(), secrets.randbits(31)

    def prepare(opened: Any) -> Any:
        known = opened.seed()
        chosen = seed if seed is not None else known if known is not None else fresh
        given = settings.longer(opened, extension, intake, deadline)
        if given:
            extend(opened, given, deadline.due, by)
        kept = settings.settings_of(context, chosen, rules)
        kept["extension"] = {who: until.isoformat() for who, until in extensions(opened, deadline.due).items()}
        batch = Batch(chosen, plan.policy, str(source.resolve()), plan.grader, by, as_text(kept))
        return BatchRun(
            opened,
            batch,
            plan,
            crew=no_crew,
            deadline=deadline,
            layout=intake.layout,
            roster=intake.roster,
            empty=intake.empty,
        )

    return prepare


def no_crew() -> Any:
    raise AssertionError("a rehearsal grades nothing")


def rehearse(book: Path, prepare: Callable[[Any], Any], intake: Any, voice: Teller) -> None:
    """Say what would change, and change nothing."""
    from grader.batch.gradebook.store import open_book

    if not book.is_file():
        count = len(intake.handed)
        click.echo(
            say(
                voice.language,
                f"{book} is not there yet: {count} notebooks would be graded for the first time.",
                f"{book} はまだありません。{count} 件を初めて採点することになります。",
            )
        )
        return
    with open_book(book, write=False) as opened:
        if not foretell(opened, prepare, intake, voice, rehearsal=True):
            click.echo(say(voice.language, "No mark would change.", "点数は変わりません。"))


def foretell(opened: Any, prepare: Callable[[Any], Any], intake: Any, voice: Teller, rehearsal: bool = False) -> int:
    """Say what is different this time, before it changes a mark."""
    from grader.batch.changes_ahead import ahead, sentences

    found = list(sentences(ahead(opened, prepare, intake.handed), rehearsal))
    for note in found:
        voice.aside(note)
    return len(found)


def grade_all(
    book: Path,
    prepare: Callable[[Any], Any],
    intake: Any,
    watch: Any,
    voice: Teller,
    source: Path,
    quiet: bool,
    out: Path | None,
    asks: bool,
    crew: Callable[[], Any],
) -> None:
    from grader.batch.gradebook.store import open_book
    from grader.batch.report_folder import ReportFolder
    from grader.batch.summary import closing

    with open_book(book) as opened, opened.grading():
        foretell(opened, prepare, intake, voice)
        evening = prepare(opened)
        evening.crew = crew
        evening.outbox = ReportFolder(out, voice.language, asks=asks) if out else None
        with shown(watch, evening, quiet, voice):
            number = evening.grade(intake.handed)
        for note in closing(opened, number, intake.unknown, evening.deadline.due):
            voice.say(note)
        opened.keep_notes(number, voice.notes)
        if evening.outbox is not None:
            hints = alike_hints(opened, source, voice.language)
            for note in evening.outbox.tidied(opened):
                voice.aside(note)
            evening.outbox.publish_class(opened, hints)
        for note in closing_lines(watch, book, out):
            voice.aside(note)


@contextmanager
def received(
    source: Path,
    layout: str | None,
    roster: Path | None,
    voice: Teller,
    lesson: str | None = None,
    zone: str | None = None,
    encoding: str | None = None,
) -> Iterator[Any]:
    """What was handed in, under the roster's names where there is one; what is to be known about it is said."""
    from grader.batch.intake import ClassIntake, Layout, late, take_in
    from grader.batch.intake.roster import load

    local = late.zone(zone) if zone else None
    with take_in(source, Layout(layout) if layout else None, lesson, local) as taken:
        read = load(roster, taken.names(), encoding, local) if roster else None
        found = ClassIntake.of(taken, read.people if read else None)
        for note in (*taken.told(), *(read.notes if read else ()), *found.notes):
            voice.say(note)
        yield found


def alike_hints(book: Any, source: Path | None, language: Language, lesson: str | None = None) -> Any:
    """Which submissions are alike, for the class page; why that cannot be told, where it cannot."""
    from grader.batch.similarity.similarity_hints import alike_in

    return alike_in(book, source, lesson, lambda error: click.echo(error.in_(language), err=True))


def crew(workers: int | None, scheduler: str | None, language: Language) -> Any:
    """Those who grade: processes here, or the workers of a cluster."""
    from grader.batch.workers.local import LocalPool, cores

    if scheduler is None:
        return LocalPool(workers or cores())
    try:
        from grader.batch.workers.cluster import ClusterPool
    except ImportError as error:
        raise UsageError(
            "Grading on a cluster needs Dask: pip install 'notebook-grader[cluster]'.",
            ja="クラスタでの採点には Dask が必要です: pip install 'notebook-grader[cluster]'",
        ) from error
    return ClusterPool(scheduler, lambda sentence: click.echo(sentence.in_(language), err=True))
