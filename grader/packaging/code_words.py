"""What the code cells of a notebook say in its language: comments, docstrings and what is printed.

Code is written in English. Beside the solution file, `words.ja.toml` gives the Japanese of each comment (what follows `# `), docstring
and printed text (what stands between the quotes), in a table for each lesson. What is not in it stays as it is, and so do titles
and axes of plots: matplotlib's own fonts have no Japanese letters.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from grader.errors import AuthoringError
from grader.lessons import source
from grader.model import Language

COMMENT = re.compile(r"(?m)(^[ \t]*|  )# (\S.*)$")  # print(x)  # towards 3
PRINTED = re.compile(r'(?m)^.*\bprint\((?:\n[ \t]+)?.*"')  # print(x) or print( with its text on a line of its own
QUOTED = re.compile(r'(?<!")"([^"\n]+)"(?!")')
DOCSTRING = re.compile(r'(?s)"""(.+?)"""')


def words_of(lesson: str, language: Language) -> Mapping[str, str]:
    """The translations for a lesson's code; none in the language that it is written in."""
    place = source.place_of(lesson)
    table = place.with_name(f"words.{language}.toml") if place else None
    if table is None or not table.is_file():
        return {}
    return read_words(table, table.stat().st_mtime_ns).get(lesson, {})


@lru_cache(maxsize=8)
def read_words(table: Path, _state: int) -> dict[str, dict[str, str]]:
    try:
        return tomllib.loads(table.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AuthoringError(
            f"{table}: no TOML: {error}.", ja=f"{table}: TOML として読めません（{error}）。"
        ) from error


def in_words(code: str, words: Mapping[str, str]) -> str:
    """The cell with its comments, docstrings and printed texts in the words of the table."""
    if not words:
        return code

    def quoted(match: re.Match[str]) -> str:
        return f'"{words.get(match[1], match[1])}"'

    code = COMMENT.sub(lambda match: f"{match[1]}# {words.get(match[2], match[2])}", code)
    code = DOCSTRING.sub(lambda match: f'"""{words.get(match[1], match[1])}"""', code)
    return PRINTED.sub(lambda line: QUOTED.sub(quoted, line[0]), code)
