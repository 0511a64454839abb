"""How long a process may take, on a machine that has much else to do.

A limit counts a process's *own* seconds: those of CPU that it uses, and those in which it sleeps though it could run.
What it waits for a core is the machine's business. So a busy machine changes nothing, and code that hangs in `sleep`
or in a lock still comes to its end. The wall clock only ends what is stuck in no way that can be seen from here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from grader.errors import SandboxDied
from grader.model import Outcome

STRETCH = 15.0  # wall seconds for each second of a limit, after which a process counts as stuck
SLICE = 0.25  # seconds between two looks
BEFORE_LOOKING = 0.5  # seconds: most replies are there by then, and a look is dear
READY = "RD"  # states of a task that would run if it were let: on a core or in the queue for one, waiting for a disk

Members = Callable[[], Iterable[psutil.Process]]


class Patience:
    """A wait for a process and all below it; `limit` seconds of its own, from now on."""

    def __init__(self, members: Members, limit: float) -> None:
        self.members = members
        self.limit = limit
        self.own = 0.0
        self.cpu = 0.0
        self.began = self.looked = time.monotonic()
        self.before: float | None = None

    def look(self, at_least: float = SLICE) -> None:
        """Count what has passed since the last look, if that is `at_least` so many seconds."""
        now = time.monotonic()
        passed = now - self.looked
        if passed < at_least:
            return
        members = list(self.members())
        spent = cpu_seconds(members)
        used = max(spent - self.before, 0.0) if self.before is not None else 0.0
        ready = any(map(is_ready, members))
        self.own += min(used, passed) if ready else passed
        self.cpu += used
        self.looked, self.before = now, spent

    @property
    def stuck(self) -> bool:
        """Whether it was the wall clock alone that ran out."""
        return self.own <= self.limit

    def over(self) -> bool:
        """Whether it has had its time. Cheap where little time has passed."""
        self.look(BEFORE_LOOKING if self.before is None else SLICE)
        return self.own > self.limit or time.monotonic() - self.began > STRETCH * self.limit

    def demand(self) -> None:
        """Raises SandboxDied once it has had its time."""
        if self.over():
            raise SandboxDied("no answer in time", Outcome.TIMED_OUT, by_wall=self.cpu < self.limit)


def cpu_seconds(members: Iterable[psutil.Process]) -> float:
    """CPU time of these processes, their finished children included."""
    spent = 0.0
    for member in members:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):  # it ended between the listing and the look
            times = member.cpu_times()
            spent += times.user + times.system
            spent += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return spent


def is_ready(process: psutil.Process) -> bool:
    """Whether any thread of a process would run if it were let."""
    tasks = Path(f"/proc/{process.pid}/task")
    try:
        if not tasks.is_dir():  # not Linux: the process as a whole has to do
            return process.status() in (psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP)
        return any(state(task) in READY for task in tasks.iterdir())
    except (OSError, psutil.Error):
        return False


def state(task: Path) -> str:
    """The one letter for what a thread does; the name before it may hold anything, brackets too."""
    with suppress(OSError):
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    return "X"


def family_of(pid: int | None) -> list[psutil.Process]:
    """A process and everything below it; nothing where it has ended or is not known."""
    try:
        process = psutil.Process(pid) if pid else None
        return [*process.children(recursive=True), process] if process else []
    except psutil.Error:
        return []


def busy() -> bool:
    """Whether this machine has more to do than it has cores."""
    return not hasattr(os, "getloadavg") or os.getloadavg()[0] > (os.cpu_count() or 1)
