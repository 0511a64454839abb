"""What a course decides: which attempt counts, what exercises are worth, who has more time, who gets points for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader import lesson_folders
from grader.authoring.begin import begin
from grader.batch.batch_run import BatchRun
from grader.batch.changes_ahead import ahead, sentences
from grader.batch.extensions import extend, extensions, until_of
from grader.batch.gradebook.absent import follow_the_class
from grader.batch.gradebook.attendance import enrol, missing, note_lateness
from grader.batch.gradebook.course_rules import Rules, as_text
from grader.batch.gradebook.entries import Batch, Enrolment, Status
from grader.batch.gradebook.exercise_points import decided
from grader.batch.gradebook.marking import give
from grader.batch.gradebook.queries import changes, findings, one, report_text, standings
from grader.batch.gradebook.store import Gradebook, open_book
from grader.batch.intake.hand_in import Handed, Layout
from grader.batch.intake.late import Deadline, policy
from grader.batch.report_folder import ReportFolder
from grader.batch.summary import closing, replaced
from grader.batch.workers.tasks import Plan
from grader.errors import UsageError
from grader.model import Outcome
from grader.report import json
from tests.batch.test_gradebook import BATCH, enter, graded

PASSED, FAILED, REVIEW = Outcome.PASSED, Outcome.FAILED, Outcome.NEEDS_REVIEW
DUE = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
DAY = timedelta(days=1)


def under(book: Gradebook, rules: Rules) -> None:
    """The rules of the latest batch, as if it had been told."""
    with book.transaction():
        book.db.execute(
            "UPDATE batches SET settings = ? WHERE id = (SELECT max(id) FROM batches)", (as_text(rules.kept()),)
        )


def final(book: Gradebook) -> dict[str, float | None]:
    return {place.student: place.final for place in standings(book)}


def test_the_best_attempt_counts_where_that_is_the_rule(tmp_path: Path) -> None:
    """The first attempt has 4 of 4, the later one 2: 2 count by default and 4 by the rule, told as the best."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, PASSED, sha="first", hour=1)
        enter(book, "ann", PASSED, FAILED, sha="later", hour=2)
        assert final(book) == {"ann": 2.0}
        under(book, Rules("best"))
        assert final(book) == {"ann": 4.0} and one(book, "ann").sha256 == "first"
        with book.transaction():
            book.db.execute("UPDATE submissions SET batch = 2")
        assert any("the best, counts" in note.en for note in closing(book, 2, {}))


def test_the_best_is_what_counts_after_lateness_and_marks(tmp_path: Path) -> None:
    """A late attempt with more points may count for less; a total that a person set is not passed over."""
    with open_book(tmp_path / "book") as book:
        first = enter(book, "ann", PASSED, FAILED, sha="first", hour=1)
        later = enter(book, "ann", PASSED, PASSED, sha="later", hour=2)
        under(book, Rules("best"))
        note_lateness(book, {later: (9e4, 0.6)}, "g")
        assert one(book, "ann").submission == first
        note_lateness(book, {later: (9e4, 0.2)}, "g")
        assert one(book, "ann").submission == later
        give(book, "ann", None, None, 1.0, "mia", "")
        assert one(book, "ann").final == 1.0


def test_exercises_are_worth_what_the_course_says(tmp_path: Path) -> None:
    """Scores, findings and reports are in the points that count; runs keep those of the checks."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, FAILED)
        under(book, Rules(points={"ex": 10.0}))
        place = one(book, "ann")
        assert place.score and (place.score.earned, place.score.possible) == (5.0, 10.0)
        assert [(f.points, f.earned) for f in findings(book)] == [(5.0, 5.0), (5.0, 0.0)]
        text = report_text(book, place)
        assert text is not None and json.read(text).score.possible == 10.0
        with pytest.raises(UsageError, match="0 to 5 points"):
            give(book, "ann", None, "ex.c1", 6.0, "mia", "")
        under(book, Rules())
        assert final(book) == {"ann": 2.0}


def test_a_mark_stays_the_same_share_when_points_change(tmp_path: Path) -> None:
    """Half of a check by hand is half of it in the new points, and the record of changes says so."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", FAILED, FAILED)
        give(book, "ann", None, "ex.c0", 1.0, "mia", "half")
        batch = book.begin(replace(BATCH, settings=as_text(Rules(points={"ex": 40.0}).kept())))
        book.hand_in(batch, [("ann", "ann.ipynb", "s", None)])
        assert final(book) == {"ann": 10.0}
        assert [c.after for c in changes(book)][-1] == "10 half"


@pytest.mark.parametrize(
    ("weights", "worth"),
    [
        ({"a": 1.0, "b": 1.0}, {"a": 7.0, "b": 7.0}),
        ({"a": 0.3, "b": 0.6}, {"a": 14 / 3, "b": 28 / 3}),  # they sum to 0.9
        ({"a": 33.0, "b": 66.0}, {"a": 14 / 3, "b": 28 / 3}),
        ({"a": 0.0, "b": 2.0}, {"a": 0.0, "b": 14.0}),
    ],
)
def test_weights_are_shares_whatever_they_sum_to(weights: dict[str, float], worth: dict[str, float]) -> None:
    """The lesson stays worth what it was; a weight of 0 leaves an exercise out."""
    assert decided({}, weights, {"l": {"a": 9.0, "b": 5.0}}) == pytest.approx(worth)


def test_weights_and_points_of_the_same_are_refused() -> None:
    """One of the two must decide."""
    with pytest.raises(UsageError, match="points and a weight"):
        decided({"a": 3.0}, {"a": 1.0, "b": 1.0}, {"l": {"a": 9.0, "b": 5.0}})


def evening(
    book: Gradebook, tmp_path: Path, extra: dict[str, str], rules: Rules | None = None, late: str = "10%/day"
) -> BatchRun:
    """A batch of Anna and Ben, both a day and a half late."""
    given = {who: until_of(text, DUE) for who, text in extra.items()}
    if given:
        extend(book, given, DUE, "mia")
    kept = (rules or Rules()).kept() | {"late": late}
    kept["extension"] = {who: until.isoformat() for who, until in extensions(book, DUE).items()}
    batch = Batch(7, "one", "/class", "0.1.0", "mia", as_text(kept))
    return BatchRun(book, batch, Plan("g"), lambda: None, deadline=Deadline(DUE, policy(late)), layout=Layout.MOODLE)  # type: ignore[arg-type, return-value]


def class_of_two(tmp_path: Path) -> tuple[Handed, ...]:
    found = []
    for student in ("Anna Berg", "Ben Cole"):
        path = tmp_path / f"{student}.ipynb"
        path.write_text(student)
        found.append(Handed(student, path, DUE + 1.5 * DAY, called=student))
    return tuple(found)


def graded_once(book: Gradebook, held: BatchRun, handed: tuple[Handed, ...]) -> None:
    number = book.begin(held.batch)
    for line in held.roll(number, handed):
        checks = held.checks("lesson")
        book.record(number, line.submission, checks, 1, graded(PASSED, PASSED, sha=line.sha256), by="g")
    book.end(number)


def test_an_extension_is_for_one_and_survives_the_next_run(tmp_path: Path) -> None:
    """Ben loses nothing, Anna a fifth; also in the next batch, which says nothing of extensions; none takes it away."""
    handed = class_of_two(tmp_path)
    with open_book(tmp_path / "book") as book:
        graded_once(book, evening(book, tmp_path, {"Ben Cole": "3d"}), handed)
        assert final(book) == {"Anna Berg": 3.2, "Ben Cole": 4.0}
        graded_once(book, evening(book, tmp_path, {}), handed)
        assert final(book) == {"Anna Berg": 3.2, "Ben Cole": 4.0}
        graded_once(book, evening(book, tmp_path, {"Ben Cole": "none"}), handed)
        assert final(book) == {"Anna Berg": 3.2, "Ben Cole": 3.2}


def test_an_extension_is_told_in_the_zone_of_the_times() -> None:
    """23:59 in Tokyo is 14:59 in UTC, as it is for the due time; a span needs no zone, and a number alone is none."""
    tokyo = ZoneInfo("Asia/Tokyo")
    assert until_of("2026-11-23T23:59", DUE, tokyo) == datetime(2026, 11, 23, 14, 59, tzinfo=UTC)
    assert until_of("2日", DUE, tokyo) == until_of("48 hours", DUE) == DUE + 2 * DAY
    with pytest.raises(UsageError, match="neither a time nor a span"):
        until_of("3", DUE)


def test_who_is_late_beyond_the_extension_loses_from_there_on(tmp_path: Path) -> None:
    """A day more, handed in a day and a half after the due time: one day is begun."""
    handed = class_of_two(tmp_path)
    with open_book(tmp_path / "book") as book:
        graded_once(book, evening(book, tmp_path, {"Ben Cole": "1日"}), handed)
        assert final(book)["Ben Cole"] == pytest.approx(3.6)


def test_an_extension_does_not_reach_back(tmp_path: Path) -> None:
    """Given for a later due time it is none for an earlier one."""
    with open_book(tmp_path / "book") as book:
        extend(book, {"Ben Cole": DUE + 3 * DAY}, DUE, "mia")
        assert extensions(book, DUE - 10 * DAY) == {} and extensions(book, None) == {}
        assert extensions(book, DUE) == {"Ben Cole": DUE + 3 * DAY}


@pytest.mark.usefixtures("nothing_chosen")
def test_what_changes_is_said_before_it_does(tmp_path: Path) -> None:
    """Other choices and the marks they move are told, and the gradebook is as it was until the batch is begun."""
    lesson_folders.use_only(begin(tmp_path / "lesson"))
    handed = class_of_two(tmp_path)
    with open_book(tmp_path / "book") as book:
        rehearsed = ahead(book, lambda trial: evening(trial, tmp_path, {}), handed)
        assert list(sentences(rehearsed)) == []
        (new,) = sentences(rehearsed, rehearsal=True)
        assert new.en.startswith("Hand-ins that were not there before: 2 (Anna Berg, Ben Cole)"), new
        graded_once(book, evening(book, tmp_path, {}), handed)
        before = final(book), len(list(changes(book)))
        other = Rules(points={"ex": 8.0})
        found = ahead(book, lambda trial: evening(trial, tmp_path, {"Ben Cole": "3d"}, other, "50%/day"), handed)
        told = " ".join(note.en for note in sentences(found))
        assert "late: 10%/day -> 50%/day" in told and "extension Ben Cole: - -> 2026-11-23" in told
        assert "Anna Berg (lesson): 3.2 -> 0" in told and "Ben Cole (lesson): 3.2 -> 8" in told
        assert (final(book), len(list(changes(book)))) == before and extensions(book, DUE) == {}
        assert list(sentences(ahead(book, lambda trial: evening(trial, tmp_path, {}), handed))) == []


@pytest.mark.usefixtures("nothing_chosen")
def test_what_a_stopped_batch_did_not_come_to_is_not_graded_again(tmp_path: Path) -> None:
    """After a kill nothing is different, so nothing is said; only what has a score can be graded again."""
    lesson_folders.use_only(begin(tmp_path / "lesson"))
    handed = class_of_two(tmp_path)
    with open_book(tmp_path / "book") as book:
        stopped = evening(book, tmp_path, {})
        stopped.roll(book.begin(stopped.batch), handed)
        assert list(sentences(ahead(book, lambda trial: evening(trial, tmp_path, {}), handed))) == []


def test_points_for_who_handed_in_nothing(tmp_path: Path) -> None:
    """A whole score by hand counts; the student is missing still; what is handed in later takes its place, which is told."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, PASSED)
        enrol(book, [Enrolment("ann"), Enrolment("Cara Dietz")])
        give(book, "Cara Dietz", None, None, 3.0, "mia", "oral")
        place = one(book, "Cara Dietz")
        assert (place.status, place.final) == (Status.ABSENT, 3.0) and place.score and place.score.possible == 4.0
        assert missing(book) == [("Cara Dietz", "lesson")]
        give(book, "Cara Dietz", None, None, None, "mia", "")
        assert list(final(book)) == ["ann"]
        give(book, "Cara Dietz", None, None, 0.0, "mia", "no show")
        assert final(book)["Cara Dietz"] == 0.0
        enter(book, "Cara Dietz", PASSED, FAILED, sha="late")
        (told,) = replaced(book, next(book.rows("SELECT max(id) AS id FROM batches"))["id"])
        assert "had 0 points by hand" in told.en and "grade book mark 'Cara Dietz' 0 --lesson lesson" in told.ja
        assert final(book)["Cara Dietz"] == 2.0 and missing(book) == []


def test_points_for_nothing_follow_what_the_class_is_asked(tmp_path: Path) -> None:
    """When the lesson asks for more, a whole score of somebody missing is of the new whole, and stays the same share."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, PASSED)
        enrol(book, [Enrolment("ann"), Enrolment("Cara Dietz")])
        give(book, "Cara Dietz", None, None, 3.0, "mia", "oral")
        enter(book, "ann", PASSED, PASSED, PASSED, PASSED, checks="two")
        follow_the_class(book)
        place = one(book, "Cara Dietz")
        assert place.score and (place.final, place.score.possible) == (6.0, 8.0)
        assert "4 points are 8 from now on: the total" in [change.what for change in changes(book, "Cara Dietz")]
        follow_the_class(book)
        assert one(book, "Cara Dietz").final == 6.0, "once"


def test_a_whole_score_beyond_the_lesson_has_to_be_meant(tmp_path: Path) -> None:
    """19 for 9 is refused with what the lesson is worth, also for who handed in nothing; `bonus` lets it stand."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, PASSED)
        enrol(book, [Enrolment("ann"), Enrolment("Cara Dietz")])
        for who in ("ann", "Cara Dietz"):
            with pytest.raises(UsageError, match="5 is more than the 4 points"):
                give(book, who, None, None, 5.0, "mia", "")
        assert give(book, "ann", None, None, 5.0, "mia", "", bonus=True).final == 5.0


def test_what_a_group_handed_in_is_marked_for_all(tmp_path: Path) -> None:
    """The same bytes in the same group: one mark, told; other work, and the same work of another group, keep their own."""
    with open_book(tmp_path / "book") as book:
        for who, sha, group in (
            ("ann", "s", "Team 3"),
            ("ben", "s", "Team 3"),
            ("cy", "t", "Team 3"),
            ("di", "s", "Team 4"),
        ):
            enter(book, who, PASSED, FAILED, sha=sha)
            book.identify_all(Layout.MOODLE, {who: {"name": who, "group": group}}, 1)
        place = give(book, "ann", None, "ex.c1", 1.0, "mia", "see line 3")
        assert list(book.same_work(place.submission).values()) == ["ben"]
        assert final(book) == {"ann": 3.0, "ben": 3.0, "cy": 2.0, "di": 2.0}
        give(book, "ben", None, "ex.c1", None, "mia", "")
        assert final(book) == dict.fromkeys(("ann", "ben", "cy", "di"), 2.0)


def test_marks_that_stay_behind_are_told(tmp_path: Path) -> None:
    """A new file counts without the marks of the one before; who has it is told how to find them."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, FAILED)
        give(book, "ann", None, "ex.c1", 1.0, "mia", "")
        enter(book, "ann", FAILED, FAILED, sha="new", hour=2)
        (told,) = replaced(book, next(book.rows("SELECT max(id) AS id FROM batches"))["id"])
        assert "had marks by hand on ann.ipynb" in told.en and "without them" in told.en


def test_points_for_nothing_are_for_the_roster_alone(tmp_path: Path) -> None:
    """A mistyped name, a lesson that is not clear or not there, a check: a sentence each, and no new line."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, PASSED)
        enrol(book, [Enrolment("ann"), Enrolment("Cara Dietz")])
        for student, lesson, check, words in (("Cara Ditz", None, None, "not in the roster"),
                                              ("Cara Dietz", "nolesson", None, "no lesson called"),
                                              ("Cara Dietz", None, "ex.c0", "nothing from Cara")):  # fmt: skip
            with pytest.raises(UsageError, match=words):
                give(book, student, lesson, check, 1.0, "mia", "")
        assert list(final(book)) == ["ann"]


def test_students_see_what_the_course_shows(tmp_path: Path) -> None:
    """With points alone a report has no values and no mistakes; another choice writes it anew."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", PASSED, FAILED)
        outbox = ReportFolder(tmp_path / "out", "en")
        texts = []
        for show in ("all", "mistakes", "points"):
            under(book, Rules(show=show))  # type: ignore[arg-type]
            outbox.publish(book, one(book, "ann"))
            texts.append((tmp_path / "out" / "ann" / "lesson.json").read_text())
        found = [json.read(text).exercises[0].findings[1] for text in texts]
        assert [f.misconception is not None for f in found] == [True, True, False]
        assert not found[1].evidence and not found[2].rationale and found[2].outcome is FAILED


def test_one_check_is_hidden(tmp_path: Path) -> None:
    """Of a check, or of all of an exercise, students see the points alone; what is not named they see whole."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", FAILED, FAILED)
        outbox, seen = ReportFolder(tmp_path / "out", "en"), []
        for hide in ((), ("ex.c1",), ("ex",), ("other", "ex.c9")):
            under(book, Rules(hide=hide))
            outbox.publish(book, one(book, "ann"))
            report = json.read((tmp_path / "out" / "ann" / "lesson.json").read_text())
            seen.append([finding.misconception is not None for finding in report.exercises[0].findings])
            assert report.score.earned == 0.0 and report.score.possible == 4.0
        assert seen == [[True, True], [True, False], [False, False], [True, True]]


def test_reports_of_nobody_are_taken_away(tmp_path: Path) -> None:
    """Under an old name they go, with their folder; what somebody else put there stays, and so do another gradebook's."""
    out = tmp_path / "out"
    with open_book(tmp_path / "other") as other:
        enter(other, "ann", PASSED)
        ReportFolder(out, "en").publish(other, one(other, "ann"))
    with open_book(tmp_path / "book") as book:
        enter(book, "bob", PASSED)
        enter(book, "eve", PASSED)
        outbox = ReportFolder(out, "en")
        for student in ("bob", "eve"):
            outbox.publish(book, one(book, student))
        (out / "eve" / "notes.txt").write_text("mine")
        with book.transaction():
            book.db.execute("UPDATE submissions SET student = student || ' new'")
        for student in ("bob new", "eve new"):
            outbox.publish(book, one(book, student))
        assert "bob, eve" in outbox.tidied(book)[0].en
        assert sorted(p.name for p in out.iterdir()) == ["ann", "bob new", "eve", "eve new"]
        assert [p.name for p in (out / "eve").iterdir()] == ["notes.txt"] and outbox.tidied(book) == []
