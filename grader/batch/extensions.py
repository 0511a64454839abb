"""More time for one student: kept in the gradebook, so that it holds in every later batch with the same due time."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from grader.batch.gradebook.store import Gradebook, now
from grader.batch.intake import late
from grader.errors import UsageError

NONE = "none"


def until_of(text: str, due: datetime | None, zone: tzinfo | None = None) -> datetime | None:
    """`3d`, `12 hours` after the due time, or a time as --due takes it; None for `none`.

    zone: of a time that says none. Raises UsageError.
    """
    found = readable(text, zone)
    if found is None:
        return None
    if due is None:
        raise UsageError(
            "--extension needs --due: nobody is late for what has no due time.",
            ja="--extension には --due が必要です。締め切りがなければ延長もありません。",
        )
    found = due + found if isinstance(found, timedelta) else found
    if found <= due:
        raise UsageError(
            f"The extension {text!r} is not after the due time {due.isoformat()}.",
            ja=f"延長 {text!r} が締め切り {due.isoformat()} より後になっていません。",
        )
    return found


def readable(text: str, zone: tzinfo | None = None) -> timedelta | datetime | None:
    """A span, a time, or None for `none`. Raises UsageError for what is neither."""
    said = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if said == NONE:
        return None
    seconds = late.longer(said)
    if seconds is not None:
        return timedelta(seconds=seconds)
    try:
        return late.due(text, zone)
    except UsageError as error:
        raise UsageError(
            f"The extension {text!r} is neither a time nor a span; write it as 3d, 12h, 2026-11-23T23:59, or none.",
            ja=f"延長 {text!r} が分かりません。3d、12h、2026-11-23T23:59、または none のように書いてください。",
        ) from error


def extend(book: Gradebook, given: Mapping[str, datetime | None], due: datetime, by: str) -> None:
    """Keep (student -> until) for this due time; None takes an extension away."""
    moment = due.astimezone(UTC).isoformat()
    with book.transaction():
        for student, until in given.items():
            book.db.execute(
                "DELETE FROM extensions WHERE student = ? AND (due = ? OR ? IS NULL)", (student, moment, until)
            )
            if until is not None:
                row = (student, moment, until.astimezone(UTC).isoformat(), by, now())
                book.db.execute("INSERT INTO extensions VALUES (?, ?, ?, ?, ?)", row)


def extensions(book: Gradebook, due: datetime | None) -> dict[str, datetime]:
    """Until when each student has, who has longer than `due`. One that was given for an earlier due time holds too."""
    found: dict[str, datetime] = {}
    if due is None:
        return found
    sql = "SELECT student, until FROM extensions WHERE due <= ?"
    for row in book.rows(sql, due.astimezone(UTC).isoformat()):
        until = datetime.fromisoformat(row["until"])
        if until > due:
            found[row["student"]] = max(until, found.get(row["student"], until))
    return found
