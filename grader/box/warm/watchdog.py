"""Where there are no control groups: look at every kernel's memory ten times a second, and end the greedy.

Counted is what a kernel has for itself: the proportional set size (each shared page divided among those who share
it) of all its processes, less what a fresh kernel is charged for pages it shares with the warm process. Reading
that is slow, so the cheap resident size is read first, and the exact number only where the cheap one is over the limit.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

INTERVAL = 0.1


class Watched(Protocol):
    """A kernel to be watched."""

    pid: int

    def out_of_memory(self) -> None: ...


class Watchdog:
    """One thread for all kernels. `watch` and `forget` may be called from any thread."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._watched: list[Watched] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._thread.start()

    def watch(self, kernel: Watched) -> None:
        with self._lock:
            self._watched.append(kernel)

    def forget(self, kernel: Watched) -> None:
        with self._lock:
            if kernel in self._watched:
                self._watched.remove(kernel)

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(INTERVAL):
            with self._lock:
                watched = list(self._watched)
            for kernel in watched:
                pids = list(family(kernel.pid))
                if sum(map(resident, pids)) > self.limit and sum(map(proportional, pids)) > self.limit:
                    kernel.out_of_memory()
                    self.forget(kernel)


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it; orphans come back to the kernel, which is their pid 1."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def resident(pid: int) -> int:
    """Bytes in memory, shared ones included; 0 for a process that has ended."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
    return 0


def proportional(pid: int) -> int:
    """Bytes in memory, each shared page divided among those who share it; 0 for a process that has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
