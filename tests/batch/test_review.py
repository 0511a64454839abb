"""Rubric items, the marks made of them, comments and requests: what reviewers do at the same time is neither lost nor overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.gradebook.course_rules import Rules, as_text
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.queries import changes, of_submission, report_text
from grader.batch.gradebook.review import comments, requests
from grader.batch.gradebook.review.assessments import (
    Assessment,
    EditConflict,
    assess,
    assessment,
    count,
    retire,
    revise,
)
from grader.batch.gradebook.review.rubric import RubricQuestion, add, rubric
from grader.batch.gradebook.store import Gradebook, open_book
from grader.errors import UsageError
from grader.model import Outcome
from grader.report import json
from tests.batch.test_gradebook import enter

QUESTION = RubricQuestion("lesson", "ex", "c0")  # worth 2
NOTHING = Assessment(None, None, (), "", "", "", 0)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with open_book(tmp_path / "book") as opened:
        for student in ("ann", "ben", "cho"):
            enter(opened, student, Outcome.NEEDS_REVIEW, Outcome.PASSED, sha=student)
        yield opened


def score(book: Gradebook, submission: int) -> tuple[float | None, float]:
    found = of_submission(book, submission).score
    assert found is not None
    return found.earned, found.pending


def given(book: Gradebook, submission: int = 1, by: str = "ta", **values: object) -> Assessment:
    """Assess on top of what stands there."""
    now = assessment(book, QUESTION, submission)
    return assess(book, QUESTION, submission, replace(now, **values), by)  # type: ignore[arg-type]


def test_items_make_the_mark_and_its_comment(book: Gradebook) -> None:
    """The points of the chosen items are summed, within what the check is worth, and the student reads which they are."""
    shapes, words = add(book, QUESTION, 1.5, "names  the\nshapes", "ta"), add(book, QUESTION, 1, "own words", "ta")
    assert given(book, items=(shapes,), comment=" good ").points == 1.5
    assert score(book, 1) == (3.5, 0)
    assert book.marks(1)["ex", "c0"].comment == "names the shapes (+1.5)\ngood"
    assert given(book, items=(shapes, words)).points == 2  # not 2.5
    assert given(book, items=()).points is None and score(book, 1) == (2, 2)
    assert assessment(book, QUESTION, 1).comment == "good"  # kept, though nothing is marked


def test_a_check_is_worth_what_the_course_says(book: Gradebook) -> None:
    """Where the exercise is worth ten times its checks, so is the mark: full points are full in the end, and half are half."""
    settings = as_text(Rules(points={"ex": 40.0}).kept())
    with book.transaction():
        book.db.execute("UPDATE batches SET settings = ?", (settings,))
    assert given(book, typed=20).points == 20 and score(book, 1) == (40, 0)
    assert given(book, typed=10).points == 10 and score(book, 1) == (30, 0)
    with pytest.raises(UsageError, match="0 to 20 points"):
        given(book, typed=21)


def test_points_that_were_typed_count_before_the_items(book: Gradebook) -> None:
    """The items are then said without their points, which do not add up to the mark."""
    late = add(book, QUESTION, -1, "late", "ta")
    assert given(book, items=(late,), typed=0.5).points == 0.5
    assert book.marks(1)["ex", "c0"].comment == "late"
    for wrong in (-0.5, 2.5, float("nan")):
        with pytest.raises(UsageError, match="0 to 2 points"):
            given(book, typed=wrong)
    assert score(book, 1) == (2.5, 0)


def test_points_can_be_taken_from_full_ones(book: Gradebook) -> None:
    """Counting the other way gives everybody who has an item the mark that follows, and no one else."""
    item = add(book, QUESTION, -0.5, "no shapes", "ta")
    given(book, 1, items=(item,))
    given(book, 2, typed=1.0)
    assert score(book, 1) == (2, 0) and count(book, QUESTION, True, "ta") == 1
    assert score(book, 1) == (3.5, 0) and score(book, 2) == (3, 0) and score(book, 3) == (2, 2)


def test_a_changed_item_changes_everybody_who_has_it(book: Gradebook) -> None:
    """With the name of who marked, in the record of changes; who typed points keeps them; a retired item is gone."""
    item = add(book, QUESTION, 1, "shapes", "ta")
    for submission, by in ((1, "ann"), (2, "ben")):
        given(book, submission, by, items=(item,))
    given(book, 3, items=(item,), typed=2.0)
    assert revise(book, QUESTION, item, 1.5, "all shapes", 1, "boss") == 2
    assert [score(book, n)[0] for n in (1, 2, 3)] == [3.5, 3.5, 4]
    assert {book.marks(n)["ex", "c0"].by for n in (1, 2)} == {"ann", "ben"}
    assert [book.marks(n)["ex", "c0"].comment for n in (1, 3)] == ["all shapes (+1.5)", "all shapes"]
    with pytest.raises(EditConflict):
        revise(book, QUESTION, item, 2, "x", 1, "late")
    assert retire(book, QUESTION, item, 2, "boss") == 2
    assert [score(book, n) for n in (1, 2, 3)] == [(2, 2), (2, 2), (4, 0)] and not rubric(book, QUESTION).items


def test_nobody_overwrites_what_they_have_not_seen(book: Gradebook) -> None:
    """Whoever was there first, on the page or with `grade book mark`, is told to who comes second, and stays."""
    seen = assessment(book, QUESTION, 1)
    assess(book, QUESTION, 1, replace(seen, typed=1.0), "ann")
    with pytest.raises(EditConflict, match="ann changed this"):
        assess(book, QUESTION, 1, replace(seen, typed=2.0), "ben")
    assert score(book, 1) == (3, 0)
    again = assessment(book, QUESTION, 1)
    give(book, "ann", None, "ex.c0", 0.5, "cli", "by hand")
    with pytest.raises(EditConflict, match="cli changed this"):
        assess(book, QUESTION, 1, replace(again, typed=2.0), "ben")
    now = assessment(book, QUESTION, 1)
    assert (now.points, now.typed, now.items, now.comment, now.by) == (0.5, 0.5, (), "by hand", "cli")


def test_the_same_again_changes_nothing(book: Gradebook) -> None:
    """No line in the record of changes, no new version."""
    given(book, typed=1.0)
    before = list(changes(book)), assessment(book, QUESTION, 1)
    assert given(book, typed=1.0) == before[1] and list(changes(book)) == before[0]


def test_a_mark_taken_away_elsewhere_is_gone_here(book: Gradebook) -> None:
    """`grade book mark STUDENT --remove` leaves neither points nor items."""
    item = add(book, QUESTION, 1, "x", "ta")
    given(book, items=(item,), comment="words")
    give(book, "ann", None, "ex.c0", None, "cli", "")
    now = assessment(book, QUESTION, 1)
    assert (now.points, now.items, now.comment) == (None, (), "words")


def test_items_belong_to_their_question(book: Gradebook) -> None:
    """An item of another check is not chosen; a check that is not there cannot be marked; empty items are refused."""
    other = add(book, replace(QUESTION, check="c1"), 1, "x", "ta")
    assert given(book, items=(other,)).points is None
    with pytest.raises(UsageError, match="no check"):
        assess(book, replace(QUESTION, check="none"), 1, NOTHING, "ta")
    for text, points in (("  ", 1.0), ("x" * 501, 1.0), ("x", float("nan")), ("x", 1e9)):
        with pytest.raises(UsageError):
            add(book, QUESTION, points, text, "ta")


def test_comments_reach_the_report(book: Gradebook) -> None:
    """Where they belong, with the line; a changed one needs its version; an empty one is gone."""
    spot = comments.CommentPlace(3, 2, "ex", "x = 1")
    number = comments.write(book, 1, spot, "why?", "ann")
    text = report_text(book, of_submission(book, 1))
    assert text is not None
    (found,) = json.read(text).comments
    assert (found.exercise, found.cell, found.line, found.quote, found.text, found.by) == (
        "ex",
        3,
        2,
        "x = 1",
        "why?",
        "ann",
    )
    comments.rewrite(book, 1, number, "because", 1, "ben")
    with pytest.raises(EditConflict, match="ben"):
        comments.rewrite(book, 1, number, "no", 1, "ann")
    with pytest.raises(EditConflict):
        comments.rewrite(book, 2, number, "another student's", 2, "ann")
    comments.rewrite(book, 1, number, "", 2, "ann")
    assert not list(comments.comments(book, 1)) and [c.after for c in changes(book) if c.by == "ben"] == ["because"]


def test_requests_are_kept_once_and_answered(book: Gradebook) -> None:
    """What nobody can place is refused; an answer is in the report, with what was asked."""
    assert requests.ask(book, 1, "ann", "ex", "c0", "why?") and not requests.ask(book, 1, "ann", "ex", "c0", "why?")
    for number, sha256, check in ((1, "ben", "c0"), (2, "ann", "c0"), (9, "ann", "c0"), (1, "ann", "c9")):
        with pytest.raises(UsageError):
            requests.ask(book, number, sha256, "ex", check, "why?")
    (asked,) = requests.requests(book)
    requests.answer(book, 1, asked.id, " so ", asked.version, "ta")
    with pytest.raises(EditConflict, match="ta"):
        requests.answer(book, 1, asked.id, "other", asked.version, "late")
    text = report_text(book, of_submission(book, 1))
    assert text is not None
    (found,) = json.read(text).comments
    assert (found.check, found.asked, found.text, found.cell) == ("c0", "why?", "so", None)
