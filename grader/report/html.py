"""The report as one HTML page that needs nothing else, and one exercise of it for a notebook's output.

jinja2 escapes whatever is put in; the only markup that passes is what this package makes itself (`Markup`). On the
page the looks are classes of one style sheet; a notebook strips style sheets, so there the same templates carry the
looks of `STYLES` on each element.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.model import (
    ExerciseReport,
    Language,
    Report,
    Text,
)
from grader.model.printable import made_legible
from grader.report import captions, words
from grader.report.html_views import anchor, page_of, part_of, say
from grader.report.request import form_of
from grader.report.styles import STYLES


def render(report: Report, language: Language, hand_in: int | None = None) -> str:
    """The whole report as one HTML file: nothing fetched, light and dark, for screen, phone and paper.

    hand_in: its number in the gradebook; with it the page has a form to ask about a mark, and the one script that makes the file.
    """
    template = environment().get_template("report.html.j2")
    page = page_of(made_legible(report), language)
    asks = None if hand_in is None else form_of(report, hand_in)
    return template.render(scope(language, classes), page=page, asks=asks)


def render_exercise(exercise: ExerciseReport, language: Language) -> str:
    """One exercise for a notebook's output: the same words and pictures, styled element by element."""
    macros = environment().get_template("exercise.html.j2").make_module(scope(language, styles))
    shown: Markup = macros.exercise(part_of(made_legible(exercise), language), 3)  # type: ignore[attr-defined]  # a macro of the file
    return Markup('<div lang="{}" style="{}">{}</div>').format(language, STYLES["frame"], shown)


def render_hint(heading: str, text: Text, language: Language) -> str:
    """One hint for a notebook's output."""
    frame = Markup('<div lang="{}" style="{}"><div style="{}">').format(language, STYLES["frame"], STYLES["exercise"])
    head = Markup('<div style="{}">{}</div>').format(STYLES["check bad"], heading) if heading else Markup("")
    return frame + head + Markup('<div style="{}">{}</div></div></div>').format(STYLES["said"], prose(language, text))


@cache
def environment() -> Environment:
    return Environment(loader=PackageLoader("grader.report"), autoescape=True, undefined=StrictUndefined)


def scope(language: Language, look: Callable[[str], Markup]) -> dict[str, Any]:
    """What every template may use."""
    return {
        "language": language,
        "look": look,
        "say": partial(say, language),
        "prose": partial(prose, language),
        "anchor": anchor,
        "words": words,
        "captions": captions,
    }


def prose(language: Language, text: Text) -> Markup:
    """A sentence, escaped, with what stands between backticks as code."""
    parts = re.split(r"`([^`\n]+)`", text.in_(language))
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


def classes(names: str) -> Markup:
    return Markup('class="{}"').format(names)


def styles(names: str) -> Markup:
    """The looks of `names` in one attribute; a look of two words belongs to both together."""
    first, _, tone = names.partition(" ")
    both = STYLES.get(first, "") + STYLES.get(names, "") if tone else STYLES.get(first, "")
    return Markup('style="{}"').format(both)
