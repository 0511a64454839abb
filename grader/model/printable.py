"""Strangers' words, made fit to be shown: no sign in them moves a cursor, turns text around, or cannot be written to a file.

A file name, an error or a value may hold anything. What is no character to be read is shown as U+FFFD: half a surrogate pair,
control characters but line ends and tabs, and the marks that change the direction of what stands beside them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")
UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb]"
)
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def legible(text: str) -> str:
    """The text with U+FFFD for each sign that is not for reading. "\\r\\n" is a line end."""
    if text.isascii() and text.isprintable():
        return text
    return UNFIT.sub("\ufffd", PAIR.sub(joined, text.replace("\r\n", "\n")))


def joined(pair: re.Match[str]) -> str:
    """Both halves of a pair are the character that they mean: JSON spells an emoji so."""
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")


def whole_characters(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can spell (`\\ud83d`) and no file can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def listed(things: Sequence[object], most: int = 6) -> str:
    """The first few and a sign that there are more: `1, 2, 3, …`."""
    return ", ".join(map(str, things[:most])) + (", …" if len(things) > most else "")


def one_line(text: str) -> str:
    """As `legible`, for what has to stay on its line, such as the name of a file."""
    return legible(text).replace("\n", "\ufffd").replace("\t", " ")


def made_legible(value: T) -> T:
    """A value with every text in it made legible: dataclasses and tuples, all the way down."""
    if type(value) is str:
        return legible(value)  # type: ignore[arg-type, return-value]  # a str comes in and goes out
    if isinstance(value, tuple):
        return tuple(map(made_legible, value))  # type: ignore[return-value]  # as above
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for field in fields(value):
        before = getattr(value, field.name)
        after = made_legible(before)
        if after is not before and after != before:
            changed[field.name] = after
    return replace(value, **changed) if changed else value
