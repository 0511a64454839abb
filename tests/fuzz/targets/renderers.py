"""Everything that puts a student's words on paper: terminal, page, JSON, JUnit, Gradescope, Classroom, the class page, CSV.

An input is JSON: {"texts": [...], "numbers": [...], "shape": [2, 3]}. The texts are put, in turn, wherever a report has words
that a student may have chosen.
"""

from __future__ import annotations

import csv
import io
import json as plain_json
import re
from html.parser import HTMLParser
from itertools import cycle
from typing import Any
from xml.etree import ElementTree

from hypothesis import strategies as st

from grader.model import (
    Array,
    CellRun,
    Ending,
    Evidence,
    ExerciseReport,
    Finding,
    Late,
    Mark,
    Named,
    Outcome,
    Place,
    Provenance,
    Report,
    Run,
    Score,
    Text,
    total,
)
from grader.report import class_page, github_classroom, gradescope, html, json, junit, terminal
from grader.report.classroom import Classroom, ExerciseColumn, ExerciseStanding, LessonClass, Pupil, SimilarPair
from grader.report.rows import FORMULA, csv_text
from tests.fuzz.mutation import as_json
from tests.fuzz.words import dumps, numbers, texts

LONGEST = 2_000  # characters of a text: the judge keeps no longer ones, but for a student's own words
ANSWER = 20_000
COLOURS = re.compile("\x1b\\[[0-9;]*m")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
QUIET = "quiet"  # a text that has no markup: what a page is made of does not depend on the texts


def target(data: bytes) -> None:
    """Each renderer writes it; no control sequence reaches a terminal, no markup a page, no formula a table."""
    value = as_json(data)
    if not isinstance(value, dict):
        return
    said = value.get("texts")
    words = [str(text)[:LONGEST] for text in said[:40]] if isinstance(said, list) and said else [""]
    figures = (
        [number for number in value.get("numbers") or [0.0] if isinstance(number, int | float)]
        if isinstance(value.get("numbers"), list)
        else []
    )
    report = report_of(words, [as_float(n) for n in figures] or [0.0], value.get("shape"))
    on_a_terminal(report)
    for_machines(report)
    on_a_page(report, words)
    in_a_table(words)


def as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def on_a_terminal(report: Report) -> None:
    colour = len(report.submission) % 2 == 0
    shown = terminal.render(report, "en", colour=colour)
    shown.encode()
    odd = CONTROLS.findall(COLOURS.sub("", shown) if colour else shown)
    assert not odd, f"{odd[:5]} reach the terminal"


def for_machines(report: Report) -> None:
    written = json.render(report).encode()
    assert json.read(written).score == report.score
    ElementTree.fromstring(junit.render(report, "ja").encode())
    plain_json.loads(gradescope.render(report, "en").encode())
    github_classroom.render(report, "ja").encode()


def on_a_page(report: Report, words: list[str]) -> None:
    """The page has the elements and attributes that it has for harmless words, and no others."""
    shown = html.render(report, "en")
    shown.encode()
    assert tags(shown) <= allowed(), tags(shown) - allowed()
    page = class_page.render(class_of(words), "ja")
    page.encode()
    assert tags(page) <= allowed(), tags(page) - allowed()


class Tags(HTMLParser):
    """The names of elements and attributes on a page, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.found |= {f"{tag} {name}" for name, _ in attrs}
        self.found |= {
            f"{tag} leads to {v}"[:40]
            for name, v in attrs
            if name in ("href", "src") and not (v or "").startswith(("#", "link"))
        }


def tags(page: str) -> set[str]:
    parser = Tags()
    parser.feed(page)
    return parser.found


_allowed: set[str] = set()


def allowed() -> set[str]:
    if not _allowed:
        for shape in ([2, 3], [3], []):
            quiet = report_of([QUIET, "quiet `code`", "a_b", "quiet. more"], [0.5, 1.5, float("nan"), 2.0], shape)
            _allowed.update(tags(html.render(quiet, "en")), tags(class_page.render(class_of([QUIET, "a"]), "ja")))
    return _allowed


def in_a_table(words: list[str]) -> None:
    written = csv_text(("student", "score"), [[word, 1.5] for word in words])
    written.encode()
    odd = [row[0] for row in csv.reader(io.StringIO(written)) if row[0].startswith(FORMULA)]
    assert not odd, odd


# --- a report with these words in it -----------------------------------------------------------


def report_of(words: list[str], figures: list[float], shape: Any) -> Report:
    word, figure = cycle(words), cycle(figures)
    text = lambda: Text(en=next(word), ja=next(word))  # noqa: E731
    dims = tuple(min(abs(n), 20) for n in shape[:3] if isinstance(n, int)) if isinstance(shape, list) else (2, 3)

    def array() -> Array:
        size = 1
        for n in dims:
            size *= n
        return Array(dims, tuple(next(figure) for _ in range(size)))

    findings = tuple(
        Finding(
            f"check{place}", Text("it holds", "成り立つ"), outcome, 1.0, text(), text() if place % 2 else None,
            Named("some_id", text()) if place % 3 == 0 else None,
            (Evidence(("matrix", "series", "compare")[place % 3], text(), array(), array() if place % 2 else None, ((0, 0),)),),  # type: ignore[arg-type]
            Place(next(word)[:200], place, next(word)[:80]), (text(),), 0.1, next(word), ("knock80",) if place == 1 else (),
            Mark(0.5, next(word), next(word)) if place == 2 else None,
        )
        for place, outcome in enumerate(Outcome)
    )  # fmt: skip
    runs = tuple(CellRun(i, ending, 0.1, next(word)[:500], 1, text(), next(word)) for i, ending in enumerate(Ending))
    sound = tuple(f for f in findings if f.outcome is not Outcome.BROKEN)
    exercises = (
        ExerciseReport("knock81", Text("RNN", "RNN"), total(sound), sound, (text(),)),
        ExerciseReport("notes", Text("notes", "感想"), total(findings), findings, (text(),)),
    )
    score = Score(2.5, 9.0, 1.0)
    return Report(
        next(word) or "x", "0" * 64, "knock80_89", Text("title", "題"), score, exercises, Run(runs, 1.0),
        Provenance(1, "jail", "0", "3", "2"), (text(), text()), Late(3600.0, 0.1, 0.5, 2.0),
    )  # fmt: skip


def class_of(words: list[str]) -> Classroom:
    score = Score(1.0, 2.0)
    pupils = tuple(
        Pupil(
            word,
            "link.html" if n % 2 else "",
            score if n % 3 else None,
            (ExerciseStanding(score, "scored"),),
            n % 2,
            Text(word, word),
            Text(word, word),
        )
        for n, word in enumerate([*words, *words][:20])
    )
    lesson = LessonClass(
        "knock80_89", Text("t", "t"), 2.0, (ExerciseColumn("knock81", Text("c", "c"), 2.0),), pupils, (), (), None
    )
    alike = tuple(SimilarPair(word, word, 0.5, (word, word)) for word in words[:5])
    return Classroom((lesson,), pupils[:3], alike, "2026-11-27")


inputs = dumps(
    st.fixed_dictionaries(
        {"texts": st.lists(texts, min_size=1, max_size=8), "numbers": st.lists(numbers, max_size=6)},
        optional={"shape": st.lists(st.integers(0, 20), max_size=3)},
    )
)
