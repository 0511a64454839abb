"""Every sentence for a person exists in both languages, and no page mixes them."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.model import (
    Array,
    CellRun,
    Ending,
    Evidence,
    ExerciseReport,
    Finding,
    Language,
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
)
from grader.report import captions, class_words, html, terminal, words

PACKAGE = Path(__file__).parents[2] / "grader"
TEMPLATES = sorted((PACKAGE / "report" / "templates").glob("*.j2"))
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
ERRORS = ("UsageError", "SubmissionError", "GradebookError", "DataError", "BoxUnavailable")  # what a person may meet
SAID = Text(en="ENGLISH", ja="日本語")


def spoken() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Every call in the package that gives words in both languages: where, English, Japanese."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                given = {k.arg: k.value for k in node.keywords if k.arg}
                if ast.unparse(node.func) in ("Text", "say") and len(node.args) > 1:
                    given |= {"en": node.args[-2], "ja": node.args[-1]}
                if ast.unparse(node.func) == "habit" and len(node.args) > 3:
                    given |= {"en": node.args[2], "ja": node.args[3]}
                if ast.unparse(node.func) in ERRORS and node.args:
                    given |= {"en": node.args[0]}
                if given.keys() >= {"en", "ja"}:
                    yield f"{path.relative_to(PACKAGE.parent)}:{node.lineno}", given["en"], given["ja"]


def literal(node: ast.expr) -> str | None:
    """What is written there, without what is filled in; None for an expression without words of its own."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
    return None


def test_no_sentence_is_left_untranslated() -> None:
    """Wherever the package gives words, the Japanese ones are Japanese and the English ones are not."""
    found = 0
    for where, english, japanese in spoken():
        en, ja = literal(english), literal(japanese)
        if en is None or ja is None:
            continue
        found += 1
        assert bool(en.strip()) == bool(ja.strip()), where
        assert not JAPANESE.search(en), f"{where}: {en}"
        # One word alone may be a term that Japanese writes as it is: logits, ID.
        if len(re.findall(r"[A-Za-z]{2,}", ja)) > 1:
            assert JAPANESE.search(ja), f"{where}: {ja}"
    assert found > 300


def test_every_error_is_said_in_both_languages() -> None:
    """Whoever raises an error for a person gives the Japanese sentence too."""
    bare, found = [], 0
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ERRORS:
                both = any(k.arg == "ja" for k in node.keywords) or isinstance(node.args[0], ast.Starred)
                bare += [] if both else [f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"]
                found += 1
    assert not bare, bare
    assert found > 150


@pytest.mark.parametrize("module", [words, captions, class_words], ids=lambda module: module.__name__)
def test_both_languages_fill_in_the_same_values(module: Any) -> None:
    """A `{score}` of one sentence stands in the other too."""
    for text in texts(vars(module).values()):
        english, japanese = ({f for _, f, _, _ in string.Formatter().parse(t) if f} for t in (text.en, text.ja))
        assert english == japanese, text


def texts(values: Any) -> Iterator[Text]:
    for value in values:
        if isinstance(value, Text):
            yield value
        elif isinstance(value, dict):
            yield from texts(value.values())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path: Path) -> None:
    """What a template shows comes through `say`, so that both languages have it."""
    text = path.read_text(encoding="utf-8")
    bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    assert not re.search(r"\w", bare), bare.split()
    spoken_attributes = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', text)
    assert all(value.startswith("{{") for value in spoken_attributes)


def report() -> Report:
    """One finding for each outcome, with everything a finding can carry."""
    three = Array((3,), (1.0, 2.0, -3.0))
    evidence = tuple(Evidence(kind, SAID, three, three, ((1,),)) for kind in ("compare", "series"))
    full = Finding(
        "c", SAID, Outcome.FAILED, 1.0, SAID, SAID, Named("m", SAID), evidence, Place("x = 1", 2, "f"), (SAID,)
    )
    matrix = replace(
        full, check="d", misconception=Named("n", SAID), help=None, evidence=(Evidence("matrix", SAID, three),)
    )
    full = replace(full, mark=Mark(0.5, "ta"))
    others = tuple(replace(full, check=o.value, outcome=o, mark=None) for o in Outcome)
    cells = tuple(CellRun(i, ending, note=SAID) for i, ending in enumerate(list(Ending) * 12))
    exercise = ExerciseReport("e", SAID, Score(1.0, 9.0, 1.0), (full, matrix, *others))
    made = Provenance(1, "none: same process", "0", "3", "2")
    late = Late(90_000.0, 0.1, 0.1, 0.9)
    score = Score(1.0, 9.0, 1.0)
    return Report("n.ipynb", "0" * 64, "l", SAID, score, (exercise,), Run(cells, 1.0), made, (SAID,), late)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_mixes_the_languages(language: Language) -> None:
    """Rendered in one language, a report that has everything shows no word of the other."""
    other: Language = "en" if language == "ja" else "ja"
    page = html.render(report(), language)
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL) + " ".join(
        re.findall(r'(?:aria-label|title)="([^"]*)"', page)
    )
    plain = terminal.render(report(), language, colour=False)
    for text in (shown, plain, html.render_exercise(report().exercises[0], language)):
        assert SAID.in_(language) in text and SAID.in_(other) not in text
    if language == "en":
        assert not JAPANESE.search(shown) and not JAPANESE.search(plain)
    for text in texts([*vars(words).values(), *vars(captions).values()]):
        alien = max(re.split(r"\{\w+\}", text.in_(other)), key=len).strip()
        if len(alien) > 3 and alien not in text.in_(language):
            assert not re.search(rf"(?<!\w){re.escape(alien)}(?!\w)", shown), alien
