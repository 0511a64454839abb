"""Aliases: numbers that say nothing, the same on every page, and followed back to the student."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from grader.batch.gradebook.aliases import behind, by_lot, drawn, hidden
from grader.batch.gradebook.attendance import enrol, rename
from grader.batch.gradebook.entries import Enrolment
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import open_book
from grader.cli import main
from tests.batch.a_class import class_of


def test_an_alias_stays_and_leads_back(tmp_path: Path) -> None:
    """Everybody in the gradebook and in the roster has one, the same when asked again; it leads back to the student."""
    with class_of(10, tmp_path / "book") as book:
        enrol(book, [Enrolment("Ben Cole")])
        first = drawn(book)
        assert "Ben Cole" in first and len(set(first.values())) == len(first) == 11
        enrol(book, [Enrolment("Ben Cole"), Enrolment("Zoe Late")])
        assert drawn(book).items() > first.items()
        for language in ("en", "ja"):
            called = hidden(book, language)
            assert all(behind(book, called(student)) == student for student in first)
        assert behind(book, "Ｓｔｕｄｅｎｔ " + str(first["Ben Cole"])) == "Ben Cole"
        assert behind(book, "Student 0") is None and behind(book, "Ben Cole") is None


def test_an_alias_follows_a_student_who_is_renamed(tmp_path: Path) -> None:
    """A new spelling of the name keeps the number."""
    with class_of(3, tmp_path / "book") as book:
        before = drawn(book)
        old = next(iter(before))
        rename(book, {old: "Anna Winter"}, "test")
        assert drawn(book)["Anna Winter"] == before[old]


def test_numbers_are_drawn_by_lot() -> None:
    """The order of the numbers is not that of the names, and a large class has enough of them."""
    drawn_ = by_lot(2000, taken=range(100, 200))
    assert len(set(drawn_)) == 2000 and not set(drawn_) & set(range(100, 200)) and drawn_ != sorted(drawn_)


def test_the_class_page_without_names(tmp_path: Path) -> None:
    """No name, no file name and no link stand in the page; every student does, under the alias and in the aliases' order."""
    path = tmp_path / "book"
    with class_of(40, path, called={3: "Ann <Lee>"}) as book:
        names = [s.student for s in standings(book)]
    done = CliRunner().invoke(
        main,
        ["book", "page", "--anonymous", "--book", str(path), "-o", str(tmp_path / "class.html"), "--lang", "en"],
    )
    assert done.exit_code == 0, done.output
    page = (tmp_path / "class.html").read_text(encoding="utf-8")
    assert not [name for name in names if name in page] and "Lee" not in page and "homework.ipynb" not in page
    table = page.partition('<table class="map')[2].partition("</table>")[0]
    with open_book(path) as book:
        called = hidden(book, "en")
    order = [table.index(called(name)) for name in sorted(names, key=called)]
    assert order == sorted(order) and 'href="' not in table


def test_the_review_without_names(tmp_path: Path) -> None:
    """The marker sees the alias alone, and the mark goes to the student behind it."""
    path = tmp_path / "book"
    with class_of(12, path) as book:
        names = {s.student for s in standings(book)}
        called = hidden(book, "en")
    done = CliRunner().invoke(
        main,
        ["review", "--book", str(path), "--anonymous", "--lang", "en", "--by", "T"],
        input="1\nwell said\n" + "\n" * 50,
    )
    assert done.exit_code == 0, done.output
    # What a student wrote is the student's own; these notes begin with the name.
    first = done.output.splitlines()[0]
    assert "Student " in done.output and not [name for name in names if name in first]
    with open_book(path, write=False) as book:
        (marked,) = [s.student for s in standings(book) if s.marks]
    assert called(marked) in done.output


def test_a_gradebook_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A mistyped --book is said, and no empty file is left behind."""
    for words in (["book", "page", "--anonymous", "-o", str(tmp_path / "c.html")], ["book", "mark", "Ann", "1"]):
        done = CliRunner().invoke(main, [*words, "--book", str(tmp_path / "nowhere")])
        assert done.exit_code == 2 and "nowhere" in done.output and not (tmp_path / "nowhere").exists()
