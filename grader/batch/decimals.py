"""Numbers as people and spreadsheets write them: `7.5`, `7,5`, `７．５`, `1.000,50`; and written back in the form of a sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from grader.errors import UsageError

Mark = Literal[".", ","]
PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+")
# `1.000,50`, `1,000.50`, `1 000,50`: groups of three, and another sign before what lies behind the point
GROUPED = re.compile(r"[+-]?\d{1,3}(?P<group>[.,' ])\d{3}(?:(?P=group)\d{3})*(?P<mark>(?!(?P=group))[.,])\d+")
SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?:\D|$))")


def decimal(text: str) -> float | None:
    """The number, or None for what is none. One sign, point or comma, is before the decimals: `1,250` is one and a quarter."""
    said = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-").replace("、", ",").replace("。", ".")
    grouped = GROUPED.fullmatch(said)
    if grouped:
        return float(said.replace(grouped["group"], "").replace(",", "."))
    said = SPACES.sub("", said)
    return float(said.replace(",", ".")) if PLAIN.fullmatch(said) else None


def points(text: str) -> float:
    """Points or a weight: a number, not below zero. Raises UsageError."""
    number = decimal(text)
    if number is None or number < 0:
        raise UsageError(
            f"{text!r} is no number of points; write it as 7.5 or 7,5, not below 0.",
            ja=f"{text!r} は点数ではありません。7.5 や 7,5 のように 0 以上の数で書いてください。",
        )
    return number


def mark_of(values: Iterable[str], delimiter: str = ",") -> Mark:
    """What stands before the decimals in a sheet: as most of its numbers have it; else as its delimiter lets expect.

    A program set to decimal commas puts semicolons between columns.
    """
    commas = points = 0
    for value in values:
        found = re.fullmatch(r"[+-]?[\d.' ]*\d([.,])\d+", unicodedata.normalize("NFKC", value).strip())
        commas += bool(found and found[1] == ",")
        points += bool(found and found[1] == ".")
    if commas != points:
        return "," if commas > points else "."
    return "," if delimiter == ";" else "."


def written(value: float, mark: Mark = ".") -> str:
    """At most two digits behind the point, and none that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", mark)
