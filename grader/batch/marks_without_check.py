"""Marks by hand on checks that their lesson does not have any more."""

from __future__ import annotations

from dataclasses import dataclass

from grader import lesson_folders
from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.marks import TOTAL
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.gradebook.worth import Place
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
