"""The lessons' figures: drawn by a script, in both languages, carried by the notebooks themselves."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import jupytext
import nbformat
import pytest

from grader.errors import AuthoringError
from grader.lessons import catalogue, source
from grader.model import Language
from grader.notebook.read import read
from grader.packaging.build import FIGURE, build
from tools import report_picture
from tools.drawing import raster
from tools.drawing.canvas import measure
from tools.drawing.gallery import LANGUAGES, figures, pictures
from tools.drawing.palette import CARD
from tools.figures import FOLDER, left_over, stale

LESSONS = tuple(lesson.id for lesson in catalogue())
SVG = "{http://www.w3.org/2000/svg}"
NOTEBOOKS = [(lesson, language) for lesson in LESSONS for language in LANGUAGES]


@cache
def built(lesson: str, language: Language) -> str:
    return build(lesson, source.text_of(lesson), language)


def references(language: Language) -> list[tuple[str, str]]:
    """(words in the brackets, name) of every figure that the notebooks of a language show."""
    lines = [line for lesson in LESSONS for line in source.text_of(lesson).splitlines()]
    found = [match.groups() for line in lines if (match := FIGURE.match(line.removeprefix("# ")))]
    mine = {figure.shows.in_(language) for figure in figures()}
    return [(seen, name) for seen, name in found if seen in mine]


def test_the_svgs_are_what_the_script_draws_today() -> None:
    """No figure is stale, none is missing, none is left over."""
    assert not stale(), "run python tools/figures.py --png"
    assert not left_over()


def test_the_readmes_picture_shows_todays_report() -> None:
    """It was made of the example and of the page's style as they are now."""
    assert report_picture.is_fresh(), "python tools/report_picture.py"
    assert "docs/report.png" in (report_picture.ROOT / "README.md").read_text(encoding="utf-8")


def test_every_png_was_made_of_the_svg_beside_it() -> None:
    for svg in FOLDER.glob("*.svg"):
        assert raster.made_of(svg.with_suffix(".png")) == raster.digest(svg), (
            f"{svg.name}: python tools/figures.py --png"
        )


def test_every_figure_comes_in_both_languages() -> None:
    names = {figure.name for figure in figures()}
    assert len(names) == len(figures())
    for kind in ("svg", "png"):
        there = {path.name for path in FOLDER.glob(f"*.{kind}")}
        assert there == {f"{name}.{language}.{kind}" for name in names for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_stands_once_in_a_lesson_with_its_own_words(language: Language) -> None:
    """The words in the brackets are the figure's description, for those who cannot see it."""
    assert sorted(references(language)) == sorted((figure.shows.in_(language), figure.name) for figure in figures())


def test_no_lesson_refers_to_a_figure_that_nobody_draws() -> None:
    texts = "\n".join(source.text_of(lesson) for lesson in LESSONS)
    assert set(re.findall(r"\(figure:([^)]*)\)", texts)) == {figure.name for figure in figures()}


@pytest.mark.parametrize("name", sorted(pictures()))
def test_an_svg_is_small_and_needs_nothing_else(name: str) -> None:
    """It parses, says what it shows, and holds no script, no reference and no style sheet."""
    text = pictures()[name]
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    assert len(text.encode()) < 30_000
    allowed = {"svg", "title", "desc", "rect", "circle", "path", "text", "tspan", "g"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    attributes = {key for element in root.iter() for key in element.attrib}
    assert not {key for key in attributes if "href" in key or key.startswith("on") or key == "style"}
    assert "url(" not in text


@pytest.mark.parametrize("name", sorted(pictures()))
def test_what_is_drawn_stays_on_the_card(name: str) -> None:
    """Words do not reach into the card's margin by more than half of it, as far as their width can be guessed."""
    root = ElementTree.fromstring(pictures()[name])
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for text in root.iter(f"{SVG}text"):
        left, right, top, low = place(text)
        assert -12 <= left <= right <= width - 36, "".join(text.itertext())
        assert -12 <= top <= low <= height - 36, "".join(text.itertext())


@pytest.mark.parametrize("name", sorted(pictures()))
def test_words_do_not_overlap_and_stand_out_from_the_card(name: str) -> None:
    """Contrast 4.5 to 1, as WCAG asks of small text."""
    texts = list(ElementTree.fromstring(pictures()[name]).iter(f"{SVG}text"))
    for i, text in enumerate(texts):
        assert contrast(text.attrib["fill"], CARD) >= 4.5, "".join(text.itertext())
        for other in texts[:i]:
            (left, right, top, low), (left2, right2, top2, low2) = place(text), place(other)
            apart = right <= left2 or right2 <= left or low <= top2 or low2 <= top
            assert apart, ("".join(text.itertext()), "".join(other.itertext()))


def place(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of the letters, about."""
    size, x, y = (float(text.attrib[name]) for name in ("font-size", "x", "y"))
    wide = measure("".join(text.itertext()), size)
    left = x - {"start": 0, "middle": wide / 2, "end": wide}[text.attrib["text-anchor"]]
    return left, left + wide, y - 0.8 * size, y + 0.1 * size


def contrast(colour: str, ground: str) -> float:
    low, high = sorted((luminance(colour), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("lesson", "language"), NOTEBOOKS)
def test_a_built_notebook_is_valid_and_of_reasonable_size(lesson: str, language: Language) -> None:
    text = built(lesson, language)
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert len(text.encode()) < 400_000
    assert "(figure:" not in text


@pytest.mark.parametrize(("lesson", "language"), NOTEBOOKS)
def test_a_picture_has_a_cell_of_its_own(lesson: str, language: Language) -> None:
    """So nobody meets its address while editing text."""
    for cell in nbformat.reads(built(lesson, language), as_version=4).cells:
        if "data:image" in cell.source:
            assert cell.metadata.grader.role == "figure"
            assert re.fullmatch(r"!\[[^\[\]]+\]\(data:image/png;base64,[A-Za-z0-9+/=]+\)", cell.source)


@pytest.mark.parametrize("lesson", LESSONS)
def test_reading_a_notebook_passes_over_its_pictures(lesson: str, tmp_path: Path) -> None:
    """No reader of what was handed in meets forty thousand letters that mean nothing; unchanged cells stay so."""
    path = tmp_path / "submit.ipynb"
    path.write_text(built(lesson, "ja"), encoding="utf-8")
    cells = read(path).cells
    assert "base64" not in "".join(cell.source for cell in cells)
    assert all(cell.pristine for cell in cells if cell.kind == "code" or cell.role == "notes")


def test_reading_a_script_made_of_a_notebook_passes_over_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "submit.py"
    path.write_text(jupytext.writes(nbformat.reads(built("bert", "en"), as_version=4), fmt="py:percent"), "utf-8")
    assert "data:image" in path.read_text("utf-8")
    assert "data:image" not in "".join(cell.source for cell in read(path).cells)


def test_code_with_such_an_address_is_left_as_it_is(tmp_path: Path) -> None:
    code = 'HTML(\'<img src="data:image/png;base64,AAAA">\')\nImage(url="data:image/png;base64,AAAA")'
    path = tmp_path / "submit.py"
    path.write_text(code, "utf-8")
    assert [cell.source for cell in read(path).cells] == [code]


def test_a_figure_that_nobody_has_drawn_is_told() -> None:
    with pytest.raises(AuthoringError, match=r"There is no figure nonsense\.en\.png"):
        build("quiz", "# %% [markdown]\n# Text\n#\n# ![Nothing](figure:nonsense)\n", "en")


def test_text_around_a_figure_is_cut_into_cells() -> None:
    text = "# %% [markdown]\n# Before.\n#\n# ![The mask](figure:causal_triangle)\n#\n# After.\n"
    cells = nbformat.reads(build("quiz", text, "en"), as_version=4).cells
    assert [cell.source.partition("(data")[0] for cell in cells] == ["Before.", "![The mask]", "After."]
    assert [cell.id for cell in cells] == ["lesson-text-1", "lesson-figure-1", "lesson-text-2"]
