"""`grade book`: what the gradebook holds."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from grader.cli.batch import book_option
from grader.cli.batch_run import alike_hints
from grader.cli.class_file import class_file_option
from grader.cli.console import language_of_locale, language_option, say, table_console, told, write
from grader.cli.grade_file import rendered
from grader.cli.group import main
from grader.cli.points import Points
from grader.errors import UsageError
from grader.model import Language


@main.group("book")
def book_() -> None:
    """The gradebook: list, show, mark, compare and export what it holds."""


@book_.command("list")
@book_option
@click.option("--lesson", metavar="LESSON", help="Only this lesson.")
@click.option(
    "--section", metavar="SECTION", help="Only this part of the class, as the roster's column section has it."
)
@click.option("--batches", is_flag=True, help="The batches there were, instead of the students.")
@language_option
@told
def book_list(book: Path, lesson: str | None, section: str | None, batches: bool, lang: Language | None) -> None:
    """Where everybody stands, or which batches there were."""
    from grader.batch.gradebook import attendance, queries
    from grader.batch.gradebook.store import open_book
    from grader.report import book as pages

    language = lang or language_of_locale()
    with open_book(book, write=False) as opened:
        if batches:
            table_console().print(pages.batches(queries.batches(opened), language))
        else:
            chosen = attendance.of_section(opened, section)
            found = (place for place in queries.standings(opened, lesson) if chosen is None or place.student in chosen)
            table_console().print(pages.standings(found, language))


@book_.command("show")
@class_file_option(("lessons",))
@click.argument("student")
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@language_option
@told
def book_show(student: str, book: Path, lesson: str | None, lang: Language | None) -> None:
    """A student's report with the marks in it, and who changed what and when."""
    from grader.batch.gradebook import queries
    from grader.batch.gradebook.store import open_book
    from grader.batch.gradebook.student_argument import KnownStudents
    from grader.batch.marks_ahead import marks_without_check, without_check
    from grader.report import book as pages
    from grader.report import json

    language = lang or language_of_locale()
    with open_book(book, write=False) as opened:
        student = KnownStudents(opened).find(student)
        found = queries.one(opened, student, lesson)
        text = queries.report_text(opened, found)
        if text is None:
            click.echo(found.problem.in_(language) if found.problem else "")
        else:
            click.echo(rendered(json.read(text), "terminal", language, to_file=False), nl=False)
        table_console().print(pages.standings([found], language))
        table_console().print(pages.changes(queries.changes(opened, found.student), language))
        for sentence in without_check(marks_without_check(opened, queries.standings(opened, student=student))):
            click.echo(sentence.in_(language))


@book_.command("mark")
@click.argument("student")
@click.argument("points", type=Points(), required=False)
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@click.option("--check", metavar="EXERCISE.CHECK", help="The check that is marked. Default: the whole score.")
@click.option("--comment", default="", help="Why, for the student.")
@click.option("--remove", is_flag=True, help="Take the mark away.")
@click.option("--bonus", is_flag=True, help="A whole score may be more than the lesson is worth.")
@click.option("--by", help="Who decides. Default: your login name.")
@language_option
@told
def book_mark(
    student: str,
    points: float | None,
    book: Path,
    lesson: str | None,
    check: str | None,
    comment: str,
    remove: bool,
    bonus: bool,
    by: str | None,
    lang: Language | None,
) -> None:
    """Give a student POINTS by hand: for a check, or for everything. They stay when the submission is graded again.

    STUDENT is a name, number, login, address or alias. Who is in the roster and handed in nothing can get a whole score.
    """
    from grader.batch.gradebook.marking import give
    from grader.batch.gradebook.store import open_book
    from grader.batch.gradebook.student_argument import KnownStudents

    if (points is None) != remove:
        raise UsageError(
            "Say how many POINTS, or --remove to take the mark away.",
            ja="点数を書くか、採点を取り消すなら --remove を付けてください。",
        )
    with open_book(book, new=False) as opened:
        who = KnownStudents(opened).find(student)
        found = give(opened, who, lesson, check, points, by or getpass.getuser(), comment, bonus)
        others = ", ".join(opened.same_work(found.submission).values())
    score = found.score
    click.echo(f"{found.label}: {'-' if score is None or score.earned is None else f'{score.earned:g}'}")
    if others:
        language = lang or language_of_locale()
        click.echo(
            say(language, f"The same for {others}, of the same group.", f"同じグループの {others} にも付けました。")
        )


@book_.command("marks")
@click.argument("table", type=click.Path(path_type=Path, dir_okay=False))
@book_option
@click.option("--lesson", metavar="LESSON", help="Of this lesson, where the table has no column for it.")
@click.option("--by", help="Who decides, where the table has no column for it. Default: your login name.")
@click.option("--bonus", is_flag=True, help="A whole score may be more than the lesson is worth.")
@click.option("--dry-run", is_flag=True, help="Look at every row, and change nothing.")
@language_option
@told
def book_marks(
    table: Path, book: Path, lesson: str | None, by: str | None, bonus: bool, dry_run: bool, lang: Language | None
) -> None:
    """Put a TABLE of marks into the gradebook: a CSV with student (or id, login, email), check, points, comment, lesson, by.

    A row without a check is a whole score. A row that is wrong is named with its line and left out, and all others go in; give
    the corrected table again.
    """
    from grader.batch import marks_table
    from grader.batch.gradebook.store import open_book

    language = lang or language_of_locale()
    rows = marks_table.read(table)
    with open_book(book, new=False) as opened:
        done = marks_table.take(opened, rows, table.name, lesson, by or getpass.getuser(), dry_run, bonus)
    for note in (*done.replaced, *done.refused):
        click.echo(note.in_(language), err=True)
    would = say(language, "would be put in", "反映される点数") if dry_run else say(language, "put in", "反映した点数")
    counts = (done.given, done.unchanged, done.blank, len(done.refused))
    click.echo(
        say(
            language,
            "Marks {}: {}; there already: {}; rows without points: {}; refused: {}.".format(would, *counts),
            "{}: {} 件、反映済み: {} 件、点数のない行: {} 件、受け付けなかった行: {} 件。".format(would, *counts),
        )
    )
    if done.refused:
        raise SystemExit(2)


@book_.command("compare")
@click.argument("before", type=int)
@click.argument("after", type=int)
@book_option
@language_option
@told
def book_compare(before: int, after: int, book: Path, lang: Language | None) -> None:
    """What came out differently AFTER one batch than BEFORE; `grade book list --batches` has the numbers."""
    from grader.batch.gradebook import queries
    from grader.batch.gradebook.store import open_book
    from grader.report import book as pages

    with open_book(book, write=False) as opened:
        found = queries.compare(opened, before, after)
    table_console().print(pages.differences(found, lang or language_of_locale()))


@book_.command("page")
@book_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("class.html"),
    show_default=True,
    help="Where the page is written.",
)
@click.option("--reports", type=click.Path(path_type=Path, file_okay=False), help="The folder of `grade batch --out`. Default: that of the page.")  # fmt: skip
@click.option("--lesson", metavar="LESSON", help="Only this lesson.")
@click.option(
    "--anonymous", is_flag=True, help="An alias (Student 417) in place of each name, and no links to reports."
)
@language_option
@told
def book_page(
    book: Path, output: Path, reports: Path | None, lesson: str | None, anonymous: bool, lang: Language | None
) -> None:
    """The class on one HTML page: the distribution, everybody in every exercise, what is hard, who needs somebody."""
    from grader.batch.anonymous_page import without_names
    from grader.batch.class_page import classroom
    from grader.batch.gradebook.aliases import hidden
    from grader.batch.gradebook.store import open_book
    from grader.batch.report_folder import ReportFolder
    from grader.report import class_page

    language = lang or language_of_locale()
    outbox = ReportFolder(reports or output.parent, language, output.parent)
    with open_book(book, write=anonymous, new=False) as opened:
        alike = alike_hints(opened, None, language, lesson)
        found = classroom(opened, outbox.link, lesson, alike)
        if anonymous:
            found = without_names(found, hidden(opened, language))
        write(class_page.render(found, language), output)
    click.echo(
        say(language, f"{output} is ready; open it in a browser.", f"{output} を作りました。ブラウザで開いてください。")
    )
