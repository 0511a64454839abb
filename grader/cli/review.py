"""`grade review`: what only a person can score."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console

from grader.cli.console import language_of_locale, language_option, say, told, unicode, write
from grader.cli.group import main
from grader.errors import UsageError
from grader.model import ExerciseReport, Finding, Language


class Scored(NamedTuple):
    """What a reviewer gave one item. points: None leaves it for later. stop: the rest waits for another time."""

    points: float | None = None
    comment: str = ""
    stop: bool = False


@main.command("review")
@click.argument("path", metavar="[REPORT.json]", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--book", type=click.Path(path_type=Path, dir_okay=False), help="Review the class in this gradebook.")
@click.option("--lesson", metavar="LESSON", help="With --book: only this lesson.")
@click.option("--by", multiple=True, help="Who reviews; with --web may be repeated. Default: your login name.")
@click.option("--web", is_flag=True, help="In a browser on this machine. Default for --book: gradebook.sqlite3.")
@click.option("--anonymous", is_flag=True, help="With --book or --web: an alias (Student 417) in place of each name.")
@click.option(
    "--from",
    "place",
    metavar="SOURCE",
    type=click.Path(path_type=Path),
    help="With --web: the folder or zip of the hand-ins, where they are not where they were graded from.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="With --web: the port. Default: any free one.")
@language_option
@told
def review(
    path: Path | None,
    book: Path | None,
    lesson: str | None,
    by: tuple[str, ...],
    web: bool,
    anonymous: bool,
    place: Path | None,
    port: int,
    lang: Language | None,
) -> None:
    """Score what only a person can: the open items of one report, or with --book or --web of the whole class.

    Each answer is kept as soon as it is given. In the terminal Enter alone leaves an item for later, and q stops.
    """
    language = lang or language_of_locale()
    reviewers = by or (getpass.getuser(),)
    must_fit(path, book, reviewers, web, place is not None or port != 0)
    if path is not None and anonymous:
        raise UsageError(
            "--anonymous goes with --book or --web: one report alone is known by its file.",
            ja="--anonymous は --book か --web と一緒に使います（1 つのレポートはファイル名で誰のものか分かります）。",
        )
    if web:
        in_browser(book or Path("gradebook.sqlite3"), lesson, reviewers, anonymous, place, port, language)
        return
    (reviewer,) = reviewers
    items = (
        of_report(path, reviewer, language) if path else of_class(book or Path(), lesson, reviewer, language, anonymous)
    )
    scored = sum(items)
    click.echo(say(language, f"{scored} scored.", f"{scored} 件を採点しました。"))


def must_fit(path: Path | None, book: Path | None, by: tuple[str, ...], web: bool, for_web: bool) -> None:
    """Raises UsageError for options that do not go together."""
    if web and path is not None:
        raise UsageError(
            "--web shows a class: leave REPORT.json out, and name the gradebook with --book.",
            ja="--web はクラス全体を表示します。REPORT.json は付けず、採点簿を --book で指定してください。",
        )
    if not web and (path is None) == (book is None):
        raise UsageError(
            "Name one REPORT.json, or the class with --book gradebook.sqlite3, or add --web.",
            ja="レポート（REPORT.json）か、クラス全体なら --book gradebook.sqlite3 を指定するか、--web を付けてください。",
        )
    if not web and (for_web or len(by) > 1):
        raise UsageError(
            "--from, --port and a second --by are for --web.",
            ja="--from、--port と 2 つ目の --by は --web と一緒に使います。",
        )
    if len(set(by)) != len(by) or not all(name.strip() for name in by):
        raise UsageError("Each --by needs a name of its own.", ja="--by には、それぞれ別の名前を指定してください。")


def in_browser(
    path: Path,
    lesson: str | None,
    reviewers: tuple[str, ...],
    anonymous: bool,
    place: Path | None,
    port: int,
    language: Language,
) -> None:
    """Serve the page until Ctrl-C. Nothing is opened: a browser's command line, with the secret, is seen by all users."""
    try:
        from grader.server.serve import serve
    except ImportError as error:
        raise UsageError(
            "The page needs two more packages: pip install 'notebook-grader[web]'.",
            ja="ブラウザでの採点には追加のパッケージが必要です: pip install 'notebook-grader[web]'",
        ) from error
    from grader.batch.gradebook.store import open_book
    from grader.server.opening import opened

    if not path.is_file():
        raise UsageError(f"There is no gradebook {path}.", ja=f"採点簿 {path} がありません。")
    with open_book(path) as book, opened(book, lesson, anonymous, place, language) as shown:
        for trouble in shown.desk.troubles:
            click.echo(trouble.in_(language), err=True)
        click.echo(
            say(
                language,
                "Open this address in a browser on this machine; whoever has it can mark. Ctrl-C ends.",
                "このマシンのブラウザで次のアドレスを開いてください（知っている人は誰でも採点できます）。Ctrl-C で終了します。",
            ),
            err=True,
        )
        with suppress(KeyboardInterrupt):
            serve(shown, reviewers, port, lambda by, address: click.echo(f"{by}: {address}"))
        click.echo(
            say(language, "Stopped; every mark is in the gradebook.", "終了しました。採点はすべて採点簿にあります。")
        )


def of_report(path: Path, by: str, language: Language) -> Iterator[int]:
    """Walk through one report and write the marks into it; 1 for each item that was scored."""
    from grader.judge.manual_marks import open_items, with_mark
    from grader.report import json

    if not path.is_file():
        raise UsageError(
            f"There is no file {path}; make one with: grade FILE --format json -o {path.name}",
            ja=f"{path} というファイルはありません。grade FILE --format json -o {path.name} で作れます。",
        )
    report = json.read(path.read_bytes())
    items = open_items(report)
    nothing_open(len(items), language)
    for number, (exercise, finding) in enumerate(items, 1):
        given = ask(f"{number} / {len(items)}", "", exercise, finding, language)
        if given.points is not None:
            report = with_mark(report, exercise.id, finding.check, given.points, by, given.comment)
            write(json.render(report), path)  # after each item: nothing is lost when one stops in the middle
            yield 1
        if given.stop:
            return


def of_class(book: Path, lesson: str | None, by: str, language: Language, anonymous: bool = False) -> Iterator[int]:
    """Walk through the class, one question after the other; each mark is in the gradebook before the next is asked."""
    from grader.batch.gradebook.aliases import hidden
    from grader.batch.gradebook.marking import awaiting, give, looked_up
    from grader.batch.gradebook.store import open_book
    from grader.batch.summary import questions

    with open_book(book, new=False) as opened:
        called = hidden(opened, language) if anonymous else str
        rows = awaiting(opened, lesson, called)
        nothing_open(len(rows), language)
        for note in questions(opened, called):
            click.echo(note.in_(language), err=True)
        for number, row in enumerate(rows, 1):
            item = looked_up(opened, row)
            if item is None:
                continue
            given = ask(f"{number} / {len(rows)}", called(item.student), item.exercise, item.finding, language)
            if given.points is not None:
                give(opened, item.student, item.lesson, item.place, given.points, by, given.comment)
                yield 1
            if given.stop:
                return


def nothing_open(count: int, language: Language) -> None:
    if not count:
        click.echo(say(language, "Nothing awaits a person.", "人が採点する項目はありません。"))


def ask(number: str, student: str, exercise: ExerciseReport, finding: Finding, language: Language) -> Scored:
    """Show the student's words and the rubric beside them, and ask for points and a comment; q stops at either."""
    from grader.report import terminal_item

    console = Console(highlight=False, markup=False)
    click.echo(
        terminal_item.render_item(
            number, student, exercise, finding, language, console.width, unicode=unicode(console)
        ),
        nl=False,
    )
    points, stop = asked_points(finding.points, language)
    if points is None:
        return Scored(stop=stop)
    comment = click.prompt(say(language, "Comment (q: stop)", "コメント（q で終了）"), default="", show_default=False)
    stop = comment.strip().lower() == "q"
    return Scored(points, "" if stop else comment, stop)


def asked_points(most: float, language: Language) -> tuple[float | None, bool]:
    """Asked again until it is a number from 0 to `most`; nothing at all is None, and q as well, which stops."""
    from grader.batch.decimals import decimal

    words = say(
        language, f"Points (0 to {most:g}; Enter: later; q: stop)", f"点数（0〜{most:g}、Enter だけなら後で、q で終了）"
    )
    while True:
        said = click.prompt(words, default="", show_default=False).strip()
        if not said:
            return None, False
        if said.lower() == "q":
            return None, True
        points = decimal(said)
        if points is not None and 0 <= points <= most:
            return points, False
        click.echo(say(language, f"A number from 0 to {most:g}, please.", f"0〜{most:g} の数で答えてください。"))
