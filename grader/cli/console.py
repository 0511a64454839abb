"""How every command speaks: its language, its sentences, its exit code, and files written whole or not at all."""

from __future__ import annotations

import io
import json
import locale
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from grader.errors import GraderError, UsageError
from grader.model import Language, Text

F = TypeVar("F", bound=Callable[..., Any])
UNFOLDED = 10_000  # columns


class Exit(click.ClickException):
    """A sentence for the person, and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click has a class variable here
        return self.code


def told(command: F) -> F:
    """Turn errors meant for people into one sentence and the right exit code; anything else is ours, and is shown."""

    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except UsageError as error:
            raise Exit(error.in_(kwargs.get("lang") or language_of_locale()), 2) from error
        except GraderError as error:
            raise Exit(error.in_(kwargs.get("lang") or language_of_locale()), 3) from error

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]


pending_option = click.option(
    "--pending-ok",
    is_flag=True,
    help="Exit with 0 instead of 4 where no point is lost but a person has to decide something.",
)
language_option = click.option(
    "--lang",
    type=click.Choice(["ja", "en"]),
    help="Language of the words. Default: for one notebook its own, else from the locale.",
)


def say(language: Language, en: str, ja: str) -> str:
    return Text(en=en, ja=ja).in_(language)


def language_of_locale() -> Language:
    """Japanese where the machine speaks Japanese, else English."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    said = said or (locale.getlocale()[0] or "")
    return "ja" if said.lower().startswith(("ja", "japanese")) else "en"


def table_console() -> Console:
    """For a table: as wide as the screen; in a pipe or a file no line is folded, so that each stays one line."""
    return Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=UNFOLDED)


def unicode(console: Console) -> bool:
    """Whether a console shows more than the signs of its own code page: those of Windows (cp932, cp1252) do not."""
    return (console.encoding or "ascii").lower().replace("-", "").startswith("utf")


def write(text: str, output: Path | None) -> None:
    """To a file, whole or not at all; or to the screen."""
    if output is None:
        to_screen(text)
        return
    write_bytes(text.encode(), output)


def to_screen(text: str) -> None:
    """To the screen as far as it can show it. What goes into a file or another program is whole: in UTF-8, where the
    encoding of the screen would lose something."""
    out = sys.stdout
    fits = text.encode(out.encoding or "ascii", "replace") == text.encode(out.encoding or "ascii", "backslashreplace")
    if fits or out.isatty():
        click.echo(text, nl=False)
        return
    out.flush()
    click.echo(text.encode(), nl=False)


def never_fail_to_print() -> None:
    """A sign that the screen does not have is shown as \\u5c71, instead of ending the command in the middle of a name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def json_line(values: Mapping[str, Any]) -> str:
    """One line of JSON for a program, in ASCII where the output is not in UTF-8."""
    return json.dumps(values, ensure_ascii=not (sys.stdout.encoding or "").lower().startswith("utf"))


def write_bytes(content: bytes, output: Path) -> None:
    """Whole or not at all. Raises UsageError where it cannot be written."""
    part = output.with_name(output.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(output)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", ja=f"{output} に書き込めません（{error.strerror}）。"
        ) from error
