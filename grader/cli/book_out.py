"""`grade book export`, `items` and `similar`: what goes out of the gradebook, to the LMS and to the instructor's eye."""

from __future__ import annotations

import json as plain_json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from grader.cli.batch import book_option
from grader.cli.book import book_
from grader.cli.console import language_of_locale, language_option, say, told, write, write_bytes
from grader.errors import UsageError
from grader.model import Language

FILLS = ("moodle", "canvas")
FORMATS = ("csv", "json", "exercises", "marks", "moodle", "canvas", "nbgrader", "lti", "feedback")


@book_.command("export")
@book_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="Which of the forms above.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@click.option("--lesson", metavar="LESSON", help="Only this lesson.")
@click.option(
    "--worksheet",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The file downloaded from Moodle or Canvas, to be filled in.",
)
@click.option(
    "--encoding", metavar="NAME", help="Encoding of the worksheet, such as cp1252. Default: told from its names."
)
@click.option("--overwrite", is_flag=True, help="Write over grades that somebody typed into the worksheet.")
@click.option(
    "--decimal",
    type=click.Choice(["point", "comma"]),
    default="point",
    show_default=True,
    help="exercises: with commas, and semicolons between columns, as spreadsheets of many countries have it.",
)
@click.option("--assignment", metavar="NAME", help='Canvas: which column, as "Name (1234)", Name or 1234.')
@language_option
@told
def book_export(
    book: Path,
    format_: str,
    output: Path | None,
    lesson: str | None,
    worksheet: Path | None,
    encoding: str | None,
    overwrite: bool,
    decimal: str,
    assignment: str | None,
    lang: Language | None,
) -> None:
    """The class for another program: scores as CSV, everything as JSON, or what your LMS takes.

    \b
    csv, json    scores; scores, findings and changes
    exercises    a column for each exercise, with what it is worth; number, login and address
    marks        the marks by hand, as `grade book marks` takes them
    moodle       --worksheet, the offline grading worksheet, filled in
    canvas       --worksheet, the exported gradebook, filled in; or --assignment "Name (1234)" alone
    nbgrader     the CSV of nbgrader's exporter
    lti          LTI Assignment and Grade Services: one score object a line
    feedback     a zip of everybody's report, named as the LMS wants them back
    """
    from grader.batch.gradebook.store import open_book

    language = lang or language_of_locale()
    if worksheet is not None and format_ not in FILLS:
        raise UsageError(
            f"--worksheet goes with --format moodle or canvas, not with {format_}.",
            ja=f"--worksheet は --format moodle か canvas で使います（{format_} では使えません）。",
        )
    if assignment is not None and format_ != "canvas":
        raise UsageError(
            f"--assignment goes with --format canvas, not with {format_}.",
            ja=f"--assignment は --format canvas で使います（{format_} では使えません）。",
        )
    if overwrite and worksheet is None:
        raise UsageError("--overwrite goes with --worksheet.", ja="--overwrite は --worksheet と一緒に使います。")
    if encoding is not None and worksheet is None:
        raise UsageError("--encoding goes with --worksheet.", ja="--encoding は --worksheet と一緒に使います。")
    if decimal == "comma" and format_ != "exercises":
        raise UsageError(
            f"--decimal goes with --format exercises, not with {format_}; a worksheet is filled in as it is.",
            ja=f"--decimal は --format exercises で使います（{format_} では使えません）。評定シートは元の形式のまま埋めます。",
        )
    with open_book(book, write=worksheet is not None, new=False) as opened:
        if format_ in (*FILLS, "feedback"):
            filled(opened, format_, output, lesson, worksheet, encoding, assignment, language, overwrite)
        elif format_ == "exercises":
            text = by_exercise(opened, lesson, comma=decimal == "comma")
            # Spreadsheets take a file without the mark for one in the machine's own encoding, and spoil the names.
            write(text if output is None else f"\ufeff{text}", output)
        else:
            write(listed(opened, format_, lesson, language), output)


def listed(opened: Any, format_: str, lesson: str | None, language: Language) -> str:
    """The formats that are a text of everybody."""
    from grader.batch import marks_table
    from grader.batch.exports import lists
    from grader.batch.exports.people import people
    from grader.batch.exports.plain import csv_of, json_of

    if format_ == "csv":
        return csv_of(opened, lesson)
    if format_ == "json":
        return json_of(opened, lesson)
    if format_ == "marks":
        return marks_table.write(opened, lesson)
    if format_ == "nbgrader":
        return lists.nbgrader(people(opened, lesson))
    return "".join(lists.lti(people(opened, lesson), language))


def by_exercise(opened: Any, lesson: str | None, comma: bool) -> str:
    from grader.batch.exports import exercises
    from grader.batch.exports.people import of_one_lesson

    everybody = of_one_lesson(opened, lesson)
    name = lesson or next(person.standing.lesson for person in everybody if person.standing.lesson)
    return exercises.table(opened, everybody, name, "," if comma else ".")


def filled(
    opened: Any,
    format_: str,
    output: Path | None,
    lesson: str | None,
    worksheet: Path | None,
    encoding: str | None,
    assignment: str | None,
    language: Language,
    overwrite: bool,
) -> None:
    """The formats for an LMS, and on stderr what was left out and why."""
    from grader.batch.exports import canvas, feedback, moodle, sheet
    from grader.batch.exports.people import of_one_lesson, seen_by_student
    from grader.batch.exports.typed import WrittenScores

    everybody = of_one_lesson(opened, lesson)
    names = [person.name for person in everybody]
    given = sheet.read(contents(worksheet), worksheet.name, names, encoding) if worksheet is not None else None
    written = WrittenScores(opened, format_, overwrite=overwrite)
    if format_ == "feedback":
        if output is None:
            raise UsageError(
                "Say with -o where the zip of reports goes, for example -o feedback.zip.",
                ja="レポートの zip の書き出し先を -o で指定してください。例: -o feedback.zip",
            )
        done = feedback.write(opened, everybody, output, language)
    elif format_ == "moodle":
        if given is None:
            raise UsageError(
                "Give Moodle's worksheet with --worksheet: in the assignment choose Download grading worksheet.",
                ja="Moodle の評定シートを --worksheet で指定してください。課題の「評定ワークシートをダウンロードする」で入手できます。",
            )
        done = moodle.fill(given, everybody, lambda p: seen_by_student(opened, p), language, written)
    elif given is not None:
        done = canvas.fill(given, everybody, assignment, written)
    elif assignment is not None:
        done = canvas.make(everybody, assignment)
    else:
        raise UsageError(
            'Give the gradebook exported from Canvas with --worksheet, or --assignment "Name (1234)".',
            ja='Canvas から書き出した成績表を --worksheet で、または課題名を --assignment "Name (1234)" で指定してください。',
        )
    if format_ != "feedback":
        if output is None:
            click.echo(done.content, nl=False)
        else:
            write_bytes(done.content, output)
    if given is not None:
        written.remember()
    for sentence in done.notes:
        click.echo(sentence.in_(language), err=True)
    click.echo(count(done.scores, format_, language), err=True)


def count(number: int, format_: str, language: Language) -> str:
    if format_ == "feedback":
        return say(language, f"Reports in the zip: {number}.", f"zip に入れたレポート: {number} 件。")
    return say(language, f"Scores filled in: {number}.", f"点数を書き込んだ学生: {number} 名。")


def contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", ja=f"{path} を読めません（{error.strerror}）。"
        ) from error


format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="For people or for programs.",
)
output_option = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")


@book_.command("items")
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@format_option
@output_option
@language_option
@told
def book_items(book: Path, lesson: str | None, format_: str, output: Path | None, lang: Language | None) -> None:
    """Each check over the class: how many passed, whether it tells who can do it, and the mistakes by frequency."""
    from grader.batch.exports.people import of_one_lesson
    from grader.batch.gradebook.analysis import items
    from grader.batch.gradebook.queries import findings
    from grader.batch.gradebook.store import open_book
    from grader.report import hints

    with open_book(book, write=False) as opened:
        name = next(p.standing.lesson for p in of_one_lesson(opened, lesson) if p.standing.lesson)
        rows = items(findings(opened, name))
    if format_ == "json":
        write(as_json({"lesson": name, "items": [asdict(row) for row in rows]}), output)
    else:
        show(hints.items(rows, lang or language_of_locale()), output)


@book_.command("similar")
@click.argument("source", type=click.Path(path_type=Path), required=False)
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@click.option("--passages", type=click.IntRange(0), default=3, show_default=True, help="So many of each pair's.")
@format_option
@output_option
@language_option
@told
def book_similar(
    source: Path | None,
    book: Path,
    lesson: str | None,
    passages: int,
    format_: str,
    output: Path | None,
    lang: Language | None,
) -> None:
    """Which submissions to read side by side: those that share more than the task and the class explain.

    SOURCE is the folder or zip they were graded from; the gradebook keeps no code. Hints for a person, never a verdict.
    """
    from grader.batch.gradebook.store import open_book
    from grader.batch.similarity.submissions import similar_in
    from grader.report import hints

    with open_book(book, write=False) as opened:
        compared = similar_in(opened, source, lesson)
    if format_ == "json":
        write(as_json(asdict(compared)), output)
    else:
        show(hints.pairs(compared, lang or language_of_locale(), passages), output)


def as_json(value: Any) -> str:
    return plain_json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def show(page: Any, output: Path | None) -> None:
    """On the screen, or as plain text in a file."""
    if output is None:
        Console().print(page)
        return
    from grader.report.terminal_text import text_of

    write(text_of([page], 120, colour=False), output)
