"""Worker processes on this machine: one for each core at most, each replaced when it dies."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection

from grader.batch.scratch import sweep
from grader.batch.workers.queue import Worker, in_one_sentence
from grader.batch.workers.tasks import follow
from grader.errors import GraderError, SandboxUnavailable

REPLACED = 3  # times that a worker may die before it has graded anything


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class LocalProcess:
    """A pool of one process, and the line that the process ends with."""

    pool: ProcessPoolExecutor
    lifeline: Connection

    def dismiss(self) -> None:
        self.lifeline.close()
        self.pool.shutdown(wait=True, cancel_futures=True)


class LocalPool:
    """`workers` processes, spawned and not forked: the coordinating process has threads. Never more than cores."""

    def __init__(self, workers: int) -> None:
        self.hired: dict[Worker, LocalProcess] = {}
        self.deaths = 0  # on the way in, in a row
        for _ in range(max(1, min(workers, cores()))):
            self.hire()

    def hire(self) -> None:
        context = multiprocessing.get_context("spawn")
        theirs, ours = context.Pipe(duplex=False)
        pool = ProcessPoolExecutor(1, mp_context=context, initializer=follow, initargs=(theirs,))
        self.hired[Worker("worker", pool.submit)] = LocalProcess(pool, ours)

    def seats(self) -> list[Worker]:
        return list(self.hired)

    def lose(self, seat: Worker) -> None:
        self.deaths = 0
        self.replace(seat)

    def refuse(self, seat: Worker, error: Exception) -> None:
        """One that died on its way in is replaced a few times; one that says why is believed for all."""
        if isinstance(error, GraderError):
            raise error
        self.deaths += 1
        if self.deaths > REPLACED:
            raise SandboxUnavailable(
                f"The worker processes do not start: {in_one_sentence(error)}",
                ja=f"作業プロセスが起動しません: {in_one_sentence(error)}",
            ) from error
        self.replace(seat)

    def replace(self, seat: Worker) -> None:
        self.hired.pop(seat).dismiss()
        self.hire()

    def close(self) -> None:
        """End them now; what was in flight is graded again in the next batch."""
        for hired in self.hired.values():
            hired.lifeline.close()
        for hired in self.hired.values():
            hired.dismiss()
        self.hired.clear()
        sweep()
