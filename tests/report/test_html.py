"""The page of a report, made from real gradings and opened in a real browser."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat.v4
import pytest

from grader.grading import grade
from grader.judge.wording import NOT_ATTEMPTED, still_blank
from grader.model import Array, CellRun, Ending, Evidence, Language, Late, Mark, Outcome, Report, Run, Score, Text
from grader.notebook.placeholders import Blank
from grader.report import html, terminal
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.notebooks import answer_cells, save, solved
from tests.report.chromium import chromium, serious, visit

SEED = 3
TRAP = "<script>window.caught = 1; alert(1)</script><img src=x onerror='window.caught = 2'>"
LANGUAGES: tuple[Language, ...] = ("ja", "en")
HOSTILE = "``</code>" + TRAP + "` \" onmouseover='window.caught = 3' [x](javascript:alert(1)) {{ 7 * 7 }}"


@dataclass(frozen=True)
class Pages:
    """Files by name and language."""

    reports: dict[str, Report]
    folder: Path

    def path(self, name: str, language: Language = "en") -> Path:
        target = self.folder / f"{name}.{language}.html"
        if not target.exists():
            target.write_text(html.render(self.reports[name], language), encoding="utf-8")
        return target


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, host: KernelFactory | None) -> Pages:
    folder = tmp_path_factory.mktemp("pages")
    mistaken = solved("transformer_lm", "ja", causal_mask="one_too_many", positional_encoding="sine_twice")
    heads = solved("attention_translation", "en", dot_attention="no_scale")
    reports = {
        "mistaken": grade(save(mistaken, folder), SEED, ("positional_encoding", "causal_mask"), host=host),
        "formula": grade(save(heads, folder), SEED, ("dot_attention",), host=host),
        "hostile": hostile(folder, host),
    }
    reports["everything"] = everything(reports["formula"])
    return Pages(reports, folder)


def hostile(folder: Path, host: KernelFactory | None) -> Report:
    """A notebook whose name, errors, outputs and markdown all carry HTML."""
    notebook = solved("transformer_lm")
    source = f"raise ValueError({HOSTILE!r})"
    (cell,) = answer_cells(notebook, "causal_mask")
    cell.source = f"def causal_mask(size):  # {TRAP}\n    {source}  # {TRAP}"
    notebook.cells[1:1] = [
        nbformat.v4.new_markdown_cell(HOSTILE),
        nbformat.v4.new_code_cell(source),
        nbformat.v4.new_code_cell(f"!pip install {TRAP}"),
        nbformat.v4.new_code_cell(f"print({HOSTILE!r})", outputs=[nbformat.v4.new_output("stream", text=HOSTILE)]),
    ]
    report = grade(save(notebook, folder), SEED, ("causal_mask",), host=host)
    return replace(report, submission=f"{HOSTILE}.ipynb")


def everything(report: Report) -> Report:
    """A report that shows each outcome and each kind of evidence once, odd numbers among them."""
    text = Text(en="Something that should hold.", ja="成り立つはずのこと")
    first = report.exercises[0].findings[0]
    found = [replace(first, check=f"c{i}", text=text, outcome=o, rationale=text) for i, o in enumerate(Outcome)]
    nan, inf = float("nan"), float("inf")
    wide = Array((2, 200), tuple(i / 7 - 20 for i in range(400)))
    drawn = (
        Evidence("series", text, Array((4,), (3.0, 2.0, nan, 1.5)), Array((3,), (3.0, 1.0, 0.5)), ((1,),)),
        Evidence("matrix", text, Array((2, 3), (0.5, 0.5, 0.1, nan, inf, -inf)), None, ((1,),)),
    )
    more = (Evidence("compare", text, wide, wide, ((1, 190),)), Evidence("series", text, Array((1,), (2.0,))))
    found[1] = replace(found[1], evidence=drawn, help=text)
    found[2] = replace(found[2], evidence=more)
    exercise = replace(report.exercises[0], findings=tuple(found), score=Score(None, 9.0))
    return replace(report, score=Score(None, 9.0), exercises=(exercise,))


@pytest.fixture(scope="module")
def browser(pages: Pages) -> Iterator[Any]:
    """Opened after the gradings: playwright's loop and a kernel's do not run at once."""
    with chromium() as opened:
        yield opened


NAMES = ("mistaken", "formula", "hostile", "everything")


@drawn(2)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_nobody_and_complains_of_nothing(name: str, pages: Pages, browser: Any) -> None:
    """Opened in Chromium: one request, for the file itself, no console message, no dialog, nothing of the student's ran."""
    for language in ("ja", "en"):
        path = pages.path(name, language)  # type: ignore[arg-type]
        with visit(browser, path) as seen:
            seen.page.hover("h1")
            seen.page.wait_for_timeout(100)
            assert [url for url in seen.requests if not url.startswith("data:")] == [path.as_uri()]
            assert not seen.console and not seen.dialogs
            assert seen.page.evaluate("window.caught") is None
            assert seen.page.locator("script, img, iframe, object, embed, link[href^=http]").count() == 0


@drawn(1, lambda case: case["name"])
@pytest.mark.parametrize(("scheme", "width"), [("light", "phone"), ("dark", "desktop")])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_serious(name: str, scheme: str, width: str, pages: Pages, browser: Any) -> None:
    """With every hint open, axe-core reports no serious violation, in either scheme."""
    with visit(browser, pages.path(name, "ja"), width, scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert serious(seen.page) == []


def test_a_phone_shows_it_all_without_scrolling_sideways(pages: Pages, browser: Any) -> None:
    """At 390 pixels nothing is wider than the window, in the page and in each picture."""
    for name in NAMES:
        for language in ("ja", "en"):
            with visit(browser, pages.path(name, language), "phone") as seen:  # type: ignore[arg-type]
                assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
                assert (
                    seen.page.evaluate(
                        "Math.max(0, ...[...document.querySelectorAll('svg')].map(s => s.getBoundingClientRect().right))"
                    )
                    <= 390
                )


def test_light_and_dark_are_different_pages(pages: Pages, browser: Any) -> None:
    """The ground is light on a light system and dark on a dark one, and a screenshot can be taken of each."""
    grounds = {}
    for scheme in ("light", "dark"):
        with visit(browser, pages.path("mistaken", "ja"), scheme=scheme) as seen:
            colour = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
            grounds[scheme] = sum(int(part) for part in colour.strip("rgb()").split(","))
            assert len(seen.page.screenshot(full_page=True)) > 20_000
    assert grounds["dark"] < 150 < 600 < grounds["light"]


def test_hints_open_one_by_one_without_a_script(pages: Pages, browser: Any) -> None:
    """With scripts switched off the first hint opens on a click, and only then the stronger one can be seen."""
    with visit(browser, pages.path("mistaken"), java_script_enabled=False) as seen:
        finding = seen.page.locator("#causal_mask-hides_the_future")
        hint, mistake = (finding.get_by_text(start) for start in ("A hint:", "A stronger hint:"))
        named = finding.get_by_text("Each position also sees the next one.")
        assert hint.is_visible() and not mistake.is_visible()
        hint.click()
        assert mistake.is_visible() and not named.is_visible()
        mistake.click()
        assert named.is_visible()


def test_the_line_comes_with_the_mistake_and_not_before(pages: Pages, browser: Any) -> None:
    """The line that a named mistake points at is folded away with it; the line where the code stopped is not."""
    with visit(browser, pages.path("formula")) as seen:
        finding = seen.page.locator("#dot_attention-computes_the_formula")
        line = finding.get_by_text("scores = q @ k.transpose")
        assert line.count() == 1 and not line.is_visible()
        finding.get_by_text("A hint:").click()
        finding.get_by_text("A stronger hint:").click()
        assert line.is_visible()
        repeated = seen.page.locator("#dot_attention-mask_hides")
        assert "the same mistake as above" in repeated.inner_text() and repeated.locator("pre").count() == 0
    with visit(browser, pages.path("hostile")) as seen:
        assert seen.page.locator("#causal_mask-shape_and_dtype pre").is_visible()
        again = seen.page.locator("#causal_mask-hides_the_future")
        assert "the same error as above" in again.inner_text() and again.locator("pre").count() == 0


def test_on_paper_the_hints_are_open(pages: Pages, browser: Any) -> None:
    """Printed, nothing has to be clicked, and the ground is white in a dark room too."""
    with visit(browser, pages.path("mistaken"), scheme="dark") as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.get_by_text("Each position also sees the next one.").is_visible()
        assert seen.page.pdf().startswith(b"%PDF")


def test_the_mistake_and_the_line_are_on_the_page(pages: Pages) -> None:
    """What was seen, which mistake it is and the student's own line stand in the file, in the language asked for."""
    pages_ = (pages.path(name).read_text(encoding="utf-8") for name in ("mistaken", "formula", "hostile"))
    mistaken, formula, hostile_ = pages_
    assert "Each position also sees the next one." in mistaken and "let a position see its future" in mistaken
    assert "どの位置も自分より後ろを見ない" in pages.path("mistaken", "ja").read_text(encoding="utf-8")
    assert "line 3 of the cell, in scaled_dot_product_attention" in formula
    assert "raise ValueError(" in hostile_ and "line 2 of the cell, in causal_mask" in hostile_


def test_what_a_student_wrote_is_text(pages: Pages) -> None:
    """Every `<` of the student's stands escaped in the file, and templates of theirs are not filled in."""
    page = pages.path("hostile").read_text(encoding="utf-8")
    assert "<script" not in page and "<img" not in page and "{{ 7 * 7 }}" in page and "javascript:alert" in page
    assert page.count("&lt;script&gt;window.caught") >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_late_penalty_is_told_with_what_remains(language: Language, pages: Pages) -> None:
    """What was earned, what was taken and why, and as the score what counts; without a penalty, nothing of it."""
    report = replace(pages.reports["mistaken"], late=Late(93_600.0, 0.2, 1.0, 4.0))
    told = {
        "en": "Handed in 1 d 2 h late: 5 earned, 20% (1) off, 4 count.",
        "ja": "期限に 1 日 2 時間遅れたため、5 点から 20%（1 点）を引いて 4 点になります。",
    }
    assert report.score.earned == 5
    assert told[language] in html.render(report, language) and "<strong>4</strong>" in html.render(report, language)
    assert told[language] in " ".join(terminal.render(report, language, 200, colour=False).split("\n"))
    assert 'class="late"' not in pages.path("mistaken").read_text("utf-8")


def test_what_a_person_gave_is_shown_with_their_words(pages: Pages, tmp_path: Path) -> None:
    """Points by hand stand on the page with who gave them and why; full ones look like what holds."""
    (first, *rest) = pages.reports["everything"].exercises[0].findings
    waiting = next(f for f in rest if f.outcome is Outcome.NEEDS_REVIEW)
    marks = (replace(waiting, mark=Mark(0.5, "mia", "Say <why>.")), replace(waiting, mark=Mark(waiting.points, "mia")))
    exercise = replace(pages.reports["everything"].exercises[0], findings=(first, *marks))
    page = html.render_exercise(exercise, "en")
    assert "0.5 of 1 points by mia\nSay &lt;why&gt;." in page and "a person will look at it" not in page
    assert re.findall(r'aria-label="scored by a person"[^>]*>(.)<', page) == ["✎", "✓"]
    shown = terminal.render(replace(pages.reports["everything"], exercises=(exercise,)), "ja", 80, colour=False)
    assert "1 点中 0.5 点（採点者: mia）" in shown and "0.5 / 1" in shown and "Say <why>." in shown


def test_a_blank_is_told_with_its_cell_and_line(pages: Pages) -> None:
    """Untouched or partly done, the page says where something is still to be filled in, once."""
    blank = still_blank(Blank(4, 3, "mask = ????", ("causal_mask",)))
    report = pages.reports["mistaken"]
    (shape, *others) = report.exercises[-1].findings
    missing = tuple(replace(f, outcome=Outcome.MISSING, rationale=blank, misconception=None) for f in others)
    for findings in ((shape, *missing), missing):
        page = html.render_exercise(replace(report.exercises[-1], findings=findings), "en")
        assert page.count("Cell 5, line 3 is still to be filled in: mask = ????") == 1
    untouched = tuple(replace(f, rationale=NOT_ATTEMPTED) for f in missing)
    page = html.render_exercise(replace(report.exercises[-1], findings=untouched), "en")
    assert page.count("not attempted yet</p>") == 1 and "Not attempted yet." not in page


def test_a_page_says_where_to_start(pages: Pages) -> None:
    """At what is wrong, else at what is not there yet; where everything holds it says so."""
    report = pages.reports["mistaken"]
    wrong = html.page_of(report, "en").next
    assert wrong is not None and wrong.target.startswith("positional_encoding-")
    for outcome, target in ((Outcome.MISSING, "positional_encoding"), (Outcome.PASSED, None)):
        parts = [replace(e, findings=tuple(replace(f, outcome=outcome) for f in e.findings)) for e in report.exercises]
        found = html.page_of(replace(report, exercises=tuple(parts)), "en").next
        assert (found.target if found else None) == target


def test_a_broken_grading_has_no_score(pages: Pages) -> None:
    """Where something of ours failed, the page says so instead of a number."""
    page = pages.path("everything").read_text(encoding="utf-8")
    assert "No score: something in the grader itself failed." in page and "– / 9" in page


def test_headings_come_in_order(pages: Pages, browser: Any) -> None:
    """One h1, and no level is jumped over."""
    for name in NAMES:
        with visit(browser, pages.path(name)) as seen:
            levels = seen.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_long_notebook_stays_small(pages: Pages, browser: Any) -> None:
    """2,000 cells that failed at length: under 2 MB, and there at once."""
    cells = tuple(CellRun(i, Ending.RAISED, 1.0, "ValueError: " + "x" * 500) for i in range(2000))
    report = replace(pages.reports["mistaken"], run=Run(cells, 10.0))
    path = pages.folder / "long.html"
    path.write_text(html.render(report, "en"), encoding="utf-8")
    assert path.stat().st_size < 2 << 20
    with visit(browser, path) as seen:
        took = seen.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        assert took < 2000 and seen.page.get_by_text("and 1940 more cells").is_visible()


@pytest.mark.slow
def test_a_long_notebook_graded_for_real_stays_small(tmp_path: Path) -> None:
    """2,000 cells, a hundred of which draw an image of 60 kB and were saved with it: the page has none of that weight."""
    notebook = solved("transformer_lm", "ja", causal_mask="one_too_many")
    image = base64.b64encode(os.urandom(60_000)).decode()
    draw = (
        "import os\nfrom IPython.display import Image, display\ndisplay(Image(data=os.urandom(60_000), format='png'))"
    )
    shown = [nbformat.v4.new_output("display_data", data={"image/png": image, "text/plain": "<Figure>"})]
    for i in range(2000 - len(notebook.cells)):
        if i % 19 == 0 and i < 1900:
            cell = nbformat.v4.new_code_cell(draw, outputs=shown, execution_count=i)
        elif i % 20 == 1:
            cell = nbformat.v4.new_code_cell(f"raise ValueError('x' * 500 + '{i}')")
        elif i % 2:
            cell = nbformat.v4.new_markdown_cell(f"## {i}\n![](data:image/png;base64,{image[:2000]})")
        else:
            cell = nbformat.v4.new_code_cell(f"print('epoch', {i})", execution_count=i)
        notebook.cells.append(cell)
    path = save(notebook, tmp_path)
    assert path.stat().st_size > 6 << 20
    report = grade(path, SEED, ("causal_mask",))
    assert report.score.earned == 3 and len(report.run.cells) > 1000
    for language in LANGUAGES:
        page = html.render(report, language)
        assert len(page.encode()) < 200_000 and image[:500] not in page


@pytest.mark.parametrize("ground", ["#fff", "#111"])
def test_an_exercise_looks_right_inside_a_notebook(ground: str, pages: Pages, browser: Any, tmp_path: Path) -> None:
    """As an output of a light or a dark notebook, which strips style sheets: readable, no wider than its cell, no script."""
    shown = html.render_exercise(pages.reports["formula"].exercises[0], "ja")
    ink = "#eee" if ground == "#111" else "#111"
    path = tmp_path / "notebook.html"
    cell = f'<main style="width:640px;background:{ground};color:{ink}"><h1>1</h1><h2>2</h2>{shown}</main>'
    page = (
        f'<!doctype html><html lang="ja"><meta charset="utf-8"><title>n</title><body style="background:{ground}">{cell}'
    )
    path.write_text(page, encoding="utf-8")
    with visit(browser, path) as seen:
        assert "<style" not in shown and "<script" not in shown and not seen.console
        assert seen.page.evaluate("document.querySelector('main').scrollWidth") <= 640
        assert seen.page.get_by_text("√d で割っていません").count() == 1
        assert len(seen.page.screenshot()) > 10_000
