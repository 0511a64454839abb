"""Marks by hand where a lesson changes: on checks that it does not have any more, or that are worth other points now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from grader import lesson_folders
from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.exercise_points import Points, factors
from grader.batch.gradebook.marks import TOTAL
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.gradebook.worth import Place, Worth, worth_of
from grader.lesson_folders import LessonFolder
from grader.lessons.outline import outlines
from grader.model import Mark

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


def marks_without_check(book: Gradebook, student: str | None = None) -> list[MarkWithoutCheck]:
    """Of the hand-ins that count, by what the lessons ask today. A mark on an exercise that is not chosen now is none of these."""
    found = list[MarkWithoutCheck]()
    for standing in standings(book, student=student):
        folder = lesson_folders.found().get(standing.lesson or "")
        if not standing.marks or folder is None:
            continue
        asked = {(one.id, check.id) for one in outlines(folder) for check in one.checks} | {TOTAL, READING_NOTES}
        asked |= {(one.id, check) for one in outlines(folder) for check in one.of_forms}
        lost = [(place, mark) for place, mark in book.marks(standing.submission).items() if place not in asked]
        found += [MarkWithoutCheck(standing, place, mark) for place, mark in lost]
    return found


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


def marks_that_follow(book: Gradebook, submissions: Collection[int], only: tuple[str, ...]) -> list[MarkThatFollows]:
    """Of these submissions, when they are graded by what the lessons ask today. only: the exercises that are chosen, all if empty."""
    found = list[MarkThatFollows]()
    for standing in standings(book):
        folder = lesson_folders.found().get(standing.lesson or "")
        if not standing.marks or folder is None or standing.submission not in submissions:
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
    own: dict[str, float] = {}
    for (exercise, _), worth in asked.items():
        own[exercise] = own.get(exercise, 0.0) + worth
    by = factors(own, points)
    whole = sum(worth * by.get(exercise, 1.0) for exercise, worth in own.items())
    return Worth(folder.id, {**{p: worth * by.get(p[0], 1.0) for p, worth in asked.items()}, TOTAL: whole})
