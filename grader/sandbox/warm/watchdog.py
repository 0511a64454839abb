"""Where there are no control groups: look at every kernel's memory ten times a second, and end the greedy.

Counted is the proportional set size (each shared page divided among those who share it) of the kernel and everything
below it, anonymous and shared memory only: files are the machine's. What a fresh kernel shares with the warm process
is allowed for in full, because its share of that changes when other kernels come and go, and nobody may be
ended for that. Proportions are slow to read, so the resident size, which can only be larger, is read first.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

INTERVAL = 0.1


class WatchedKernel(Protocol):
    """A kernel to be watched."""

    pid: int

    def out_of_memory(self) -> None: ...


class Watchdog:
    """One thread for all kernels. `watch` and `forget` may be called from any thread."""

    def __init__(self, limit: int) -> None:
        self.limit = limit  # bytes, beyond what a fresh kernel has
        self._allowed: dict[WatchedKernel, int] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._thread.start()

    def watch(self, kernel: WatchedKernel) -> None:
        with self._lock:
            self._allowed[kernel] = self.limit + resident(kernel.pid)

    def forget(self, kernel: WatchedKernel) -> None:
        with self._lock:
            self._allowed.pop(kernel, None)

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(INTERVAL):
            with self._lock:
                watched = list(self._allowed.items())
            for kernel, allowed in watched:
                pids = list(family(kernel.pid))
                if sum(map(resident, pids)) > allowed and sum(map(proportional, pids)) > allowed:
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
    """Bytes in memory that are not files', pages shared with others included; 0 for a process that has ended."""
    return fields(Path(f"/proc/{pid}/status"), "RssAnon:", "RssShmem:")


def proportional(pid: int) -> int:
    """Bytes in memory that are not files', each page divided among those who share it; 0 for one that has ended."""
    return fields(Path(f"/proc/{pid}/smaps_rollup"), "Pss_Anon:", "Pss_Shmem:")


def fields(path: Path, *names: str) -> int:
    """The sum, in bytes, of the lines of a file of /proc that begin with these names."""
    with contextlib.suppress(OSError):
        lines = (line.split() for line in path.read_text().splitlines())
        return sum(int(words[1]) * 1024 for words in lines if words and words[0] in names)
    return 0
