"""Tasks -> results, over a crew of workers that may die, join and leave.

A crew gives *seats*; a seat is one worker process and takes one submission at a time, through an executor of
`concurrent.futures`: on this machine a pool of one process, on a cluster Dask's executor held to that worker. So there is one
way to queue, and what is in flight is never more than there are workers. A seat enters (opens its jail) before it gets
work. When it is lost, its submission is tried once more elsewhere, then recorded as BROKEN.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.batch.gradebook.entries import Result, Status
from grader.batch.workers import tasks
from grader.batch.workers.tasks import Plan, Task
from grader.errors import GraderError
from grader.model import Text

TICK = 0.25  # seconds between two looks at who is there
TRIES = 2
LOST = Text(
    en="The worker that graded it ended without an answer, twice; no score is given. It is tried again in the next batch.",
    ja="採点していた作業プロセスが、2 回とも答えを返さずに終了しました。点数はありません。次の採点でもう一度試します。",
)


@dataclass(eq=False)
class Worker:
    """One worker. submit: as of an executor, held to this worker."""

    name: str
    submit: Callable[..., Future[Any]]
    ready: bool = False


class WorkerPool(Protocol):
    def seats(self) -> list[Worker]:
        """Who is there now; the same object for the same worker. Raises GraderError where nobody can come any more."""
        ...

    def lose(self, seat: Worker) -> None:
        """It died: have it replaced where that is ours to do."""
        ...

    def refuse(self, seat: Worker, error: Exception) -> None:
        """It cannot grade for this batch. Raises `error` as a GraderError where nobody else could either."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class InFlight:
    """A submission that is being graded. since: of time.monotonic."""

    task: Task
    seat: Worker
    since: float


@dataclass
class Queue:
    """Hands tasks to a crew. on_tick: called a few times a second with the flights and the number of ready seats."""

    crew: WorkerPool
    plan: Plan
    on_tick: Callable[[list[InFlight], int], None] = lambda _flights, _seats: None
    entering: dict[Future[Any], Worker] = field(default_factory=dict)
    flying: dict[Future[Any], InFlight] = field(default_factory=dict)
    again: list[Task] = field(default_factory=list)
    tries: dict[int, int] = field(default_factory=dict)
    spent: bool = False  # the source has no more

    def run(self, source: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        """Results as they come, each once, in no order. The source is asked for a task when a worker is free, not before."""
        todo = iter(source)
        while not (self.spent and not self.flying and not self.again):
            seats = self.crew.seats()
            yield from self.drop(seats)
            self.enter(seats)
            self.assign(self.idle(seats), todo)
            self.on_tick(list(self.flying.values()), sum(seat.ready for seat in seats))
            yield from self.look()

    def assign(self, idle: list[Worker], todo: Iterator[Task]) -> None:
        for seat in idle:
            task = self.again.pop() if self.again else next(todo, None)
            if task is None:
                self.spent = True
                return
            self.fly(task, seat)

    def idle(self, seats: list[Worker]) -> list[Worker]:
        busy = {flight.seat for flight in self.flying.values()}
        return [seat for seat in seats if seat.ready and seat not in busy]

    def enter(self, seats: list[Worker]) -> None:
        known = set(self.entering.values())
        for seat in seats:
            if not seat.ready and seat not in known:
                self.entering[seat.submit(tasks.enter, self.plan)] = seat

    def fly(self, task: Task, seat: Worker) -> None:
        try:
            self.flying[seat.submit(tasks.work, task)] = InFlight(task, seat, time.monotonic())
        except BrokenExecutor:  # it died while it had nothing to do
            self.crew.lose(seat)
            self.again.append(task)

    def look(self) -> Iterator[tuple[Task, Result]]:
        """Wait a moment for whatever ends first."""
        if not (self.entering or self.flying):
            time.sleep(0 if self.spent else TICK)  # nobody is there
        done, _ = wait([*self.entering, *self.flying], TICK, FIRST_COMPLETED)
        for future in done:
            if future in self.entering:
                self.entered(future, self.entering.pop(future))
            elif future in self.flying:
                yield from self.landed(future, self.flying.pop(future))

    def entered(self, future: Future[Any], seat: Worker) -> None:
        try:
            seat.name = future.result()
            seat.ready = True
        except Exception as error:
            self.crew.refuse(seat, error)

    def landed(self, future: Future[Any], flight: InFlight) -> Iterator[tuple[Task, Result]]:
        """`work` raises nothing, so an exception means that the worker is gone."""
        try:
            yield flight.task, future.result()
        except Exception:
            self.crew.lose(flight.seat)
            yield from self.lost(flight.task)

    def lost(self, task: Task) -> Iterator[tuple[Task, Result]]:
        self.tries[task.submission] = self.tries.get(task.submission, 1) + 1
        if self.tries[task.submission] <= TRIES:
            self.again.append(task)
        else:
            yield task, Result(Status.BROKEN, self.plan.lesson, problem=LOST)

    def drop(self, seats: list[Worker]) -> Iterator[tuple[Task, Result]]:
        """Forget what was asked of seats that are not there any more: nobody will answer."""
        there = set(seats)
        for future in [future for future, seat in self.entering.items() if seat not in there]:
            del self.entering[future]
        for future, flight in list(self.flying.items()):
            if flight.seat not in there and not future.done():
                del self.flying[future]
                future.cancel()
                yield from self.lost(flight.task)


def in_one_sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
