"""Workers of a Dask cluster: they may die, come and go. Each must have this very grader, and a jail of its own.

Every submission is held to one worker, so that the queue knows whose death loses it, and the scheduler has nothing to decide.
Start the workers with one thread each (`dask worker tcp://... --nworkers 2 --nthreads 1`): a process grades one submission at
a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import dask
from distributed import Client

from grader.batch.workers.queue import Worker, in_one_sentence
from grader.errors import GraderError, SandboxUnavailable, UsageError
from grader.model import Text

CONNECT = 10.0  # seconds to find the scheduler
STUMBLES = 3  # times that a worker may fail to enter
GONE = 15.0  # seconds without it before the batch stops

Key = tuple[str, str]  # a worker's address, and the identity that a worker started later at that address does not have


class ClusterPool:
    """Whoever is connected to the scheduler. tell: for a sentence about a worker that was refused."""

    def __init__(self, address: str, tell: Callable[[Text], None]) -> None:
        self.address = address
        self.tell = tell
        self.known: dict[Key, Worker] = {}
        self.refused: dict[Key, GraderError] = {}
        self.stumbles: dict[Key, int] = {}
        self.since = time.monotonic()  # when the scheduler was last there
        self.seen: dict[str, dict[str, object]] = {}
        # A notebook with its data files may be large, and is sent once: nothing to warn about.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
        try:
            self.client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(
                f"No Dask scheduler answers at {address}: start one with `dask scheduler`. ({error})",
                ja=f"{address} の Dask スケジューラから応答がありません。dask scheduler で起動してください。（{error}）",
            ) from error
        self.executor = self.client.get_executor(pure=False)

    def seats(self) -> list[Worker]:
        there = {(address, str(worker["id"])): worker for address, worker in self.workers().items()}
        for key in there:
            if key not in self.known and key not in self.refused:
                submit = partial(self.executor.submit, workers=[key[0]], allow_other_workers=False)
                self.known[key] = Worker(key[0], submit)
        self.known = {key: seat for key, seat in self.known.items() if key in there}
        self.refused = {key: why for key, why in self.refused.items() if key in there}
        if self.refused and not self.known:
            why = next(iter(self.refused.values()))
            raise SandboxUnavailable(
                f"No worker can grade for this batch. {why}",
                ja=f"この採点を引き受けられるワーカーがありません。{why.in_('ja')}",
            )
        return list(self.known.values())

    def workers(self) -> dict[str, dict[str, object]]:
        """Who is connected, as far as the scheduler could say it last. Raises SandboxUnavailable when it is not there any more.

        The scheduler itself is asked: what `client.scheduler_info()` gives is refreshed by the client every two seconds, then without
        any worker, and whoever reads it in that moment takes all of them for dead.
        """
        if self.client.status == "running":
            with suppress(OSError):  # the line to it broke in this moment: the client dials again
                self.seen = dict(self.client.sync(self.client.scheduler.identity)["workers"])
                self.since = time.monotonic()
                return self.seen
        if time.monotonic() - self.since > GONE or self.client.status == "closed":
            raise SandboxUnavailable(
                f"The Dask scheduler at {self.address} went away; what was graded is in the gradebook: run the same again.",
                ja=f"Dask スケジューラ {self.address} に接続できなくなりました。採点済みの分は採点簿にあります。同じコマンドをもう一度実行してください。",
            )
        return self.seen

    def lose(self, seat: Worker) -> None:
        """Its answer was lost; whether it is there itself the next look will tell, and then it enters again."""
        self.known = {key: known for key, known in self.known.items() if known is not seat}

    def refuse(self, seat: Worker, error: Exception) -> None:
        """One that says why gets no work. For any other error it may enter again, a few times: perhaps it only died."""
        key = next((key for key, known in self.known.items() if known is seat), None)
        if key is None:
            return
        del self.known[key]
        self.stumbles[key] = self.stumbles.get(key, 0) + 1
        if isinstance(error, GraderError) or self.stumbles[key] >= STUMBLES:
            why = error if isinstance(error, GraderError) else not_started(seat, error)
            self.refused[key] = why
            self.tell(Text(en=f"Worker refused: {why}", ja=f"使えないワーカーがあります: {why.in_('ja')}"))

    def close(self) -> None:
        self.executor.shutdown(wait=False)
        self.client.close()


def not_started(seat: Worker, error: Exception) -> SandboxUnavailable:
    said = in_one_sentence(error)
    return SandboxUnavailable(f"{seat.name} cannot start: {said}", ja=f"{seat.name} を開始できません: {said}")
