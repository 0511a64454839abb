"""The review in a real browser: marked by keys and by hand, by two at once, on a phone, in both languages."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.batch.gradebook.marking import give
from grader.batch.gradebook.queries import changes, findings, of_submission, report_text
from grader.batch.gradebook.review.requests import ask
from grader.batch.gradebook.store import open_book
from grader.report import html, json
from tests.drawing import drawn
from tests.report.chromium import WIDTHS, chromium, serious
from tests.server.a_review import Class, Serving, a_class, serving

pytest.importorskip("uvicorn", reason="the extra web is not installed")
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Class, Serving]]:
    """A class of eight that all tests mark together, each another hand-in."""
    made = a_class(tmp_path_factory.mktemp("review"))
    with serving(made.book) as running:
        yield made, running


@contextmanager
def page_at(browser: Any, address: str, width: str = "desktop", scheme: str = "light", **more: Any) -> Iterator[Any]:
    """A window of its own. Whatever the console says, or a student's script does, fails."""
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 850}, color_scheme=scheme, **more)
    page = context.new_page()
    heard: list[str] = []
    fetched: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(address)
    yield page
    assert page.evaluate("window.caught") is None
    context.close()
    expected = ("409 (Conflict)", "422 (Unprocessable", "ERR_CONNECTION_REFUSED")
    assert not [line for line in heard if not any(part in line for part in expected)], heard
    origin = "/".join(address.split("/")[:3])
    assert all(url.startswith((origin, "data:")) for url in fetched)


def go(page: Any, exercise: str, number: int = 0) -> None:
    """From the overview to one hand-in of an exercise, by its place in the list."""
    page.goto("/".join(page.url.split("/")[:4]) + "/")
    row = page.locator(".round").filter(has=page.locator("h3", has_text=exercise))
    row.locator("summary").click()
    row.locator(".hands a").nth(number).click()
    page.wait_for_load_state()


def kept(page: Any) -> None:
    """Wait until everything on the page is in the gradebook."""
    wait(page.locator(".state:not([data-status=still])")).to_have_count(0)


def wait(found: Any) -> Any:
    """An assertion that waits. The page allows no eval, so it is not asked with strings of JavaScript."""
    from playwright.sync_api import expect

    return expect(found)


def arrived(page: Any, student: str) -> None:
    """Wait until this student's page is there and listens to keys."""
    wait(page.locator("h1")).to_contain_text(student)
    wait(page.locator(".mark-card.current .state")).to_be_visible()


def marked(made: Class, student: str, exercise: str = "notes") -> dict[str, float]:
    with open_book(made.book, write=False) as book:
        return {
            f.check: f.earned for f in findings(book) if f.student == student and f.exercise == exercise and f.marked
        }


def test_the_work_stands_beside_the_rubric(shared: tuple[Class, Serving], browser: Any) -> None:
    """The student's cells, coloured and escaped; what was handed out is folded; the lesson's own rubric is there."""
    made, running = shared
    with page_at(browser, running.addresses["ann"]) as page:
        go(page, "Reading notes", 1)
        assert made.students[1] in page.locator("h1").inner_text()
        assert page.locator(".items .says").all_inner_texts()[0] == "follows the shapes from ids to predictions"
        open_cells = page.locator(".work > .cell")
        assert open_cells.count() == 1 and page.locator(".folded .cell").count() > 30
        assert page.locator(".work a, .work img, .work script, .work iframe").count() == 0
        work, panel = page.locator(".work").bounding_box(), page.locator(".panel").bounding_box()
        assert work["x"] + work["width"] <= panel["x"]
        go(page, "The causal mask")
        assert "window.caught = 4" in page.locator(".work > .cell .lines").first.inner_text()
        assert page.locator(".work > .cell .lines .nf").first.inner_text() == "causal_mask"
        assert page.locator(".mark-card .seen").first.inner_text().startswith("The result is of floats")


def test_marked_by_keys_alone(shared: tuple[Class, Serving], browser: Any) -> None:
    """Items by number, a comment, the next one: everything is in the gradebook with the name of who marked."""
    made, running = shared
    with page_at(browser, running.addresses["ann"]) as page:
        go(page, "Reading notes", 0)
        for key in ("1", "3", "c"):
            page.keyboard.press(key)
        page.keyboard.type("good n 1")  # keys that would do something elsewhere
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.wait_for_url("**submission=*")
        arrived(page, made.students[1])
        page.keyboard.press("f")
        kept(page)
        page.keyboard.press("k")
        arrived(page, made.students[0])
        assert page.locator(".item[aria-pressed=true]").count() == 2
        assert page.locator("textarea").first.input_value() == "good n 1"
    assert marked(made, made.students[0]) == {"reading_notes": 4.0}
    assert marked(made, made.students[1]) == {"reading_notes": 6.0}
    with open_book(made.book, write=False) as book:
        by = {c.by for c in changes(book, made.students[0]) if c.what.startswith("marked")}
    assert by == {"ann"}


def test_items_are_made_changed_and_used_again(shared: tuple[Class, Serving], browser: Any) -> None:
    """A new item is there for the next student; other points for it change the mark that has it; counting down from full too."""
    made, running = shared
    with page_at(browser, running.addresses["ann"]) as page:
        go(page, "The causal mask", 0)
        card = page.locator(".mark-card").nth(1)
        card.get_by_role("button", name="Add an item").click()
        card.get_by_label("What it says").fill("<b>float</b> in place of bool")
        card.get_by_label("Points (below").fill("−0,5")
        card.get_by_role("button", name="Save").click()
        card.locator(".item").wait_for()
        card.get_by_role("button", name="Count down from full").click()
        card.get_by_role("button", name="Count up").wait_for()
        go(page, "The causal mask", 1)
        card = page.locator(".mark-card").nth(1)
        card.locator(".item").click()
        kept(page)
        student = re.sub(r" The causal mask.*", "", page.locator("h1").inner_text())
        assert list(marked(made, student, "causal_mask").values()) == [1.5]
        card.get_by_role("button", name="Change: ").click()
        card.get_by_label("Points (below").fill("-1")
        card.get_by_role("button", name="Save").click()
        wait(card.locator(".score-row input")).to_have_value("1")
        assert list(marked(made, student, "causal_mask").values()) == [1.0]


def test_a_comment_at_a_line_reaches_the_report(shared: tuple[Class, Serving], browser: Any, tmp_path: Path) -> None:
    """Written at line 3 by a click on its number; the student's report has it in the exercise, with the line."""
    made, running = shared
    with page_at(browser, running.addresses["ben"]) as page:
        go(page, "The causal mask", 2)
        page.locator(".work > .cell .lines button").nth(2).click()
        page.keyboard.type("on which device?")
        page.keyboard.press("Control+Enter")
        page.locator(".comment p.text").wait_for()
        assert page.locator("li.noted").get_attribute("data-line") == "3"
        number = int(re.findall(r"submission=(\d+)", page.url)[0])
    with open_book(made.book, write=False) as book:
        text = report_text(book, of_submission(book, number))
    assert text is not None
    path = tmp_path / "report.html"
    path.write_text(html.render(json.read(text), "en"), encoding="utf-8")
    with page_at(browser, path.as_uri()) as page:
        said = page.locator("#causal_mask .remark").inner_text()
        assert "line 3" in said and "index = torch.arange(T)" in said and "on which device?" in said and "ben" in said


def test_two_at_once_lose_nothing(shared: tuple[Class, Serving], browser: Any) -> None:
    """Who comes second sees what the other gave and decides; nothing is overwritten before that."""
    made, running = shared
    student = made.students[4]
    with page_at(browser, running.addresses["ann"]) as ann, page_at(browser, running.addresses["ben"]) as ben:
        for page in (ann, ben):
            go(page, "Reading notes", 4)
        ben.keyboard.press("2")
        kept(ben)
        ann.keyboard.press("f")
        ann.locator("[role=alert]").wait_for()
        assert (
            "ben changed this" in ann.locator("[role=alert]").inner_text()
            and "Theirs: 2" in ann.locator("[role=alert]").inner_text()
        )
        assert marked(made, student) == {"reading_notes": 2.0}
        ann.get_by_role("button", name="Keep mine").click()
        kept(ann)
        assert marked(made, student) == {"reading_notes": 6.0}
        ben.keyboard.press("0")
        ben.locator("[role=alert]").wait_for()
        ben.get_by_role("button", name="Take theirs").click()
        assert ben.locator(".score-row input").input_value() == "6"
    assert marked(made, student) == {"reading_notes": 6.0}


def test_a_mark_from_elsewhere_appears(shared: tuple[Class, Serving], browser: Any) -> None:
    """`grade book mark` while the page is open: it shows when one comes back to the window."""
    made, running = shared
    with page_at(browser, running.addresses["ann"]) as page:
        go(page, "Reading notes", 5)
        with open_book(made.book) as book:
            give(book, made.students[5], None, "notes.reading_notes", 2.5, "cli", "by mail")
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        wait(page.locator(".score-row input").first).to_have_value("2.5")
        assert (
            page.locator("textarea").first.input_value() == "by mail"
            and "cli" in page.locator(".state").first.inner_text()
        )


def test_what_is_typed_survives_leaving_at_once(shared: tuple[Class, Serving], browser: Any) -> None:
    """The overview is called in the middle of a word: points and comment are kept all the same."""
    made, running = shared
    with page_at(browser, running.addresses["ann"]) as page:
        go(page, "Reading notes", 6)
        page.locator(".score-row input").first.fill("４.５")  # full-width digits are digits
        page.locator("textarea").first.fill("in the mid")
        page.locator("#home").click()
        page.wait_for_url(running.addresses["ann"])
    assert marked(made, made.students[6]) == {"reading_notes": 4.5}


def test_wrong_points_are_not_kept(shared: tuple[Class, Serving], browser: Any) -> None:
    """More than there are, or no number: said beside the field, the mark stays as it was, and the page stays."""
    made, running = shared
    with page_at(browser, running.addresses["ann"]) as page:
        go(page, "Reading notes", 7)
        for wrong in ("7", "many", "-1"):
            page.locator(".score-row input").first.fill(wrong)
            assert "0 – 6" in page.locator(".clash").first.inner_text()
        page.keyboard.press("Escape")
        page.keyboard.press("k")
        page.wait_for_timeout(300)
        assert made.students[7] in page.locator("h1").inner_text()
        page.locator(".score-row input").first.fill("")
        assert page.locator(".clash").count() == 0
    assert marked(made, made.students[7]) == {}


@drawn(1, lambda case: case["width"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_it_can_be_used_by_everybody(shared: tuple[Class, Serving], browser: Any, width: str, scheme: str) -> None:
    """No serious finding of axe-core, nothing wider than the window, in both colour schemes."""
    _, running = shared
    with page_at(browser, running.addresses["ben"], width, scheme, bypass_csp=True) as page:
        assert serious(page) == []
        for exercise in ("The causal mask", "Reading notes"):
            go(page, exercise, 3)
            if width == "phone":
                page.locator("#handle").click()
            assert serious(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_marked_on_a_phone(shared: tuple[Class, Serving], browser: Any) -> None:
    """The marks are pulled up from below; a tap on an item and on the arrow, and the next one is there."""
    made, running = shared
    with page_at(browser, running.addresses["ben"], "phone", has_touch=True) as page:
        go(page, "Reading notes", 2)
        assert not page.locator(".item").first.is_visible()
        page.locator("#handle").tap()
        page.locator(".item").nth(1).tap()
        kept(page)
        assert "2 / 6" in page.locator("#handle").inner_text()
        page.locator("#next").tap()
        arrived(page, made.students[3])
    assert marked(made, made.students[2]) == {"reading_notes": 2.0}


@pytest.mark.slow
def test_names_are_hidden(tmp_path: Path, browser: Any) -> None:
    """No name on any page, not even where the student wrote it below the notes; the page is all Japanese where it is asked to be."""
    made = a_class(tmp_path, 3, "ja")
    with serving(made.book, "--anonymous", by=("先生",), language="ja") as running:
        with page_at(browser, running.addresses["先生"]) as page:
            go(page, "読解メモ", 1)
            seen = [page.content()]
            assert re.match(r"学生 \d", page.locator("h1").inner_text()) and "█" in page.locator(".work").inner_text()
            page.keyboard.press("f")
            kept(page)
            page.keyboard.press("h")
            page.wait_for_url(running.addresses["先生"])
            seen.append(page.content())
            words = page.locator("body").inner_text() + page.locator(".panel").all_inner_texts().__str__()
        assert not [name for name in made.students for text in seen if name in text or name.split()[0] in text]
        assert "To do" not in words and JAPANESE.search(words)


@pytest.mark.slow
def test_a_request_is_answered_beside_its_check(tmp_path: Path, browser: Any) -> None:
    """A check that had passed is opened by the question about it, first in the list; the answer closes it."""
    made = a_class(tmp_path, 2)
    with open_book(made.book) as book:
        row = next(book.rows("SELECT * FROM submissions ORDER BY id"))
        ask(
            book,
            row["id"],
            row["sha256"],
            "positional_encoding",
            next(f.check for f in findings(book) if f.exercise == "positional_encoding"),
            "<i>why</i>?",
        )
    with serving(made.book) as running, page_at(browser, running.addresses["ann"]) as page:
        assert "asks about it" in page.locator(".hands").first.evaluate("one => one.textContent")
        page.locator(".round a.button").first.click()
        page.locator(".asked textarea").wait_for()
        assert page.locator(".asked p.text").inner_text() == "<i>why</i>?"
        page.locator(".asked textarea").fill("because")
        page.get_by_role("button", name="Answer", exact=True).click()
        page.get_by_text("Answered by ann").wait_for()
        assert "0 to do" in page.locator("#open-count").inner_text()


@pytest.mark.slow
def test_nothing_is_lost_when_the_server_is_killed(tmp_path: Path, browser: Any) -> None:
    """What the page called saved is in the gradebook; what it could not save stays on the page, which says so."""
    made = a_class(tmp_path, 2)
    with serving(made.book) as running, page_at(browser, running.addresses["ann"]) as page:
        go(page, "Reading notes", 0)
        page.keyboard.press("1")
        kept(page)
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
        page.keyboard.press("2")
        page.get_by_text("not saved: no answer").wait_for()
    assert marked(made, made.students[0]) == {"reading_notes": 2.0}


@pytest.mark.slow
def test_forty_are_marked_through_the_page(tmp_path: Path, browser: Any) -> None:
    """One after the other by `n`, with every key there is; every mark is the one that was given."""
    made = a_class(tmp_path, 40)
    expected = {}
    with serving(made.book) as running, page_at(browser, running.addresses["ann"]) as page:
        go(page, "Reading notes", 0)
        for i in range(40):
            wait(page.locator(".mark-card.current .state")).to_be_visible()
            name = re.sub(r" Reading notes.*", "", page.locator("h1").inner_text())
            keys, points = [("f", 6.0), ("0", 0.0), ("1", 2.0), ("12", 4.0), ("123", 6.0)][i % 5]
            for key in keys:
                page.keyboard.press(key)
            expected[name] = points
            page.keyboard.press("n")
            wait(page.locator("h1")).not_to_contain_text(name)
        assert page.locator(".sheet").count() == 0  # back at the overview
    assert expected == {name: marked(made, name)["reading_notes"] for name in made.students}
