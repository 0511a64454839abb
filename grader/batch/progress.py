"""What is known about a batch while it runs: counts and the few slowest, however large the class."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from grader.batch.batch_run import Settled
from grader.batch.gradebook.entries import Standing, Status
from grader.batch.gradebook.queries import flat
from grader.batch.workers.queue import InFlight
from grader.report.progress import BatchProgress

SLOWEST = 3


def kind(standing: Standing) -> str:
    """`right`, `pending`, `wrong`, `unreadable` or `broken`: a count of Progress."""
    if standing.status is Status.UNREADABLE:
        return "unreadable"
    score = standing.score
    if standing.status is Status.BROKEN or score is None or score.earned is None:
        return "broken"
    if score.lost:
        return "wrong"
    return "right" if score.full else "pending"


def counted(standing: Standing) -> str:
    """Under which count: full marks are those that count in the end, as on the class page and in what is exported."""
    found = kind(standing)
    return "wrong" if found in ("right", "pending") and standing.penalty else found


@dataclass
class BatchWatch:
    """Hears the news and keeps the counts."""

    total: int
    pending_ok: bool = False
    began: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)
    counting: dict[tuple[str, str | None], Standing] = field(default_factory=dict)
    unchanged: int = 0
    slow: tuple[tuple[str, float], ...] = ()
    running: tuple[tuple[str, float], ...] = ()
    workers: int = 0

    def hear(self, news: Settled) -> None:
        self.count(news)
        name = f"{news.standing.student}/{news.standing.file}"
        self.running = tuple(pair for pair in self.running if pair[0] != name)
        if news.unchanged:
            self.unchanged += 1
            return
        slow = sorted([*self.slow, (news.standing.label, news.standing.seconds)], key=lambda pair: -pair[1])
        self.slow = tuple(slow[:SLOWEST])

    def count(self, news: Settled) -> None:
        """Each under its kind, one of a student's for a lesson: where the best counts, a later news may take the place of this."""
        if news.superseded:
            self.counts["earlier"] += 1
            return
        key = (news.standing.student, news.standing.lesson)
        before = self.counting.get(key)
        if before is not None:
            self.counts[counted(before)] -= 1
            self.counts["earlier"] += 1
        self.counting[key] = news.standing
        self.counts[counted(news.standing)] += 1

    def tick(self, flights: list[InFlight], workers: int) -> None:
        now = time.monotonic()
        self.running = tuple((f"{flight.task.student}/{flight.task.name}", now - flight.since) for flight in flights)
        self.workers = workers

    def progress(self) -> BatchProgress:
        seconds = time.monotonic() - self.began
        return BatchProgress(
            self.total,
            self.unchanged,
            **self.counts,
            reduced=sum(bool(standing.penalty) for standing in self.counting.values()),
            running=self.running,
            slow=self.slow,
            workers=self.workers,
            seconds=seconds,
        )

    @property
    def exit_code(self) -> int:
        """Of the submissions that count: 0 every point earned, 1 a point lost, 3 something broke or was unreadable, 4 a person decides."""
        kinds = {kind(standing) for standing in self.counting.values()}
        if kinds & {"broken", "unreadable"}:
            return 3
        if "wrong" in kinds:
            return 1
        return 4 if "pending" in kinds and not self.pending_ok else 0


def line(news: Settled) -> dict[str, Any]:
    """One submission for a machine: what the gradebook holds, flat."""
    own = flat(news.standing)
    return {"outcome": kind(news.standing), **own, "unchanged": news.unchanged, "superseded": news.superseded}
