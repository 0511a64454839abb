"""`grade book push`: scores to an LMS by its API."""

from __future__ import annotations

import getpass
import os
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from grader.cli.batch import book_option
from grader.cli.book import book_
from grader.cli.console import language_of_locale, language_option, say, told
from grader.errors import UsageError
from grader.model import Language, Text
from grader.model.printable import one_line

TOKEN = "LMS_TOKEN"
WORDS = {
    "send": Text(en="to be sent", ja="送信予定"),
    "same": Text(en="has it already", ja="同じ点数が登録済み"),
    "kept": Text(en="has another grade, kept (--overwrite replaces it)", ja="別の点数が登録済みのため変更しません（--overwrite で置き換え）"),
    "locked": Text(en="excused there", ja="免除されています"),
    "pending": Text(en="points still await a person, not sent (--pending sends it)", ja="人の採点待ちのため送信しません（--pending で送信）"),
    "no score": Text(en="no score", ja="点数がありません"),
    "unclear": Text(en="fits several students there, not sent", ja="該当者が複数いるため送信しません"),
    "unknown": Text(en="not found there", ja="LMS に見当たりません"),
}  # fmt: skip


@book_.command("push")
@book_option
@click.option("--to", type=click.Choice(["canvas", "moodle", "lti"]), required=True, help="Which API.")
@click.option("--url", required=True, help="Where the LMS is; with lti the line item.")
@click.option("--course", type=click.IntRange(1), help="Canvas and Moodle: the course's number.")
@click.option("--assignment", type=click.IntRange(1), help="Canvas and Moodle: the assignment's number.")
@click.option("--lesson", metavar="LESSON", help="Of this lesson.")
@click.option("--overwrite", is_flag=True, help="Replace other grades that are there.")
@click.option("--pending", is_flag=True, help="Send scores that still await a person's points too.")
@click.option("--send", "really", is_flag=True, help="Send. Without it nothing changes: what would be sent is listed.")
@language_option
@told
def book_push(
    book: Path,
    to: str,
    url: str,
    course: int | None,
    assignment: int | None,
    lesson: str | None,
    overwrite: bool,
    pending: bool,
    really: bool,
    lang: Language | None,
) -> None:
    """Put the scores that count into an LMS; the token is read from the environment variable LMS_TOKEN.

    It lists what would be sent, and sends it with --send. Every student gets one grade, scaled to the points there; run again after
    a failure, it sends what is left.
    """
    from grader.batch.exports.people import of_one_lesson
    from grader.batch.gradebook.store import open_book
    from grader.push.plan import PushAction, plan, send
    from grader.push.web import understood

    language = lang or language_of_locale()
    if not book.is_file():
        raise UsageError(f"There is no gradebook {book}.", ja=f"採点簿 {book} がありません。")
    with open_book(book) as opened:
        everybody = of_one_lesson(opened, lesson)
        numbers = {p.standing.student: p.standing.submission for p in everybody}
        target = target_of(to, url, course, assignment, everybody)
        with understood(target.web):
            changes = plan(everybody, target, overwrite, pending)
            for one in changes:
                click.echo(line(one, language))
            done = 0
            for one in send(changes, target) if really else ():
                done += 1
                with opened.transaction():
                    before, after = (f"{v:g}" if v is not None else "" for v in (one.before, one.after))
                    opened.change(getpass.getuser(), f"pushed to {to}", numbers[one.student], before, after)
    counts = Counter(one.does for one in changes)
    if really:
        click.echo(say(language, f"{done} sent.", f"{done} 件を送信しました。"))
    else:
        waiting = counts[PushAction.SEND]
        click.echo(
            say(
                language,
                f"Nothing was sent; --send sends {waiting}.",
                f"まだ送信していません。--send で {waiting} 件を送信します。",
            )
        )


def target_of(to: str, url: str, course: int | None, assignment: int | None, everybody: list[Any]) -> Any:
    """Raises UsageError for what is missing."""
    from grader.push.targets import Canvas, Lti, Moodle
    from grader.push.web import Web

    token = os.environ.get(TOKEN, "").strip()
    if not token.isascii() or not token.isprintable() or not token:
        raise UsageError(
            f"Put the LMS's token into the environment variable {TOKEN}.",
            ja=f"LMS のトークンを環境変数 {TOKEN} に設定してください。",
        )
    if to != "lti" and (course is None or assignment is None):
        raise UsageError(
            "Canvas and Moodle need --course and --assignment, the numbers in their addresses.",
            ja="Canvas と Moodle には --course と --assignment（アドレスにある番号）が必要です。",
        )
    place, _, query = url.partition("?")
    if not urlsplit(place).hostname:
        raise UsageError(
            f"{url} is no address; give https://...", ja=f"{url} はアドレスではありません（https://... の形で指定）。"
        )
    bearer = {"Authorization": f"Bearer {token}"}
    if to == "moodle":
        return Moodle(Web(place.rstrip("/"), {}), token, str(course), str(assignment))
    web = Web(place.rstrip("/"), bearer)
    if to == "canvas":
        return Canvas(web, str(course), str(assignment))
    return Lti(web, dict.fromkeys(p.known("id") for p in everybody if p.known("id")), query)


def line(one: Any, language: Language) -> str:
    before = "-" if one.before is None else f"{one.before:g}"
    after = "-" if one.after is None else f"{one.after:g}"
    return f"{one_line(one.student)}: {before} -> {after}  {WORDS[one.does].in_(language)}"
