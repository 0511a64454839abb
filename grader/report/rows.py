"""Rows as CSV, for any spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from grader.model.printable import legible

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Everything quoted but numbers. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([neutral(value) for value in row] for row in rows)
    return out.getvalue()


def neutral(value: object) -> object:
    if isinstance(value, str):
        text = legible(value)
        return f"'{text}" if value.startswith(FORMULA) else text
    return "" if value is None else value
