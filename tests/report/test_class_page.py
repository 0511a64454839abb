"""The page of a class: made of a real gradebook and opened in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from grader.batch.class_page import classroom
from grader.batch.gradebook.attendance import enrol, note_lateness
from grader.batch.gradebook.entries import Enrolment
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import open_book
from grader.batch.report_folder import ReportFolder
from grader.cli import main
from grader.lessons import lesson
from grader.model import Language, Text
from grader.report import class_page, class_words
from grader.report.classroom import Classroom, SimilarPair
from tests.batch.a_class import LESSON, class_of
from tests.drawing import drawn
from tests.report.chromium import chromium, serious, visit

TRAP = "<script>window.caught = 1</script><img src=x onerror='window.caught = 2'>\"'` </script> {{ 7 * 7 }} m-x"
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
MANY = 1000


@dataclass(frozen=True)
class Made:
    """A class of forty, one with a hostile name, in a gradebook and on pages beside the reports of some."""

    folder: Path
    room: Classroom

    def path(self, language: Language = "en") -> Path:
        target = self.folder / f"class.{language}.html"
        if not target.exists():
            target.write_text(class_page.render(self.room, language), encoding="utf-8")
        return target


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("class")
    alike = [SimilarPair("佐藤 葵", TRAP, 0.87, ("def causal_mask(size):", TRAP))]
    with class_of(40, folder / "book.sqlite3", called={3: TRAP}) as book:
        outbox = ReportFolder(folder, "en")
        for standing in list(standings(book))[:9]:
            outbox.publish(book, standing)
        return Made(folder, classroom(book, outbox.link, alike=alike))


@pytest.fixture(scope="module")
def browser(made: Made) -> Iterator[Any]:
    with chromium() as opened:
        yield opened


def rows(page: Any) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.map tbody tr:not([hidden])')].map(r => r.textContent)"
    )
    return found


def test_nobody_is_left_to_the_log(tmp_path: Path, browser: Any) -> None:
    """Missing, late and unknown students are on the page, with what counts and what the batch said; names are whole at 360 px."""
    long = "勘解由小路 左衛門佐光太郎之介（理工学研究科情報工学専攻）"
    with class_of(20, tmp_path / "book", called={3: long}) as book:
        names = [s.student for s in standings(book)]
        enrol(book, [*map(Enrolment, (*names[1:], "欠席 太郎", "不在 花子"))])
        right = next(s for s in standings(book) if s.score and s.score.earned and s.student != names[0])
        note_lateness(book, {right.submission: (7200.0, 0.5)}, "g")
        give(book, "欠席 太郎", None, None, 12.0, "mia", "oral")
        book.keep_notes(1, [Text(en="A file was left out: <b>x</b>.", ja="除外しました。")])
        room = classroom(book)
    (found,) = room.lessons
    text = class_page.render(room, "en")
    groups = {
        name: text.partition(f"<h3>{name} <")[2].partition("</section>")[0]
        for name in ("Missing", "Late", "Not in the roster")
    }
    assert (
        "不在 花子" in groups["Missing"]
        and "12 by hand" in groups["Missing"]
        and names[0] in groups["Not in the roster"]
    )
    assert f"{(right.final or 0) / 2:g} count" in groups["Late"]
    assert "A file was left out: &lt;b&gt;x&lt;/b&gt;." in text and sum(p.absent for p in found.pupils) == 2
    late = next(p for p in found.pupils if p.name == right.student)
    assert not late.full and not any(p.full for p in found.pupils if p.awaiting)
    (tmp_path / "class.html").write_text(text, encoding="utf-8")
    with visit(browser, tmp_path / "class.html", "phone") as seen:
        seen.page.set_viewport_size({"width": 360, "height": 800})
        cut = "[...document.querySelectorAll('.map tbody th')].filter(h => h.scrollWidth > h.clientWidth || h.scrollHeight > h.clientHeight + 1).length"
        assert seen.page.evaluate(cut) == 0 and seen.page.evaluate("document.documentElement.scrollWidth") == 360


def test_it_counts_what_the_gradebook_has(made: Made) -> None:
    """Mistakes by the student, with those who tried; what stopped and did not gain is stuck; notes await a person."""
    (found,) = made.room.lessons
    assert found.id == LESSON and len(found.pupils) == 40 and found.spread is not None
    assert sum(found.spread.counts) == 37  # two files were unreadable, one grading broke
    assert [c.id for c in found.columns] == [*(e.id for e in lesson(LESSON).exercises), "notes"]
    for mistake in found.mistakes:
        assert mistake.count == sum(mistake.id in pupil.mistakes for pupil in found.pupils) and mistake.tried == 35
    assert [m.count for m in found.mistakes] == sorted((m.count for m in found.mistakes), reverse=True)
    assert sum(pupil.stuck is not None for pupil in found.pupils) == 5
    assert sum(pupil.problem is not None for pupil in found.pupils) == 3
    assert {cell.state for pupil in found.pupils for cell in pupil.cells} == {"scored", "untouched", "broken"}


def test_a_mark_settles_what_awaited_a_person(tmp_path: Path) -> None:
    """Marked notes await nobody any more, and their points are in the cell."""
    with class_of(3, tmp_path / "book") as book:
        before = classroom(book).lessons[0].pupils[0]
        give(book, before.name, None, "notes.reading_notes", 4, "ta", "")
        after = classroom(book).lessons[0].pupils[0]
    assert before.awaiting == 1 and after.awaiting == 0
    assert before.cells[-1].score.pending == 6 and after.cells[-1].score.pending == 0
    assert after.cells[-1].score.earned == 4


def test_a_misconception_is_a_sentence(made: Made) -> None:
    """`6 of 35 Both columns of each pair are sines.`, in the language of the page, with links to who made it."""
    english, japanese = (made.path(language).read_text(encoding="utf-8") for language in ("en", "ja"))  # type: ignore[arg-type]
    assert re.search(r"<b>\d+ of 35</b> <span class=\"name\">Both columns of each pair are sines\.</span>", english)
    assert re.search(r"<b>35 人中 \d+ 人</b> <span class=\"name\">組の両方の列が sin になっています。</span>", japanese)
    for exercise in (e for known in ("transformer_lm", "knock80_89") for e in lesson(known).exercises):
        for variant in exercise.misconceptions:
            assert variant.explanation is not None
            for language in ("en", "ja"):
                text = variant.explanation.in_(language)  # type: ignore[arg-type]
                name, rest = class_page.first_sentence(text, language)  # type: ignore[arg-type]
                assert (
                    len(name) > 5
                    and name[-1] in ".!?。"
                    and f"{name} {rest}".replace(" ", "").startswith(text.replace(" ", "")[:40])
                )


def test_no_page_mixes_the_languages(made: Made) -> None:
    """Beside the students' names an English page has no Japanese, and a Japanese one no English words of ours."""
    page = re.sub(r"<(style|script)>.*?</\1>", " ", made.path("en").read_text(encoding="utf-8"), flags=re.DOTALL)
    for pupil in made.room.lessons[0].pupils:
        page = page.replace(pupil.name, "")
    assert not JAPANESE.search(re.sub(r"(?:href|title)=\"[^\"]*\"", "", page))
    other = made.path("ja").read_text(encoding="utf-8")
    for text in vars(class_words).values():
        if isinstance(text, Text) and len(text.en) > 12 and "{" not in text.en:
            assert escape(text.en) not in other, text.en


def test_links_lead_to_the_reports_that_are_there(made: Made, browser: Any) -> None:
    """Each link of the page is a file; who has no report yet has a name and no link."""
    with visit(browser, made.path()) as seen:
        links = seen.page.evaluate(
            "[...document.querySelectorAll('a:not([href^=\"#\"])')].map(a => a.getAttribute('href'))"
        )
        linked = seen.page.locator(".map tbody th a").count()
        seen.page.locator(".map tbody th a").first.click()
        seen.page.wait_for_url("**/transformer_lm.*")
    assert linked == 9
    assert all((made.folder / unquote(link)).is_file() for link in links)


def test_the_page_asks_nobody_and_runs_nothing_of_the_students(made: Made, browser: Any) -> None:
    """One request, no console message, one script of ours; a name full of HTML is a name."""
    for language in ("ja", "en"):
        path = made.path(language)  # type: ignore[arg-type]
        with visit(browser, path) as seen:
            seen.page.wait_for_timeout(100)
            assert [url for url in seen.requests if not url.startswith("data:")] == [path.as_uri()]
            assert not seen.console and not seen.dialogs and seen.page.evaluate("window.caught") is None
            assert (
                seen.page.locator("script").count() == 1
                and seen.page.locator("img, iframe, object, embed").count() == 0
            )
            assert TRAP in (seen.page.locator(".map").text_content() or "")


def test_the_policy_stops_what_is_not_ours(made: Made, browser: Any, tmp_path: Path) -> None:
    """Put into the page unescaped, a script and a handler still do not run: the policy knows ours by its hash alone."""
    evil = tmp_path / "evil.html"
    evil.write_text(made.path().read_text(encoding="utf-8").replace("<main>", f"<main>{TRAP}"), encoding="utf-8")
    with visit(browser, evil) as seen:
        seen.page.wait_for_timeout(200)
        assert seen.page.evaluate("window.caught") is None and any("Content Security" in line for line in seen.console)


@drawn(1, lambda case: case["width"])
@pytest.mark.parametrize(
    ("scheme", "width"), [("light", "phone"), ("dark", "phone"), ("light", "desktop"), ("dark", "desktop")]
)
def test_axe_finds_nothing_serious_and_nothing_is_too_wide(scheme: str, width: str, made: Made, browser: Any) -> None:
    """In either scheme and size, with everything folded out; only the tables scroll sideways."""
    with visit(browser, made.path("ja"), width, scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert serious(seen.page) == []
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_can_be_read_without_a_script(made: Made, browser: Any) -> None:
    """With scripts off everybody stands there, and nothing that would not work does."""
    with visit(browser, made.path(), java_script_enabled=False) as seen:
        assert seen.page.locator(".map tbody tr").count() == 40
        assert not seen.page.locator("form.filter").is_visible() and seen.page.locator("button").count() == 0
        assert seen.page.get_by_text("Both columns of each pair are sines.").first.is_visible()


def test_the_table_sorts_and_filters(made: Made, browser: Any) -> None:
    """By total and back, by name; by a part of a name, and by who is stuck; the header says how it is sorted."""
    with visit(browser, made.path()) as seen:

        def column(number: int) -> list[str]:
            found: list[str] = seen.page.evaluate(
                f"[...document.querySelectorAll('.map tbody tr')].map(r => r.cells[{number}].textContent)"
            )
            return found

        total = seen.page.locator(".map thead button").nth(1)
        for sort, sign in (("descending", -1), ("ascending", 1)):
            total.click()
            values = [float(text.replace("–", "-1")) for text in column(1)]
            assert values == sorted(values, key=lambda value: sign * value)
            assert seen.page.locator(".map th[aria-sort]").get_attribute("aria-sort") == sort
        seen.page.locator(".map thead button").nth(0).click()
        names = column(0)
        assert len(names) == 40 and names.index("Nakamura Haruto") < names.index("Watanabe Haruto")
        seen.page.locator("form input").fill("watanabe")
        assert len(rows(seen.page)) == 4 and seen.page.locator("output").inner_text() == "4 of 40"
        seen.page.locator("form input").fill("")
        seen.page.locator("form select").select_option("s")
        assert len(rows(seen.page)) == 5


def test_a_thousand_sort_without_a_pause(tmp_path: Path, made: Made, browser: Any) -> None:
    """1,000 students: under 2 MB; a click to the new order drawn mostly takes a fraction of a second, on a busy machine too."""
    (found,) = made.room.lessons
    pupils = tuple(replace(found.pupils[i % 40], name=f"{found.pupils[i % 40].name} {i}") for i in range(MANY))
    path = tmp_path / "many.html"
    path.write_text(class_page.render(Classroom((replace(found, pupils=pupils),)), "en"), encoding="utf-8")
    assert path.stat().st_size < 2 << 20
    with visit(browser, path) as seen:
        took = seen.page.evaluate(
            """() => [...document.querySelectorAll('.map thead button')].map(button => {
                const began = performance.now(); button.click(); document.body.offsetHeight; return performance.now() - began })"""
        )
        assert len(rows(seen.page)) == MANY
    assert median(took) < 300, took


def test_grade_book_page_writes_it(made: Made, tmp_path: Path) -> None:
    """From the command line, with links to the reports wherever they lie; an empty gradebook says so."""
    page = tmp_path / "class.html"
    command = [
        "book",
        "page",
        "--book",
        str(made.folder / "book.sqlite3"),
        "-o",
        str(page),
        "--reports",
        str(made.folder),
    ]
    result = CliRunner().invoke(main, [*command, "--lang", "ja"])
    assert result.exit_code == 0, result.output
    text = page.read_text(encoding="utf-8")
    links = {unquote(link) for link in re.findall(r'href="([^"#]*transformer_lm[^"]*)"', text)}
    assert "よくある間違い" in text and len(links) == 9 and all((tmp_path / link).is_file() for link in links)
    with open_book(tmp_path / "empty") as book:
        assert "Nobody has handed in anything yet." in class_page.render(classroom(book), "en")
