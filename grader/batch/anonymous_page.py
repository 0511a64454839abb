"""The class page without names: an alias for everybody, in the aliases' own order, and no link that spells a name."""

from __future__ import annotations

from dataclasses import replace

from grader.batch.gradebook.aliases import Hidden
from grader.report import class_words as words
from grader.report.classroom import Classroom, LessonClass, Pupil, SimilarPair


def without_names(found: Classroom, called: Hidden) -> Classroom:
    """The lines that two share stay, as the reason to look; the sentences of the batch go, for they are about persons."""
    return replace(
        found,
        notes=(),
        lessons=tuple(lesson(one, called) for one in found.lessons),
        lost=in_order(found.lost, called),
        alike=tuple(pair(one, called) for one in found.alike),
    )


def lesson(found: LessonClass, called: Hidden) -> LessonClass:
    return replace(found, pupils=in_order(found.pupils, called))


def in_order(pupils: tuple[Pupil, ...], called: Hidden) -> tuple[Pupil, ...]:
    return tuple(sorted((pupil(one, called) for one in pupils), key=lambda one: one.name))


def pupil(one: Pupil, called: Hidden) -> Pupil:
    """A file is often named after its student, so a reason that quotes it is told without it."""
    problem = one.problem if one.absent else words.NO_SCORE_HERE if one.problem else None
    return replace(one, name=called(one.name), link="", problem=problem, part="")


def pair(one: SimilarPair, called: Hidden) -> SimilarPair:
    return replace(one, student=called(one.student), other=called(one.other))
