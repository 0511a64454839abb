"""What a batch is about to change, before it does: other choices than last time, and the marks that they move.

The batch's first steps (who handed in what, when, by which rules) are taken in a copy of the gradebook in memory, and the
marks of both are compared. What has to be graded again is counted: its marks are known only afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.batch.batch_run import BatchRun
from grader.batch.decimals import written
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.intake.hand_in import Handed
from grader.batch.marks_ahead import (
    MarkThatFollows,
    MarkWithoutCheck,
    marks_that_follow,
    marks_without_check,
    without_check,
)
from grader.batch.names import listed, said
from grader.model import Text

MOST = 20  # marks that are named
# What a batch that was stopped did not come to, or the grader failed at, is not graded again: it has no score yet.
SCORED = "SELECT DISTINCT submission FROM runs WHERE status = 'unreadable' OR earned IS NOT NULL"
UNSAID = ("worth",)  # follows from points and weights, which are told


@dataclass(frozen=True)
class PendingChanges:
    """again: submissions known before that are graded again. moved: (student and lesson, before, after). new: who hands in what was not
    there before. left_behind: of these, who has marks by hand on what counts now.
    """

    known: int
    again: int
    moved: tuple[tuple[str, float | None, float | None], ...]
    since: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    lost: tuple[MarkWithoutCheck, ...] = ()
    follow: tuple[MarkThatFollows, ...] = ()
    new: tuple[str, ...] = ()
    left_behind: tuple[str, ...] = ()


def ahead(book: Gradebook, prepare: Callable[[Gradebook], BatchRun], handed: tuple[Handed, ...]) -> PendingChanges:
    """prepare: makes the batch for a gradebook, and may write into it; here it is given a copy."""
    before = {(s.student, s.lesson): s for s in standings(book)}
    stood = {row["id"]: int(row["batch"]) for row in book.rows("SELECT id, batch FROM submissions")}
    scored = {row["submission"] for row in book.rows(SCORED)}
    with book.copy() as trial:
        evening = prepare(trial)
        evening.demand_lessons(handed)
        roll = evening.roll(trial.begin(evening.batch), handed)
        after = {(s.student, s.lesson): s for s in standings(trial)}
        anew = {line.submission for line in roll if not line.settled}
        graded = (standing for standing in after.values() if standing.submission in anew)
        follow = tuple(marks_that_follow(trial, graded, evening.plan.only))
    known = [line for line in roll if line.submission in stood]
    since = max((stood[line.submission] for line in known), default=None)
    moved = tuple(
        (after[key].label, before[key].final, after[key].final)
        for key in before
        if key in after and differ(before[key].final, after[key].final)
    )
    again = sum(not line.settled and line.submission in scored for line in known)
    old = json.loads(settings_of(book, since)) if since is not None else {}
    lost = tuple(marks_without_check(book, before.values()))
    new = tuple(dict.fromkeys(line.handed.student for line in roll if line.submission not in stood))
    marked = {standing.student for standing in before.values() if standing.marks}
    behind = tuple(who for who in new if who in marked)
    chosen = json.loads(evening.batch.settings)
    return PendingChanges(len(known), again, moved, since, old, chosen, lost, follow, new, behind)


def settings_of(book: Gradebook, batch: int) -> str:
    return str(next(book.rows("SELECT settings FROM batches WHERE id = ?", batch))["settings"])


def differ(before: float | None, after: float | None) -> bool:
    return (before is None) != (after is None) or abs((before or 0.0) - (after or 0.0)) > 1e-6


def sentences(found: PendingChanges, rehearsal: bool = False) -> Iterator[Text]:
    """Nothing where nothing is different. rehearsal: nothing is graded, so what is new is told, too."""
    if found.new and rehearsal:
        yield said(*NEW, count=len(found.new), names=listed(found.new, MOST))
    if found.left_behind and rehearsal:
        yield said(*LEFT_BEHIND, names=listed(found.left_behind, MOST))
    if found.since is None:
        return
    changed = list(differences(found.before, found.after)) if found.before else []
    if changed:
        yield said(*CHOSEN, number=found.since, listed="; ".join(changed))
    if found.moved:
        marks = [f"{who}: {shown(a)} -> {shown(b)}" for who, a, b in found.moved]
        yield said(*MOVED, count=len(marks), marks=first_of(marks))
    if found.again:
        yield said(*AGAIN, again=found.again, known=found.known)
    if found.follow:
        yield said(*FOLLOW, count=len(found.follow), marks=first_of([str(one) for one in found.follow]))
    yield from without_check(found.lost)


def first_of(marks: list[str]) -> str:
    """The first of them, none cut short, and how many more there are."""
    return ", ".join(marks[:MOST]) + (f" (+{len(marks) - MOST})" if len(marks) > MOST else "")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """`late: none -> 10%/day`, each by the name of its option; of a table, the lines that are different."""
    for key in sorted({*before, *after} - {*UNSAID}):
        old, new = before.get(key), after.get(key)
        if old == new or not (old or new):
            continue
        if isinstance(old or new, dict):
            inner = differences(old or {}, new or {})
            yield from (f"{key} {line}" for line in inner)
        else:
            yield f"{key}: {word(old)} -> {word(new)}"


def word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value in (None, "") else f"{value:g}" if isinstance(value, float) else str(value)


def shown(points: float | None) -> str:
    return "-" if points is None else written(points)


NEW = (
    "Hand-ins that were not there before: {count} ({names}). What they are worth is known when they are graded.",
    "新しい提出: {count} 件（{names}）。点数は採点してから分かります。",
)
LEFT_BEHIND = (
    "Marks by hand stay with the earlier hand-in, which would count no more, of: {names}.",
    "手動の採点は以前の提出に残り、その提出は採用されなくなります: {names}。",
)
FOLLOW = (
    "Marks by hand that stay the same share, because the lesson gives other points now: {count}. {marks}.",
    "課題の配点が変わったため、同じ割合のまま変わる手動の採点: {count} 件。{marks}。",
)
CHOSEN = (
    "Chosen differently than in batch {number}: {listed}.",
    "{number} 回目の採点と設定が違います: {listed}。",
)
MOVED = (
    "Marks that change by this, before anything is graded: {count}. {marks}.",
    "これにより、採点をやり直さなくても変わる点数: {count} 件。{marks}。",
)
AGAIN = (
    "Graded again because the checks, the options or the seed are others: {again} of {known}.",
    "確認項目・オプション・シードが変わったため、採点し直す提出: {known} 件中 {again} 件。",
)
