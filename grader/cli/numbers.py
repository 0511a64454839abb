"""Points on the command line: `7.5` and `7,5`."""

from __future__ import annotations

from typing import Any

import click

from grader.batch.decimals import decimal
from grader.cli.speaking import language_of_locale, say


class Points(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A number from 0, with a point or a comma."""

    name = "points"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = decimal(str(value))
        if number is None or number < 0:
            en = f"{value!r} is no number of points; write it as 7.5 or 7,5, not below 0."
            ja = f"{value!r} は点数ではありません。7.5 や 7,5 のように 0 以上の数で書いてください。"
            self.fail(say(language_of_locale(), en, ja), param, ctx)
        return number
