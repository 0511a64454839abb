"""Files by which whoever grades says how: what of them lies in a hand-in is read by nobody, and that is said."""

from __future__ import annotations

from collections.abc import Iterable

from grader.model import Text
from grader.model.printable import one_line

# The grader's own settings and lessons, and what Python, pytest and otter look for where they start.
RESERVED = (
    "lesson.toml",
    "class.toml",
    "conftest.py",
    "sitecustomize.py",
    "usercustomize.py",
    "pytest.ini",
    "otter_config.json",
)


def is_reserved(name: str) -> bool:
    """By the file's own name, however it is written: `Class.TOML` is the same file on two of three systems."""
    return name.casefold() in RESERVED


def left_out(names: Iterable[str]) -> Text:
    """The sentence about those that were found. names: as they lie in the hand-in."""
    listed = ", ".join(dict.fromkeys(one_line(name) for name in sorted(names)))
    return Text(
        en=f"Left out, because only whoever grades may set anything by files of these names: {listed}.",
        ja=f"採点の設定に使われる名前のファイルは、提出物の中にあっても読み込みません: {listed}",
    )
