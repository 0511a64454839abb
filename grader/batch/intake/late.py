"""What the due date and the late policy make of the time of a hand-in."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.errors import UsageError

UNITS = {
    "s": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
    "w": 604800.0,
    "week": 604800.0,
}
STEP = re.compile(r"^(\d+(?:\.\d+)?)\s*%\s*(?:/|per)\s*(day|hour|week)$")
MOST = re.compile(r"^max\s*(\d+(?:\.\d+)?)\s*%$")
GRACE = re.compile(r"^grace\s*(\d+(?:\.\d+)?)\s*(min|m|hour|h|day|d|s)s?$")
# 3, 3 days, +2d, 1 week, 12 hours, 90 min, 3日, 2 Tage
LONGER = re.compile(
    r"^\+?(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>days?|d|tage?|jours?|días?|日間?|hours?|h|時間|weeks?|w|週間?|minutes?|mins?|m|分)?$"
)
DAY, HOUR, WEEK, MINUTE = 86400.0, 3600.0, 604800.0, 60.0
LENGTHS = {
    **dict.fromkeys(("day", "days", "d", "tag", "tage", "jour", "jours", "día", "días", "日", "日間"), DAY),
    **dict.fromkeys(("hour", "hours", "h", "時間"), HOUR),
    **dict.fromkeys(("week", "weeks", "w", "週", "週間"), WEEK),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "m", "分"), MINUTE),
}
# 23.11.2026 23:59, 11/23/2026 11:59 PM, 2026/11/23 23:59: how a spreadsheet writes a time again that was typed as 2026-11-23 23:59
SHEET = re.compile(
    r"^(?P<a>\d{1,4})(?P<sign>[./])(?P<b>\d{1,2})(?P=sign)(?P<c>\d{1,4})"
    r"(?:,? +(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))? ?(?P<half>[AP]M)?)?$",
    re.IGNORECASE,
)
# 2 days 3 hours late, 1日3時間遅れ: the spans, and the word, which an LMS writes with them
SPANS = re.compile(r"\d+(?:[.,]\d+)?\s*[^\W\d]*")
IS_LATE = re.compile(r"\b(?:late|overdue|zu spät|verspätet|verspätung|de retard|en retard|tarde)\b|遅れ|遅延|遅刻|の")
YES = ("yes", "y", "x", "true", "ja", "oui", "sí", "si", "はい", "有", "○", "✓")
IN_TIME = ("", "0", "no", "n", "false", "nein", "non", "いいえ", "無", "on time", "in time", "submitted on time", "not")
OFFSET = re.compile(r"^(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?$", re.IGNORECASE)
HOW = (
    "say none, zero or 10%/day, and after it, if you like, max 50% and grace 15m: --late '10%/day, max 50%, grace 15m'"
)
HOW_JA = (
    "（none、zero、10%/day のどれか。続けて max 50% と grace 15m も書けます: --late '10%/day, max 50%, grace 15m'）"
)


@dataclass(frozen=True)
class Policy:
    """share: of the points earned, taken for each `step` seconds begun after the due time, at most `most`. grace: seconds
    after the due time in which nobody is late. The defaults take nothing."""

    share: float = 0.0
    step: float = math.inf
    most: float = 1.0
    grace: float = 0.0

    def rate(self, late: float) -> float:
        """The share of the points that is taken from who is this late (seconds, more than 0)."""
        steps = 1 if math.isinf(self.step) else math.ceil(late / self.step)
        return min(self.most, self.share * steps)


@dataclass(frozen=True)
class Lateness:
    """Of one submission. late: seconds after the due time; 0 where the LMS says late and no due time was given; None in time.
    rate: the share of the points that is taken, 0 to 1."""

    late: float | None = None
    rate: float = 0.0


@dataclass(frozen=True)
class Allowance:
    """What one student has instead of the class's due time. due: in UTC; extension: seconds more than the class has."""

    due: datetime | None = None
    extension: float = 0.0

    def until(self, due: datetime | None) -> datetime | None:
        """When it is due for this student. due: for the class; without one there is nothing to extend."""
        return self.due or (due + timedelta(seconds=self.extension) if due else None)

    def or_until(self, other: datetime | None, due: datetime | None) -> Allowance:
        """The same, or this other time, whichever is later. due: for the class."""
        own = self.until(due)
        return self if other is None or (own is not None and own >= other) else Allowance(due=other)

    def __bool__(self) -> bool:
        return self.due is not None or bool(self.extension)


@dataclass(frozen=True)
class Deadline:
    """due: in UTC. What has no time of its own is not held to it. zone: of times that say none; None for this machine's."""

    due: datetime | None = None
    policy: Policy = Policy()
    zone: tzinfo | None = None

    def of(
        self, when: datetime | None, marked: bool, own: Allowance = Allowance(), told: float | None = None
    ) -> Lateness:
        """marked: the LMS says late. It is told where the time is not known, and costs nothing: nobody knows how late.

        own: what the student is allowed. The LMS does not know of it, so its mark says nothing then. told: seconds after the
        class's due time, as a person says, who knows it from the LMS; 0 where only that it was late. A known time comes first.
        """
        due = own.until(self.due)
        if when is not None and due is not None:
            return self.by((when - due).total_seconds())
        if when is None and told:
            if own.due is not None and self.due is None:  # nothing to count from
                return Lateness()
            return self.by(
                told - (own.due - self.due).total_seconds() if own.due and self.due else told - own.extension
            )
        return Lateness(0.0 if (marked or told == 0) and not own else None)

    def by(self, late: float) -> Lateness:
        """So many seconds after the due time."""
        return Lateness(late, self.policy.rate(late)) if late > self.policy.grace and late > 0 else Lateness()


def policy(text: str) -> Policy:
    """`none`, `zero`, `10%/day`, and after it `max 50%`, `grace 15m`. Raises UsageError that says how to write it."""
    found = Policy()
    kinds: set[str] = set()
    for part in (part.strip() for part in text.strip().lower().split(",")):
        if part in ("none", "zero"):
            kind, found = "step", Policy(share=float(part == "zero"), most=found.most, grace=found.grace)
        elif match := STEP.match(part):
            kind = "step"
            found = Policy(float(match[1]) / 100, UNITS[match[2]], found.most, found.grace)
        elif match := MOST.match(part):
            kind = "max"
            found = Policy(found.share, found.step, min(1.0, float(match[1]) / 100), found.grace)
        elif match := GRACE.match(part):
            kind = "grace"
            found = Policy(found.share, found.step, found.most, float(match[1]) * UNITS[match[2]])
        else:
            raise UsageError(
                f"The late policy {text!r} is not understood at {part!r}: {HOW}.",
                ja=f"遅延の扱い {text!r} の {part!r} が分かりません{HOW_JA}。",
            )
        if kind in kinds:
            raise UsageError(
                f"The late policy {text!r} says twice what {part!r} says: {HOW}.",
                ja=f"遅延の扱い {text!r} に {part!r} と同じ指定が 2 回あります{HOW_JA}。",
            )
        kinds.add(kind)
    if found.share > 1:
        raise UsageError(
            f"The late policy {text!r} takes more than everything: {HOW}.",
            ja=f"遅延の扱い {text!r} では全部の点より多く引かれます{HOW_JA}。",
        )
    return found


def due(text: str, zone: tzinfo | None = None, called: str = "--due", called_ja: str = "") -> datetime:
    """`2026-11-20T23:59+09:00`; without an offset it is a time of this zone, or of this machine's. A date alone is its last
    moment.

    called: where it stands, for the sentence. Raises UsageError.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text.strip()):
            found += timedelta(hours=23, minutes=59, seconds=59)
        return (found if found.tzinfo or zone is None else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{called} {text!r} is no date and time; write it as 2026-11-20T23:59 or 2026-11-20T23:59+09:00.",
            ja=f"{called_ja or called} {text!r} は日時として読めません。2026-11-20T23:59 や 2026-11-20T23:59+09:00 のように書いてください。",
        ) from error


def as_typed(cell: str) -> str:
    """A time in a spreadsheet's cell as it was typed, `2026-11-23T23:59`; where day and month cannot be told apart
    (`03/04/2026`), or it is no time, as it is."""
    match = SHEET.match(unicodedata.normalize("NFKC", cell).strip())
    if match is None:
        return cell
    a, b, c = (int(match[part]) for part in "abc")
    if a > 31:
        day = (a, b, c)
    elif match["sign"] == "." or a > 12 or a == b:
        day = (c, b, a)
    elif b > 12:
        day = (c, a, b)
    else:
        return cell
    date = f"{day[0] + 2000 * (day[0] < 100):04d}-{day[1]:02d}-{day[2]:02d}"
    if match["hour"] is None:
        return date
    hour, half = int(match["hour"]), (match["half"] or "").upper()
    hour = hour % 12 + 12 * (half == "PM") if half else hour
    return f"{date}T{hour:02d}:{match['minute']}:{match['second'] or '00'}"


def zone(text: str) -> tzinfo:
    """`Asia/Tokyo`, `UTC`, `+09:00`. Raises UsageError."""
    match = OFFSET.match(text.strip())
    try:
        if match:
            away = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
            return timezone(-away if match["sign"] == "-" else away)
        return ZoneInfo(text.strip())
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise UsageError(
            f"--zone {text!r} is no time zone; write it as Asia/Tokyo, Europe/Berlin, UTC or +09:00.",
            ja=f"--zone {text!r} はタイムゾーンとして読めません。Asia/Tokyo、UTC、+09:00 のように書いてください。",
        ) from error


def longer(text: str, unit: str = "") -> float | None:
    """Seconds of `3 days`, `+12h`, `1週間`; None for what is no span. unit: of a number alone, which is none without it."""
    match = LONGER.match(unicodedata.normalize("NFKC", text).strip().lower())
    known = match and (match["unit"] or unit)
    return float(match["number"].replace(",", ".")) * LENGTHS[known] if match and known else None


def lateness(cell: str, place: str) -> float | None:
    """Seconds of the column `late` of a roster: `2 days late`, `1 day 3 hours`, `2`; 0 of `late` or `yes`, which do not say how
    long; None for who was in time. place: of the line, for the sentence. Raises UsageError."""
    text = IS_LATE.sub("", unicodedata.normalize("NFKC", cell).strip().lower()).strip(" ,:;-")
    if text in IN_TIME:
        return 0.0 if not text and cell.strip() else None
    if text in YES:
        return 0.0
    spans = [longer(part, "d") for part in SPANS.findall(text)]
    if spans and None not in spans and not re.sub(r"[\s,;]|\(s\)|and|und|et|by|de|um", "", SPANS.sub("", text)):
        return sum(span for span in spans if span is not None) or None
    raise UsageError(
        f"{place}: late {cell!r} is not understood; write it as 2 days, 3 hours, 1 day 3 hours, or yes.",
        ja=f"{place} の遅れ {cell!r} が分かりません。2 days、3 hours、1 day 3 hours、2日、または yes のように書いてください。",
    )


def allowance(due_: str, extension: str, place: str, zone: tzinfo | None) -> Allowance:
    """The columns `due` and `extension` of a roster. place: of the line, for the sentence. Raises UsageError."""
    at = due(as_typed(due_), zone, f"{place}: due", f"{place} の期限") if due_ else None
    if not extension or extension in ("-", "0", "no", "none"):
        return Allowance(at)
    seconds = longer(extension, "d")
    if seconds is not None:
        return Allowance(at, seconds)
    if at is None and extension[:4].isdigit():
        return Allowance(due(extension, zone, f"{place}: extension", f"{place} の延長"))
    raise UsageError(
        f"{place}: the extension {extension!r} is not understood; write it as 3 days, 12 hours, 1 week, or as a date and time.",
        ja=f"{place} の延長 {extension!r} が分かりません。3 days、12 hours、1 week、3日、または日時で書いてください。",
    )
