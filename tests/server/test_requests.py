"""A question about a mark: made by the form of a report in a browser, taken in by the command, refused where it is made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.review.requests import requests
from grader.batch.gradebook.store import open_book
from grader.batch.report_folder import ReportFolder
from grader.cli import main
from tests.report.chromium import chromium, serious, visit
from tests.server.a_review import TRAP, Class, a_class


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def made(tmp_path: Path) -> Class:
    return a_class(tmp_path, 2)


def taken(made: Class, *files: Path) -> Result:
    return CliRunner().invoke(main, ["book", "requests", *map(str, files), "--book", str(made.book), "--lang", "en"])


def report_of(made: Class, folder: Path, asks: bool = True) -> Path:
    with open_book(made.book) as book:
        outbox = ReportFolder(folder, "en", asks=asks)
        first = next(standings(book))
        outbox.publish(book, first)
        return outbox.base(first).with_name("transformer_lm.html")


def test_a_report_asks_without_a_server(made: Class, browser: Any, tmp_path: Path) -> None:
    """The form makes a file and sends nothing; the file opens in the gradebook with the check in question, once."""
    path = report_of(made, tmp_path / "out")
    with visit(browser, path, accept_downloads=True) as seen:
        assert serious(seen.page) == []
        seen.page.locator("#ask select").select_option(index=3)
        chosen = seen.page.locator("#ask select").input_value().split()
        seen.page.locator("#ask textarea").fill(f"私は正しいと思う。{TRAP}")
        with seen.page.expect_download() as download:
            seen.page.locator("#ask button").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert [url for url in seen.requests if not url.startswith(("file:", "blob:", "data:"))] == []
        assert not seen.console and not seen.dialogs
    assert "1 new, 0 refused" in taken(made, file).output
    assert "0 new, 0 refused" in taken(made, tmp_path / file.name).output
    with open_book(made.book, write=False) as book:
        (asked,) = requests(book)
    assert [asked.exercise, asked.check] == chosen and asked.words.startswith("私は正しい")


def test_the_form_is_there_only_where_it_is_wanted(made: Class, tmp_path: Path) -> None:
    """Without it a report has no script; switching it on or off writes the reports that are there anew."""
    for asks in (False, True, False):
        text = report_of(made, tmp_path / "out", asks).read_text(encoding="utf-8")
        assert ("<script>" in text) == asks == ("script-src" in text) == ('id="ask"' in text)


def test_made_up_files_are_refused(made: Class, tmp_path: Path) -> None:
    """Each with its name and a reason; the good one among them is taken, and nothing else is in the gradebook."""
    with open_book(made.book, write=False) as book:
        first = next(standings(book))
    good = {"format": "notebook-grader request 1", "hand_in": first.submission, "sha256": first.sha256,
            "exercise": "notes", "check": "reading_notes", "words": "why?\x1b[2J‮"}  # fmt: skip
    wrong = {
        "other_format": good | {"format": "x"}, "other_hand_in": good | {"hand_in": 99}, "other_digest": good | {"sha256": "0" * 64},
        "other_check": good | {"check": "x"}, "no_words": good | {"words": ""}, "long": good | {"words": "x" * 5000},
        "a_type": good | {"words": ["x"]}, "a_number": good | {"hand_in": 10**40}, "more": good | {"points": 9}, "a_list": [good],
    }  # fmt: skip
    folder = tmp_path / "asked"
    folder.mkdir()
    for name, content in wrong.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "bytes.json").write_bytes(b"\xff\xfe\x00" * 9)
    (folder / "huge.json").write_bytes(b"[" * 70_000)
    (folder / "good.json").write_text(json.dumps(good), encoding="utf-8")
    result = taken(made, folder)
    assert result.exit_code == 3 and "1 new, 12 refused" in result.output, result.output
    assert all(f"{name}.json: " in result.output for name in (*wrong, "bytes", "huge"))
    with open_book(made.book, write=False) as book:
        (asked,) = requests(book)
    assert "\x1b" not in asked.words and "‮" not in asked.words
