"""Strangers' JSON, read strictly. msgspec refuses most of it in its own words, and some in those of Python."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")


class NotThisJson(ValueError):
    """The bytes are no JSON, or not of this form; the text says where."""


def decoded(content: bytes | str, kind: type[T]) -> T:
    """The value of this kind that the JSON spells. Raises NotThisJson."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise NotThisJson(str(error)) from error
    except UnicodeError as error:  # {"a": "\xff"}, and a str with half a surrogate pair
        raise NotThisJson("JSON is malformed: it is not UTF-8") from error
    except RecursionError as error:  # [[[[[...
        raise NotThisJson("JSON is malformed: it is nested too deeply") from error
