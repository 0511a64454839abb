"""What a report says that the one before did not: `grade submit.ipynb` again, after a save.

Kept among the user's own files (XDG_STATE_HOME on Linux): for each file how many points every check earned, and no word of
the work itself. Deleting it is always safe, and where it cannot be kept nothing is compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from grader.data.cache import whole_file
from grader.model import Report, Text
from grader.model.printable import listed
from grader.report.words import filled, points

MOST = 200  # files; the one that was graded the longest ago is forgotten
SHOWN = 4  # exercises that are told one by one

SINCE = Text(en="{change} since the last time ({which})", ja="前回から {change} 点（{which}）")
SAME = Text(en="as many points as the last time", ja="前回と同じ点数")


def compared(path: Path, report: Report) -> Text | None:
    """How the points have changed since this file was graded before; None where it was not, or holds the same as then."""
    with suppress(OSError):  # a folder that is read-only or full: then nothing is kept and nothing compared
        place = user_state_path("notebook-grader", appauthor=False, ensure_exists=True) / "last_time.json"
        kept = read(place)
        before = kept.pop(str(path.resolve()), {"sha256": "", "earned": {}})
        if before["sha256"] == report.sha256:
            return None
        now = earned(report)
        kept[str(path.resolve())] = {"sha256": report.sha256, "earned": before["earned"] | now}
        with whole_file(place) as draft:
            draft.write_text(json.dumps(dict(list(kept.items())[-MOST:])), encoding="utf-8")
        return told(before["earned"], now)
    return None


def earned(report: Report) -> dict[str, dict[str, float]]:
    """exercise -> check -> points."""
    return {e.id: {f.check: f.earned for f in e.findings} for e in report.exercises}


def read(place: Path) -> dict[str, Any]:
    """What was kept; nothing where that is not what this program writes."""
    try:
        kept = json.loads(place.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {name: one for name, one in kept.items() if is_kept(one)} if isinstance(kept, dict) else {}


def is_kept(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("sha256"), str) or not isinstance(one.get("earned"), dict):
        return False
    return all(
        isinstance(checks, dict) and all(isinstance(value, int | float) for value in checks.values())
        for checks in one["earned"].values()
    )


def told(before: Mapping[str, Mapping[str, float]], now: Mapping[str, Mapping[str, float]]) -> Text | None:
    """The change in each exercise that was asked both times: with --only it may be another one than before."""
    both = [exercise for exercise in now if exercise in before]
    changes = {exercise: sum(now[exercise].values()) - sum(before[exercise].values()) for exercise in both}
    moved = [f"{exercise} {signed(change)}" for exercise, change in changes.items() if abs(change) > 1e-9]
    if not both:
        return None
    if not moved:
        return SAME
    return filled(SINCE, change=signed(sum(changes.values())), which=listed(moved, SHOWN))


def signed(change: float) -> str:
    return f"{'+' if change >= 0 else '-'}{points(abs(change))}"
