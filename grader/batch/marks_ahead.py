"""Marks by hand where a lesson changes: on checks that it does not have any more, or that are worth other points now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from grader import lesson_folders
from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.exercise_points import Points
from grader.batch.gradebook.marks import TOTAL
from grader.batch.gradebook.store import Gradebook
from grader.batch.gradebook.worth import Place, Worth, worth_of
from grader.batch.names import listed, said
from grader.lesson_folders import LessonFolder
from grader.lessons.outline import outlines
from grader.model import Mark, Text

MOST = 100  # students that are listed by name
READING_NOTES = ("notes", "reading_notes")  # where the reading notes of a lesson are marked


@dataclass(frozen=True)
class MarkWithoutCheck:
    """A mark by hand that counts nowhere, because the lesson has no such check any more: it was renamed, or left out."""

    standing: Standing
    place: Place
    mark: Mark

    @property
    def check(self) -> str:
        return ".".join(self.place)


def marks_without_check(book: Gradebook, standings: Iterable[Standing]) -> list[MarkWithoutCheck]:
    """By what the lessons ask today. A mark on an exercise that is not chosen now is none of these."""
    found = list[MarkWithoutCheck]()
    for standing in standings:
        folder = lesson_folders.found().get(standing.lesson or "")
        if not standing.marks or folder is None:
            continue
        asked = {(one.id, check.id) for one in outlines(folder) for check in one.checks} | {TOTAL, READING_NOTES}
        asked |= {(one.id, check) for one in outlines(folder) for check in one.of_forms}
        lost = [(place, mark) for place, mark in book.marks(standing.submission).items() if place not in asked]
        found += [MarkWithoutCheck(standing, place, mark) for place, mark in lost]
    return found


def without_check(lost: Sequence[MarkWithoutCheck]) -> Iterator[Text]:
    """Nothing is taken over to another check by guessing; whoever gave the marks knows what became of it."""
    for check, marks in groupby(sorted(lost, key=attrgetter("check")), key=attrgetter("check")):
        names = listed([f"{one.standing.student} {one.mark.points:g}" for one in marks], MOST)
        yield said(*WITHOUT_CHECK, check=check, names=names)


@dataclass(frozen=True)
class MarkThatFollows:
    """A mark by hand that stays the same share of what its place is worth."""

    standing: Standing
    place: Place
    before: float
    after: float

    def __str__(self) -> str:
        return f"{self.standing.student} {'.'.join(self.place).strip('.')} {self.before:g} -> {self.after:g}".replace(
            "  ", " "
        )


def marks_that_follow(book: Gradebook, standings: Iterable[Standing], only: tuple[str, ...]) -> list[MarkThatFollows]:
    """When these are graded by what the lessons ask today. only: the exercises that are chosen, all if empty."""
    found = list[MarkThatFollows]()
    for standing in standings:
        folder = lesson_folders.found().get(standing.lesson or "")
        if not standing.marks or folder is None:
            continue
        points = book.rules(standing.submission).points
        old, new = worth_of(book, standing.submission, points), worth_today(folder, only, points)
        for place, mark in book.marks(standing.submission).items():
            after = round(mark.points * old.moved(place, new), 6)
            if abs(after - mark.points) > 1e-6:
                found.append(MarkThatFollows(standing, place, mark.points, after))
    return found


def worth_today(folder: LessonFolder, only: tuple[str, ...], points: Points) -> Worth:
    """By the lesson as it stands, in the points that count. Checks of other forms are left out: which form it is is not known yet."""
    asked = {(one.id, check.id): check.points for one in outlines(folder) for check in one.checks}
    if folder.notes is not None:
        asked[READING_NOTES] = folder.notes.points
    asked = {place: worth for place, worth in asked.items() if not only or place[0] in only}
    exercises: dict[str, float] = {}
    for (exercise, _), worth in asked.items():
        exercises[exercise] = exercises.get(exercise, 0.0) + worth
    return Worth.of(folder.id, exercises, asked, points)


WITHOUT_CHECK = (
    "The check {check} is not in the lesson any more, so marks by hand on it count nowhere: {names}. If it has another name now, give them "
    "again under that: grade book mark STUDENT POINTS --check EXERCISE.CHECK, or many at once from a table: grade book marks. This is said until "
    "they are taken away: grade book mark STUDENT --check {check} --remove.",
    "採点項目 {check} は課題からなくなったので、手動で付けた次の点数はどこにも数えられません: {names}。名前が変わっただけなら、新しい名前で"
    "付け直してください: grade book mark STUDENT POINTS --check EXERCISE.CHECK（まとめて付けるなら表から: grade book marks）。"
    "元の点数は grade book mark STUDENT --check {check} --remove で取り消せます。",
)
