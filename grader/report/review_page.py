"""The pages of the review: what awaits a person over the class, and one exercise of one hand-in with everything to mark it by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from markupsafe import Markup

from grader.model import Cell, Language
from grader.model.printable import made_legible
from grader.report import captions, highlight, words
from grader.report import review_words as said
from grader.report.html import classes, environment, prose
from grader.report.html_views import ExerciseView, anchor, part_of, say
from grader.report.pictures import Figure
from grader.report.review import Overview, ReviewSheet

SVG_STYLE = ' style="max-width:100%;height:auto;overflow:visible"'  # the style sheet of these pages says it
NOTES = "notes"


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell. index: its place in the hand-in, from 0; number: as people count."""

    index: int
    number: int
    kind: str
    given: bool
    lines: tuple[Markup, ...]
    text: Markup
    output: str


@dataclass(frozen=True, slots=True)
class CellRange:
    """Neighbouring cells. folded: they belong to something else, and are opened by hand."""

    cells: tuple[ShownCell, ...]
    folded: bool


def overview(page: Overview, language: Language) -> str:
    return environment().get_template("review_home.html.j2").render(**scope(language), page=made_legible(page))


def sheet(page: ReviewSheet, language: Language) -> str:
    page = made_legible(page)
    part = beside_marks(part_of(page.exercise, language))
    return (
        environment()
        .get_template("review_sheet.html.j2")
        .render(
            **scope(language),
            page=page,
            part=part,
            stretches=stretches(page.cells or (), page.exercise.id),
            answers=[f.answer for f in page.exercise.findings if f.answer],
            script={key: text.in_(language) for key, text in said.SCRIPT.items()},
        )
    )


def scope(language: Language) -> dict[str, object]:
    return {
        "language": language,
        "look": classes,
        "say": partial(say, language),
        "prose": partial(prose, language),
        "anchor": anchor,
        "words": words,
        "captions": captions,
        "said": said,
    }


def style_sheet() -> str:
    """What every page of the review looks like: as the report does, and more."""
    return "\n".join(source(name) for name in ("report.css", "review.css"))


def script() -> str:
    """The one script of the pages: its parts, in one scope of their own."""
    parts = (source(f"review_{name}.js") for name in ("pieces", "card", "comments", "page"))
    return '(function () {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def source(name: str) -> str:
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


def beside_marks(part: ExerciseView) -> ExerciseView:
    """As beside the marks: pictures without the style attribute, which the policy of a page that is served does not allow."""

    def plain(figure: Figure) -> Figure:
        panels = (replace(panel, svg=Markup(str(panel.svg).replace(SVG_STYLE, ""))) for panel in figure.panels)
        return replace(figure, panels=tuple(panels))

    items = (replace(item, figures=tuple(plain(figure) for figure in item.figures)) for item in part.items)
    if part.id == NOTES:  # the rubric of the notes is what one marks with
        items = (replace(item, steps=(), open=False) for item in items)
    return replace(part, items=tuple(items))


# --- the cells ---------------------------------------------------------------------------------


def stretches(cells: tuple[Cell, ...], exercise: str) -> list[CellRange]:
    """The hand-in in its order; what stands elsewhere than in the exercise is folded. All of it is open where nothing does."""
    here = {cell.index for cell in cells if belongs(cell, exercise)}
    here = here or {cell.index for cell in cells if not cell.pristine}
    parts = groupby(cells, lambda cell: cell.index in here)
    return [CellRange(tuple(shown(cell) for cell in part), not open_) for open_, part in parts]


def belongs(cell: Cell, exercise: str) -> bool:
    """Whether a person wants to see it at once: what stands in the section, but for the text that was handed out."""
    if cell.pristine and cell.kind != "code":
        return False
    return cell.role == NOTES if exercise == NOTES else cell.exercise == exercise


def shown(cell: Cell) -> ShownCell:
    code = cell.kind == "code"
    return ShownCell(
        index=cell.index,
        number=cell.index + 1,
        kind=cell.kind,
        given=cell.pristine,
        lines=tuple(highlight.code(cell.source)) if code else (),
        text=Markup("") if code else highlight.prose(cell.source),
        output=made_legible(cell.output),
    )
