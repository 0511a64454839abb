"""Where a key stands in a TOML file, which tomllib does not tell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

MISSING = object()


def line_of(text: str, keys: tuple[str, ...]) -> int:
    """The line where a key is set: after it the beginning of the file says the key, and before it does not.

    A beginning that ends inside a value of several lines says nothing yet; the value then counts from its first line.
    """
    first = 1
    for number, tables in beginnings(text):
        here: Any = tables
        for key in keys:
            here = here.get(key, MISSING) if isinstance(here, dict) else MISSING
        if here is not MISSING:
            return first
        first = number + 1
    return first


def beginnings(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The first lines of a file that are TOML themselves, and what they say, for more and more lines."""
    lines = text.split("\n")
    for number in range(1, len(lines) + 1):
        try:
            yield number, tomllib.loads("\n".join(lines[:number]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
