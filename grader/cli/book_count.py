"""`grade book count`: which of several hand-ins counts, where a person says so."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from grader.cli.batch import book_option
from grader.cli.book import book_
from grader.cli.console import language_of_locale, language_option, say, told
from grader.model import Language


@book_.command("count")
@click.argument("student")
@click.argument("file")
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@click.option("--by", help="Who decides. Default: your login name.")
@language_option
@told
def book_count(student: str, file: str, book: Path, lesson: str | None, by: str | None, lang: Language | None) -> None:
    """Say which of STUDENT's hand-ins counts: by FILE, or by its number where two are called the same.

    It confirms what was proposed, or chooses another, and stays until the student hands in something new.
    """
    from grader.batch.gradebook.chosen_attempt import choose
    from grader.batch.gradebook.store import open_book

    language = lang or language_of_locale()
    with open_book(book) as opened:
        found = choose(opened, student, file, lesson, by or getpass.getuser())
    score = "-" if found.final is None else f"{found.final:g}"
    click.echo(
        say(
            language, f"{found.label}: {found.file} counts, {score}", f"{found.label}: {found.file} を採用します（{score} 点）"
        )
    )  # fmt: skip
