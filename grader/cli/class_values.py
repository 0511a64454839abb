"""A value of class.toml as click would have it from the command line, or what is wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from grader.cli.lessons_option import LessonFolderType
from grader.errors import UsageError


class DeferredText(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """Text that is understood later. check: raises UsageError for what will not be."""

    name = "text"

    def __init__(self, check: Callable[[str], object]) -> None:
        self.check = check


class NameValuePairs(click.ParamType):  # type: ignore[type-arg]
    """NAME=VALUE on the command line, a table in class.toml. check: raises UsageError for a value that is none."""

    name = "name=value"

    def __init__(self, check: Callable[[str], object]) -> None:
        self.check = check

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, sign, said = str(value).rpartition("=")
        if not sign or not name.strip() or not said.strip():
            self.fail(f"{value!r} is no NAME=VALUE.", param, ctx)
        return name.strip(), said.strip()


class Misplaced(Exception):
    """Errors about keys of a table, by the key."""

    def __init__(self, errors: Mapping[str, UsageError]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def value_of(parameter: click.Parameter, value: Any, folder: Path) -> Any:
    """A value as click would have it from the command line. Raises UsageError, or Misplaced."""
    if isinstance(parameter.type, NameValuePairs):
        if not isinstance(value, dict):
            raise wrong_type(
                "a table, such as [points] and below it NAME = VALUE", "表（[points] の下に 名前 = 値）", value
            )
        return pairs(parameter.type, value)
    if getattr(parameter, "multiple", False):
        return [single(parameter, one, folder) for one in (value if isinstance(value, list) else [value])]
    return single(parameter, value, folder)


def pairs(kind: NameValuePairs, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    errors: dict[str, UsageError] = {}
    for name, value in table.items():
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float | datetime.date | datetime.time):
                raise wrong_type("a number or a text", "数か文字列", value)
            kind.check(as_text(value))
        except UsageError as error:
            errors[name] = error
    if errors:
        raise Misplaced(errors)
    return [(name, as_text(value)) for name, value in table.items()]


def single(parameter: click.Parameter, value: Any, folder: Path) -> Any:
    kind = parameter.type
    if getattr(parameter, "is_flag", False):
        if not isinstance(value, bool):
            raise wrong_type("true or false", "true か false ", value)
        return value
    if isinstance(kind, click.types.IntParamType | click.IntRange):
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type("a whole number, without quotes", "整数（引用符なし）", value)
    elif isinstance(kind, click.types.FloatParamType | click.FloatRange):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type("a number, without quotes", "数（引用符なし）", value)
    elif isinstance(kind, DeferredText) and isinstance(value, datetime.date | datetime.time):
        value = as_text(value)
    elif not isinstance(value, str):
        raise wrong_type('a text in quotes, "like this"', "引用符で囲んだ文字列", value)
    if isinstance(kind, DeferredText):
        kind.check(value)
    if isinstance(kind, LessonFolderType):
        return kind.use(folder / value)
    if isinstance(kind, click.Path):
        return folder / value
    try:
        kind.convert(value, parameter, None)
    except click.BadParameter as error:
        raise UsageError(error.message, ja=error.message) from error
    return value


def as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def wrong_type(en: str, ja: str, value: Any) -> UsageError:
    kinds = {
        bool: ("true or false", "真偽値"), int: ("a number", "数"), float: ("a number", "数"), str: ("a text", "文字列"),
        list: ("a list", "配列"), dict: ("a table", "表"),
    }  # fmt: skip
    is_en, is_ja = kinds.get(type(value), ("a date or time", "日時"))
    return UsageError(f"It must be {en}; this is {is_en}.", ja=f"{ja}で書いてください（いまは{is_ja}です）。")
