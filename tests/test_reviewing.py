"""Marks that a person gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from grader.batch.gradebook import queries
from grader.batch.gradebook.marking import awaiting
from grader.batch.gradebook.store import open_book
from grader.cli import main
from grader.errors import UsageError
from grader.judge.judging import judge
from grader.judge.manual_marks import open_items, with_mark
from grader.lessons import lesson
from grader.model import Cell, Notes, Outcome, Report, Submission, Text
from grader.report import json, terminal_item
from grader.sandbox.local import LocalSandbox
from tests.batch.a_class import class_of

NOTES = Notes(Text(en="Reading notes", ja="読解メモ"), 4, (Text(en="names the shapes", ja="形に触れている"),))


def report(text: str = "Q は問い合わせ", pristine: bool = False) -> Report:
    from dataclasses import replace

    cells = (Cell(0, "markdown", text, role="notes", pristine=pristine),)
    known = replace(lesson("transformer_lm"), notes=NOTES)
    return judge(Submission("n", "0", "ja", known.id, cells), LocalSandbox(), known, seed=1, only=("notes",))


def test_written_notes_await_a_person() -> None:
    """They are pending: neither earned nor lost, with the rubric beside the student's text."""
    ((exercise, finding),) = open_items(report())
    assert exercise.id == "notes" and finding.answer == "Q は問い合わせ" and finding.help is not None
    assert report().score.earned == 0 and report().score.pending == 4


def test_unwritten_notes_are_missing() -> None:
    """The untouched cell is no answer, and neither is an empty one."""
    for empty in (report(pristine=True), report(text="  ")):
        assert empty.exercises[0].findings[0].outcome is Outcome.MISSING and empty.score.pending == 0


def test_a_mark_counts_and_is_kept() -> None:
    """The points enter the score, the item is no longer open, and the report can be written and read again."""
    marked = with_mark(report(), "notes", "reading_notes", 3, "sensei", "良い")
    assert marked.score.earned == 3 and marked.score.pending == 0 and not open_items(marked)
    assert json.read(json.render(marked)) == marked


def test_marks_have_bounds() -> None:
    """More than the item is worth, less than nothing, or an item that is not there: a sentence."""
    for points in (-1, 4.5):
        with pytest.raises(UsageError, match="worth 0 to 4"):
            with_mark(report(), "notes", "reading_notes", points, "sensei")
    with pytest.raises(UsageError, match="no finding"):
        with_mark(report(), "notes", "other", 1, "sensei")


def test_grade_review_walks_through_the_open_items(tmp_path: Path) -> None:
    """Points and a comment are asked for, wrong points are asked again, and the file holds the mark afterwards."""
    path = tmp_path / "report.json"
    path.write_text(json.render(report()), encoding="utf-8")
    result = CliRunner().invoke(main, ["review", str(path), "--by", "ta", "--lang", "ja"], input="9\n3.5\nよい\n")
    assert result.exit_code == 0, result.output
    assert "Q は問い合わせ" in result.output and "形に触れている" in result.output
    finding = json.read(path.read_bytes()).exercises[0].findings[0]
    assert finding.mark is not None and (finding.mark.points, finding.mark.by, finding.mark.comment) == (
        3.5,
        "ta",
        "よい",
    )
    again = CliRunner().invoke(main, ["review", str(path), "--lang", "en"])
    assert "Nothing awaits" in again.output


def test_q_stops_a_review(tmp_path: Path) -> None:
    """What was scored before is kept and counted, and the rest waits."""
    path = tmp_path / "report.json"
    path.write_text(json.render(report()), encoding="utf-8")
    result = CliRunner().invoke(main, ["review", str(path), "--by", "ta", "--lang", "en"], input="q\n")
    assert result.exit_code == 0 and "q: stop" in result.output and "0 scored." in result.output
    assert json.read(path.read_bytes()).exercises[0].findings[0].mark is None
    after = CliRunner().invoke(main, ["review", str(path), "--by", "ta", "--lang", "en"], input="3\nq\n")
    mark = json.read(path.read_bytes()).exercises[0].findings[0].mark
    assert "1 scored." in after.output and mark is not None and (mark.points, mark.comment) == (3, "")


def test_grade_review_walks_through_a_class(tmp_path: Path) -> None:
    """Everybody's open items from the gradebook: each mark is kept with who gave it, Enter leaves one for later."""
    book = tmp_path / "book"
    with class_of(6, book):
        pass
    command = ["review", "--book", str(book), "--by", "ta", "--lang", "ja"]
    first = CliRunner().invoke(main, command, input="4\nよい\n\n7\n2.5\n\n")
    assert "Q は問い合わせ" in first.output and "採点の観点" in first.output and "0〜6 の数で" in first.output
    with open_book(book, write=False) as opened:
        rows = {f.student: f for f in queries.findings(opened) if f.exercise == "notes"}
        changed = [(c.by, c.what, c.after) for c in queries.changes(opened) if c.by == "ta"]
        left = len(awaiting(opened))
    assert sorted(row.earned for row in rows.values() if row.marked) == [2.5, 4.0] and left == len(rows) - 2
    assert changed == [("ta", "marked notes.reading_notes", "4 よい"), ("ta", "marked notes.reading_notes", "2.5")]
    again = CliRunner().invoke(main, command, input="1\n\n" * left)
    assert again.exit_code == 0 and f"{left} 件を採点しました" in again.output
    assert "Nothing awaits" in CliRunner().invoke(main, [*command[:-1], "en"]).output


def test_grade_review_asks_for_one_or_the_other() -> None:
    """A report or a class, not both and not neither; a gradebook that is not there is not made."""
    for more, words in (
        ([], "REPORT.json"),
        (["r.json", "--book", "b"], "REPORT.json"),
        (["--book", "b"], "採点簿 b がありません"),
    ):
        result = CliRunner().invoke(main, ["review", *more, "--lang", "ja"])
        assert result.exit_code == 2 and words in result.output
    assert not Path("b").exists()


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_the_rubric_stands_beside_the_answer(width: int) -> None:
    """Side by side where there is room, below where there is not, and never wider than the console."""
    ((exercise, finding),) = open_items(report("Q は問い合わせ。" * 20))
    text = terminal_item.render_item("1 / 2", "佐藤", exercise, finding, "ja", width, unicode=False)
    assert all(cell_len(line) <= width for line in text.splitlines()) and "形に触れている" in text
    beside = any("問い合わせ" in line and "採点の観点" in line for line in text.splitlines())
    assert beside == (width >= terminal_item.NARROW)
    text.encode("cp932")  # as a Japanese Windows console writes it
