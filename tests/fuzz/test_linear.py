"""No regular expression that reads a stranger's text takes more than linear time for it."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.lessons import catalogue
from grader.model import Lesson
from grader.notebook.headings import BEFORE
from tests.fuzz.pumping import pumped

ROOT = Path(__file__).parents[2]
SHORT, LONG = 6_000, 48_000  # characters
SLOW = 0.01  # seconds: below that nobody needs to look
CALLS = ("compile", "search", "match", "fullmatch", "sub", "findall", "finditer", "split")
# What reads only what a teacher or this project wrote.
TRUSTED = ("grader/sandbox/warm/container.py", "grader/packaging/build.py", "grader/packaging/student_package.py", "grader/data", "grader/batch/exports", "grader/lessons/source.py", "grader/batch/intake/late.py",
           "grader/sandbox/guest", "grader/sandbox/warm/guest", "grader/cli")  # fmt: skip


def spelled(place: str) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Every pattern that is written out in a call of `re`."""
    text = (ROOT / place).read_text(encoding="utf-8")
    if place.startswith(TRUSTED) or "/_" in place or "re." not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        if node.func.attr in CALLS and getattr(node.func.value, "id", "") == "re":
            pattern = constant(node.args[0])
            if pattern is not None:
                flags = re.MULTILINE if "MULTILINE" in ast.unparse(node) else re.NOFLAG
                flags |= re.VERBOSE if "VERBOSE" in ast.unparse(node) else re.NOFLAG
                kind = "match" if node.func.attr in ("match", "fullmatch") else "search"
                yield f"{place}:{node.lineno}", kind, re.compile(pattern, flags)


def constant(node: ast.expr) -> str | None:
    """The pattern as it is written; what is put into an f-string counts as the letter `a`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        text = "".join(
            part.value if isinstance(part, ast.Constant) else BEFORE if ast.unparse(part) == "{BEFORE}" else "a"
            for part in node.values
        )
        return text.replace("{{", "{").replace("}}", "}")
    return None


def held(place: str) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Every pattern that a table or a module of the grader holds, where it is assigned."""
    if place.startswith(("grader/notebook", "grader/matching", "grader/data/layout", "grader/report", "grader/judge")):
        text = (ROOT / place).read_text(encoding="utf-8")
        module = importlib.import_module(place[:-3].replace("/", ".").removesuffix(".__init__"))
        for name, value in vars(module).items():
            if re.search(rf"^{re.escape(name)}\b", text, re.MULTILINE):
                yield from (
                    (f"{place}:{name}", "match" if name in MATCHED else "search", p) for p in patterns_in(value)
                )


def declared(lesson: Lesson) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Every sign, trace and cue that a lesson declares."""
    yield from ((f"{lesson.id}:CUES", "search", re.compile(cue, re.MULTILINE)) for cue in lesson.cues)
    yield from ((f"{e.id}:SIGNS", "search", sign.pattern) for e in lesson.exercises for sign in e.signs)
    yield from ((f"{e.id}:TRACES", "search", trace.pattern) for e in lesson.exercises for trace in e.traces)


def patterns_in(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from patterns_in(item)
    elif isinstance(getattr(value, "pattern", None), re.Pattern):
        yield value.pattern


MATCHED = (
    "ANNOUNCED",
    "HELP",
    "OPENS",
    "STATEMENT",
    "MAGIC",
    "COUNTERS",
    "BATCH_SIZES",
    "MANY",
    "MENTION",
)  # asked whether a line begins or is so
PLACES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "grader").rglob("*.py")
    if re.search(r"^\s*import re$", path.read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.mark.parametrize("place", PLACES)
def test_eight_times_the_text_takes_no_more_than_linear_time(place: str) -> None:
    """Each repeat of a pattern in this file is fed for long and then disappointed: the time grows as the text does."""
    # What is compiled and held is asked as its name says, so that comes second.
    found = {(p.pattern, p.flags): (where, kind, p) for where, kind, p in (*spelled(place), *held(place))}
    for where, kind, pattern in found.values():
        stays_linear(where, kind, pattern)


def test_what_a_lesson_declares_takes_no_more_than_linear_time() -> None:
    """So does the time of every sign, trace and cue."""
    for where, kind, pattern in {p.pattern: (w, k, p) for le in catalogue() for w, k, p in declared(le)}.values():
        stays_linear(where, kind, pattern)


def stays_linear(where: str, kind: str, pattern: re.Pattern[str]) -> None:
    for short, long in zip(pumped(pattern, SHORT), pumped(pattern, LONG), strict=True):
        taken = seconds(kind, pattern, short)
        if taken > SLOW / 8 and seconds(kind, pattern, long) > SLOW:
            growth = seconds(kind, pattern, long) / max(min(taken, seconds(kind, pattern, short)), 1e-6)
            assert growth < 24, (
                f"{where}: {pattern.pattern!r} takes {growth:.0f} times as long for 8 times {short[:60]!r}"
            )


def seconds(kind: str, pattern: re.Pattern[str], text: str) -> float:
    """CPU time for everything that it finds, as `findall` and `sub` look for it; or for one match at the beginning."""
    began = time.process_time()
    if kind == "match":
        pattern.match(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return time.process_time() - began


def test_patterns_are_found() -> None:
    """The search for them is not empty-handed, in any of the three places."""
    assert sum(len([*spelled(place)]) for place in PLACES) > 80
    assert sum(len([*held(place)]) for place in PLACES) > 80
    assert sum(len([*declared(lesson)]) for lesson in catalogue()) > 100
