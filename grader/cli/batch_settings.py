"""What is chosen for a batch, on the command line or in class.toml: checked one by one, and put together for the gradebook."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.batch.cache_key import versions
from grader.cli.class_file import current
from grader.errors import UsageError
from grader.model import Text

if TYPE_CHECKING:
    from grader.batch.gradebook.course_rules import Rules

# Parameters that decide no mark: where things are, who grades, what is printed. All others are kept with the batch and compared.
NO_MATTER = (
    "source",
    "book",
    "out",
    "requests",
    "workers",
    "scheduler",
    "no_sandbox",
    "pending_ok",
    "quiet",
    "lang",
    "dry_run",
    "log",
)


def lesson_known(name: str) -> None:
    from grader import lessons

    lessons.lesson(name)


def exercise_known(name: str) -> None:
    from grader import lessons

    lessons.exercise(name)


def hidden_known(name: str) -> None:
    """An exercise, or a check of one."""
    from grader.lessons.outline import outline_of

    exercise, _, check = name.partition(".")
    found = outline_of(exercise)
    known = {*(one.id for one in found.checks), *found.of_forms}
    if check and check not in known:
        there = ", ".join(f"{exercise}.{one.id}" for one in found.checks)
        raise UsageError(
            f"There is no check {name}; there are: {there}.",
            ja=f"採点項目 {name} はありません。あるのは {there} です。",
        )


def due_known(text: str) -> None:
    from grader.batch.intake import late

    late.due(text)


def policy_known(text: str) -> None:
    from grader.batch.intake import late

    late.policy(text)


def extension_known(text: str) -> None:
    """As far as it can be told without the due time."""
    from grader.batch.extensions import readable

    readable(text)


def check_names(lesson: str | None, only: tuple[str, ...], hide: tuple[str, ...] = ()) -> None:
    """Raises UsageError for what does not exist, before anything is graded."""
    from grader import lessons

    if lesson is not None and lesson not in lessons.names():
        lessons.lesson(lesson)
    for name in only:
        lessons.exercise(name)
    for name in hide:
        hidden_known(name)


def checked_map(path: Path | None) -> str:
    """The text of a map, once it is known to be a right one; "" without. Raises UsageError."""
    from grader.grading import map_of

    return path.read_text(encoding="utf-8-sig") if path is not None and map_of(path) is not None else ""


def points_known(text: str) -> None:
    from grader.batch.decimals import points

    points(text)


def deadline_of(due: str | None, late: str, zone: str | None = None) -> Any:
    """Raises UsageError for what is no time or no policy."""
    from grader.batch.intake import late as lateness

    policy = lateness.policy(late)
    if due is None and policy != lateness.Policy():
        raise UsageError(
            "--late needs --due: nobody is late for what has no due time.",
            ja="--late には --due が必要です。締め切りがなければ遅れもありません。",
        )
    local = lateness.zone(zone) if zone else None
    return lateness.Deadline(lateness.due(due, local) if due else None, policy, local)


OFFSET = re.compile(r"(?:[+-]\d\d:?\d\d|Z)$")  # 2026-11-20T23:59+09:00


def zone_doubt(due: str | None, zone: str | None, deadline: Any, read_in: str) -> Text | None:
    """Where the due time says its zone and the hand-ins' times say none: these were read in this machine's, which may be another.

    read_in: the zone in which they were read, "" where they need none.
    """
    said = OFFSET.search((due or "").strip())
    if said is None or zone is not None or not read_in:
        return None
    moment = deadline.due.astimezone()
    if datetime.fromisoformat((due or "").strip()).utcoffset() == moment.utcoffset():
        return None
    here, there = moment.strftime("%z"), said[0]
    return Text(
        en=f"The due time says its zone ({there}), the times of the hand-ins say none and were read in this machine's ({here}). If the LMS "
        f"is where the due time is, add --zone {there}.",
        ja=f"締め切りには時差（{there}）が書かれていますが、提出時刻には書かれていないため、このマシンの時差（{here}）で読みました。LMS も締め切りと"
        f"同じ地域なら --zone {there} を付けてください。",
    )


def worth_of(
    points: tuple[tuple[str, str], ...], weights: tuple[tuple[str, str], ...], lesson: str | None, only: tuple[str, ...]
) -> dict[str, float]:
    """What each exercise is worth. Raises UsageError, with the line of class.toml where it comes from there."""
    from grader.batch.decimals import points as read
    from grader.batch.gradebook.exercise_points import decided, unknown

    if not points and not weights:
        return {}
    said = {name: read(text) for name, text in points}
    shares = {name: read(text) for name, text in weights}
    file, there = current(), asked(lesson, only)
    known = {name for exercises in there.values() for name in exercises}
    for option, names in (("points", said), ("weight", shares)):
        for name in names.keys() - known:
            raise file.blamed(unknown(name, known), option, name) if file else unknown(name, known)
    try:
        return decided(said, shares, there)
    except UsageError as error:
        raise file.blamed(error, "weight" if weights else "points") if file else error from error


def asked(lesson: str | None, only: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """For each lesson that may be handed in: its exercises that are asked, and what the checks of each add up to."""
    from grader import lessons

    found: dict[str, dict[str, float]] = {}
    for name in [lesson] if lesson else lessons.names():
        part = lessons.lesson(name)
        worth = {e.id: e.points for e in part.exercises if not only or e.id in only}
        if part.notes and (not only or "notes" in only):
            worth["notes"] = part.notes.points
        if worth:
            found[name] = worth
    return found


def longer(book: Any, given: tuple[tuple[str, str], ...], intake: Any, deadline: Any) -> dict[str, datetime | None]:
    """Who has until when, by the names of the gradebook. Raises UsageError for whom nobody knows."""
    from grader.batch.extensions import until_of
    from grader.batch.gradebook.student_argument import KnownStudents

    if not given:
        return {}
    roster = [(entry.student, entry.identity) for entry in intake.roster or ()]
    known = KnownStudents(book, [*roster, *((one.student, one.identity) for one in intake.handed)])
    file = current()
    found: dict[str, datetime | None] = {}
    for who, text in given:
        try:
            found[known.find(who)] = until_of(text, deadline.due, deadline.zone)
        except UsageError as error:
            raise file.blamed(error, "extension", who) if file else error from error
    return found


def settings_of(context: click.Context, seed: int, rules: Rules) -> dict[str, Any]:
    """Everything that was chosen and may decide a mark, by the names of the options."""
    chosen: dict[str, Any] = {}
    for parameter in context.command.params:
        name = parameter.name or ""
        if name not in NO_MATTER and name in context.params:
            key = parameter.opts[0].lstrip("-")
            chosen[key] = plain(context.params[name])
    sources = versions()
    return {**chosen, **rules.kept(), "seed": seed, "grader": sources.pop(""), "checks of": sources}


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, tuple | list):
        pairs = all(isinstance(one, tuple) for one in value)
        return dict(value) if value and pairs else [plain(one) for one in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)
