"""What a push would change, student by student: made from what the LMS has now, before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from grader.batch.exports.people import Directory, ExportedStudent
from grader.model import Text

CLOSE = 0.005  # points: LMSs keep two digits


@dataclass(frozen=True)
class PlannedScore:
    """One student of the LMS. said: what it calls them, as `entries.IDENTITY`. before: the score it has; locked: excused there."""

    user: str
    said: tuple[tuple[str, str], ...]
    before: float | None
    locked: bool = False


class Target(Protocol):
    """possible: the points that the LMS gives for it."""

    @property
    def possible(self) -> float: ...
    def lines(self) -> Iterable[PlannedScore]: ...
    def put(self, user: str, score: float) -> None: ...


class PushAction(StrEnum):
    SEND = "send"
    SAME = "same"  # it has that score already
    KEPT = "kept"  # it has another one, and nobody said that it may be overwritten
    LOCKED = "locked"  # excused there
    PENDING = "pending"  # a person still has to give points
    NO_SCORE = "no score"
    UNCLEAR = "unclear"  # the same student fits several there
    UNKNOWN = "unknown"  # in the gradebook, and not there


@dataclass(frozen=True)
class ScoreChange:
    """user: empty for who is not there. after: scaled to the points of the LMS."""

    student: str
    user: str
    before: float | None
    after: float | None
    does: PushAction


def plan(
    everybody: list[ExportedStudent], target: Target, overwrite: bool = False, pending: bool = False
) -> list[ScoreChange]:
    """One for each student of the gradebook, never two. pending: send scores that still lack points too."""
    directory = Directory(everybody)
    by_user = {line.user: line for line in target.lines()}
    looked_up = [(line, directory.find(line.said)) for line in by_user.values()]
    found = [(line, person) for line, person in looked_up if not isinstance(person, Text)]
    times = Counter(person.standing.student for _, person in found)
    there = {person.standing.student: line for line, person in found}
    return [
        change(person, there.get(person.standing.student), times[person.standing.student], target, overwrite, pending)
        for person in everybody
    ]


def change(
    person: ExportedStudent, line: PlannedScore | None, times: int, target: Target, overwrite: bool, pending: bool
) -> ScoreChange:
    standing = person.standing
    after = None
    if standing.final is not None and standing.score is not None and standing.score.possible:
        after = round(standing.final / standing.score.possible * target.possible, 2)
    does = PushAction.SEND
    if line is None:
        does = PushAction.UNKNOWN
    elif times > 1:
        does = PushAction.UNCLEAR
    elif line.locked:
        does = PushAction.LOCKED
    elif after is None:
        does = PushAction.NO_SCORE
    elif standing.score is not None and standing.score.pending and not pending:
        does = PushAction.PENDING
    elif line.before is not None and abs(line.before - after) < CLOSE:
        does = PushAction.SAME
    elif line.before is not None and not overwrite:
        does = PushAction.KEPT
    return ScoreChange(standing.student, line.user if line else "", line.before if line else None, after, does)


def send(changes: Iterable[ScoreChange], target: Target) -> Iterator[ScoreChange]:
    """Each change once it has been made. Stopped in the middle, the next plan has what is left."""
    for one in changes:
        if one.does is PushAction.SEND and one.after is not None:
            target.put(one.user, one.after)
            yield one
