"""Points on the command line: `7.5` and `7,5`."""

from __future__ import annotations

from typing import Any

import click

from grader.batch.decimals import points
from grader.cli.console import language_of_locale
from grader.errors import UsageError


class Points(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A number from 0, with a point or a comma."""

    name = "points"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return points(str(value))
        except UsageError as error:
            self.fail(error.in_(language_of_locale()), param, ctx)
