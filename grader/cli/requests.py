"""`grade book requests`: students' questions about their marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from grader.cli.batch import book_option
from grader.cli.book import book_
from grader.cli.console import Exit, language_of_locale, language_option, say, told
from grader.errors import DataError, UsageError
from grader.model import Language
from grader.model.printable import one_line


@book_.command("requests")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@book_option
@language_option
@told
def book_requests(files: tuple[Path, ...], book: Path, lang: Language | None) -> None:
    """Take in the files that students made with the form of their report; a folder stands for what is in it.

    `grade review --web` then shows each with its check, to be answered there. No mark changes by it.
    """
    from grader.batch.gradebook.queries import of_submission
    from grader.batch.gradebook.review.requests import ask
    from grader.batch.gradebook.store import open_book
    from grader.report.request import read

    language = lang or language_of_locale()
    if not book.is_file():
        raise UsageError(f"There is no gradebook {book}.", ja=f"採点簿 {book} がありません。")
    new, refused = 0, 0
    with open_book(book) as opened:
        for path in named(files):
            try:
                found = read(path)
                if ask(opened, found.hand_in, found.sha256, found.exercise, found.check, found.words):
                    new += 1
                    asker = of_submission(opened, found.hand_in).label
                    click.echo(f"{asker}: {found.exercise}.{found.check}")
            except (DataError, UsageError) as error:
                refused += 1
                click.echo(f"{one_line(path.name)}: {error.in_(language)}", err=True)
    click.echo(
        say(language, f"{new} new, {refused} refused.", f"新しい質問 {new} 件、受け付けなかったもの {refused} 件。")
    )
    if refused:
        raise Exit(say(language, "Some files were not taken.", "受け付けなかったファイルがあります。"), 3)


def named(files: tuple[Path, ...]) -> Iterator[Path]:
    for path in files:
        yield from sorted(path.rglob("*.json")) if path.is_dir() else [path]
