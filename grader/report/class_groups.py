"""The class page's numbers, and the students by what they need: who awaits a person, is stuck, late or missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.model import Language, Text
from grader.report import class_words as words
from grader.report.classroom import LessonClass, Pupil
from grader.report.html_views import say
from grader.report.words import points

MOST_NAMES = 15  # of one kind of students needing attention; the table has all of them


@dataclass(frozen=True, slots=True)
class GroupMember:
    name: str
    link: str
    why: str


@dataclass(frozen=True, slots=True)
class StudentGroup:
    """Students who need somebody, for one reason."""

    key: str
    title: str
    told: str
    count: int
    people: tuple[GroupMember, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Number:
    value: str
    rest: str
    label: str


def numbers(lesson: LessonClass, language: Language) -> Iterable[Number]:
    """The class in a few numbers: who handed in and who did not, and how it went."""
    of_all = say(language, words.OF_ALL, all=lesson.enrolled) if lesson.enrolled else ""
    came = [p for p in lesson.pupils if not p.absent]
    yield Number(str(len(came)), of_all if not any(p.stranger for p in came) else "", words.HANDED_IN.in_(language))
    missing = len(lesson.pupils) - len(came)
    others = (
        (missing, of_all, words.MISSING),
        (sum(bool(p.problem) for p in came), "", words.READ_NOT),
        (sum(p.late is not None for p in came), "", words.LATE),
    )
    yield from (Number(str(count), rest, label.in_(language)) for count, rest, label in others if count)
    if lesson.spread is None:
        return
    of = say(language, words.OF_POINTS, possible=points(lesson.possible))
    yield Number(short(lesson.spread.median), of, words.MEDIAN.in_(language))
    yield Number(short(lesson.spread.mean), "", words.MEAN.in_(language))
    yield Number(short(lesson.spread.deviation), "", words.DEVIATION.in_(language))
    full = sum(pupil.full for pupil in came)
    yield Number(str(full), "", words.FULL.in_(language))


def short(value: float) -> str:
    return points(round(value, 1))


Found = list[tuple[Pupil, str]]


def groups(pupils: tuple[Pupil, ...], language: Language) -> Iterable[StudentGroup]:
    """Those who may need somebody always, and of the others those kinds that there are."""
    for kind in KINDS:
        found = [(p, why.in_(language)) for p in pupils if (why := kind.why(p)) is not None]
        if not found and not kind.always:
            continue
        people = tuple(GroupMember(p.name, p.link, why) for p, why in found[:MOST_NAMES])
        more = say(language, words.MANY_MORE, count=len(found) - MOST_NAMES) if len(found) > MOST_NAMES else ""
        yield StudentGroup(kind.key, kind.title.in_(language), kind.told.in_(language), len(found), people, more)


def tags(pupil: Pupil) -> list[str]:
    """The kinds that a student is of, by which the table can be filtered."""
    return [kind.key for kind in KINDS if kind.why(pupil) is not None]


def to_review(pupil: Pupil) -> Text | None:
    if not pupil.awaiting:
        return None
    return filled(words.ITEMS, count=pupil.awaiting) if pupil.awaiting > 1 else NOTHING


def missing(pupil: Pupil) -> Text | None:
    if not pupil.absent:
        return None
    return NOTHING if pupil.final is None else filled(words.BY_HAND, points=points(pupil.final))


def filled(text: Text, **values: object) -> Text:
    return Text(en=text.en.format(**values), ja=text.ja.format(**values))


@dataclass(frozen=True)
class GroupKind:
    """why: what is said beside a student's name, None for whom it does not concern. always: shown also where it is nobody."""

    key: str
    title: Text
    told: Text
    why: Callable[[Pupil], Text | None]
    always: bool = False


NOTHING = Text(en="", ja="")
KINDS = (
    GroupKind("r", words.REVIEW, words.REVIEW_TOLD, to_review, always=True),
    GroupKind("s", words.STUCK, words.STUCK_TOLD, lambda one: one.stuck, always=True),
    GroupKind("u", words.UNGRADED, words.UNGRADED_TOLD, lambda one: None if one.absent else one.problem, always=True),
    GroupKind("a", words.MISSING, words.MISSING_TOLD, missing),
    GroupKind("l", words.LATE, words.LATE_TOLD, lambda one: one.late),
    GroupKind("x", words.STRANGERS, words.STRANGERS_TOLD, lambda one: NOTHING if one.stranger else None),
)
