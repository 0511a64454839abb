"""What `grade batch` shows and writes down while it runs: a display, lines for programs, a log, and the closing lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console

from grader.cli.console import Exit, json_line, say
from grader.errors import GraderError, UsageError
from grader.model import Language, Text


@dataclass
class Teller:
    """Says each sentence once: on stderr, in the log, and into the gradebook at the end. log: None without --log."""

    language: Language
    log: TextIO | None = None
    notes: list[Text] = field(default_factory=list)

    def say(self, note: Text) -> None:
        self.notes.append(note)
        self.aside(note)

    def aside(self, note: Text) -> None:
        """Said and logged, and no part of what the class page shows."""
        click.echo(note.in_(self.language), err=True)
        self.record(note.in_(self.language))

    def record(self, line: str) -> None:
        """A line of the log, on the disk at once: what is told before a crash is what one wants to read after it."""
        if self.log is not None:
            moment = datetime.now().astimezone().isoformat(timespec="seconds")
            self.log.write("".join(f"{moment} {part}\n" for part in line.splitlines() or [""]))
            self.log.flush()


@contextmanager
def teller(log: Path | None, language: Language) -> Iterator[Teller]:
    """Raises UsageError for a log that cannot be written. An error that ends the batch is in the log too."""
    with opened(log) as file:
        found = Teller(language, file)
        try:
            yield found
        except GraderError as error:
            found.record(error.in_(language))
            raise
        except KeyboardInterrupt:
            found.record("Ctrl-C")
            raise


@contextmanager
def opened(log: Path | None) -> Iterator[TextIO | None]:
    if log is None:
        yield None
        return
    try:
        file = log.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The log {log} cannot be written: {error.strerror}.",
            ja=f"ログ {log} に書き込めません（{error.strerror}）。",
        ) from error
    with file:
        yield file


@contextmanager
def shown(watch: Any, evening: Any, quiet: bool, told: Teller) -> Iterator[None]:
    """Show a batch while it runs: a display for people, lines of JSON for machines. Ctrl-C ends it with a sentence."""
    from rich.live import Live

    from grader.batch.progress import line
    from grader.report.progress import render

    def hear(news: Any) -> None:
        watch.hear(news)
        told.record(logged(line(news)))
        if quiet:
            click.echo(json_line(line(news)))

    evening.on_news, evening.on_tick = hear, watch.tick
    console = Console(stderr=True)
    # A display that is drawn anew belongs on a terminal; into a pipe or a file go the closing lines alone.
    display = (
        Live(console=console, get_renderable=lambda: render(watch.progress(), told.language), refresh_per_second=4)
        if console.is_terminal and not quiet
        else nullcontext()
    )
    try:
        with display:
            yield
    except KeyboardInterrupt as error:
        stopped = say(
            told.language,
            "Stopped. What was graded is in the gradebook; run the same again to go on.",
            "中断しました。採点済みの結果は採点簿に残っています。同じコマンドで続きから再開できます。",
        )
        told.record(stopped)
        raise Exit(stopped, 130) from error


def logged(row: dict[str, Any]) -> str:
    """One submission in the log: `right Anna Berg (hw.ipynb) 14 of 14, unchanged`."""
    score = "-" if row["final"] is None else f"{row['final']:g} of {row['possible']:g}"
    marks = [word for word in ("unchanged", "superseded") if row[word]]
    problem = [row["problem"]] if row["problem"] else []
    return f"{row['outcome']} {row['student']} ({row['file']}) {', '.join([score, *marks, *problem])}"


def closing_lines(watch: Any, book: Path, out: Path | None) -> Iterator[Text]:
    """How it ended, for whom no display was drawn: the counts, and where the results are."""
    from grader.report.progress import summary

    progress = watch.progress()
    counted = {language: summary(progress, language) for language in ("en", "ja")}
    yield Text(
        en=f"{progress.settled} of {progress.total} settled: {counted['en']}.",
        ja=f"{progress.total} 件中 {progress.settled} 件が完了: {counted['ja']}。",
    )
    reports = (
        (f" Reports: {out}, the class: {out / 'index.html'}.", f"レポート: {out}、クラス全体: {out / 'index.html'}。")
        if out
        else ("", "")
    )
    yield Text(en=f"Gradebook: {book}.{reports[0]}", ja=f"採点簿: {book}。{reports[1]}")
