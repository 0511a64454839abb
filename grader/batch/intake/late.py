"""What the due date and the late policy make of the time of a hand-in."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

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
class Deadline:
    """due: in UTC. What has no time of its own is not held to it."""

    due: datetime | None = None
    policy: Policy = Policy()

    def extended(self, until: datetime | None) -> Deadline:
        """The same for a student who has until then."""
        return self if self.due is None or until is None else replace(self, due=max(self.due, until))

    def of(self, when: datetime | None, marked: bool) -> Lateness:
        """marked: the LMS says late. It is told where no due time was given, and costs nothing: nobody knows how late."""
        if self.due is None or when is None:
            return Lateness(0.0 if marked else None)
        late = (when - self.due).total_seconds()
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


def due(text: str) -> datetime:
    """`2026-11-20T23:59+09:00`; without an offset it is a time of this machine's zone. A date alone is its last moment.

    Raises UsageError.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text.strip()):
            found += timedelta(hours=23, minutes=59, seconds=59)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--due {text!r} is no date and time; write it as 2026-11-20T23:59 or 2026-11-20T23:59+09:00.",
            ja=f"--due {text!r} は日時として読めません。2026-11-20T23:59 や 2026-11-20T23:59+09:00 のように書いてください。",
        ) from error
