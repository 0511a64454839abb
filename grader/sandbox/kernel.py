"""The sandbox with a wall: a Jupyter kernel in a process group of its own, driven by nbclient.

Theory of operation. nbclient runs the cells; this file watches. While a cell runs, a watcher looks every tenth of a
second at the CPU time of the whole process tree and at how long it slept (see `patience`: a busy machine counts for
nothing). Over the limit the kernel is interrupted, as the stop button would; a cell that swallows the interrupt has two
seconds more, then the group is killed and the judge starts over without that cell. Output is counted as it comes and dropped beyond the limit. The kernel talks over
sockets in a private folder (`ipc`), so that nobody else on the machine can talk to it; on Windows over loopback.

A check talks to a *branch*: the kernel forks, and the child answers on a socket until the judge hangs up. Where fork
is unsafe (macOS) or absent (Windows) the kernel itself answers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import nbformat.v4
import psutil
from nbclient.exceptions import DeadKernelError

from grader.errors import SandboxDied, SandboxUnavailable
from grader.model import Cell, CellRun, Ending, Limits, Outcome, Text
from grader.sandbox import beside_a_loop, judge_lock
from grader.sandbox.channel import Connection, Listener
from grader.sandbox.ending import descriptor, kill_all, release
from grader.sandbox.guest import agent, opening
from grader.sandbox.kernel_client import CountingClient, KernelBranch
from grader.sandbox.kernel_ending import ending_of
from grader.sandbox.kernel_factory import ColdKernelFactory, KernelFactory
from grader.sandbox.kernel_steps import order, steps
from grader.sandbox.kernel_wording import (
    ENDED_THE_KERNEL,
    OUT_OF_MEMORY,
    OVER_TIME,
    OVER_TIME_AND_DEAF,
    TOO_MUCH_OUTPUT,
)
from grader.sandbox.patience import Patience, cpu_seconds, family_of

FORKS = sys.platform == "linux"
GUEST = Path(agent.__file__).parent
FLOOD = 8  # times the output that is kept; dropping it costs us too, so the cell is stopped
STARTING = 120.0  # seconds for a kernel's first imports, on a machine that has much else to do
GRACE = 2.0  # seconds a cell has to stop after an interrupt
LOOK = 0.1  # seconds between two looks at a cell

T = TypeVar("T")


class KernelSandbox:
    """A kernel for one notebook."""

    def __init__(
        self,
        limits: Limits | None = None,
        folder: Path | None = None,
        stand_ins: bool = False,
        without_gpu: bool = False,
        imports: tuple[str, ...] = (),
        host: KernelFactory | None = None,
        laid_out: Path | None = None,
        modules: tuple[str, ...] = (),
        script: str = "",
    ) -> None:
        """folder: where the notebook's own data files lie, if it has any. host: where kernels come from; cold if None.

        laid_out: a folder with files that the notebook misses; they never take the place of its own. modules: scripts
        of the submission that import each other; their code is run as cells. script: the name of one, for `__file__`.
        stand_ins: for what other machines have and this one lacks (`STAND_INS`). without_gpu: code that insists on a GPU runs on the CPU.
        imports: modules that take seconds and will be asked for: better once here than in every check.
        """
        self.limits = limits or Limits()
        self.host = host or ColdKernelFactory()
        self.isolation = self.host.isolation
        self.folders = tuple(place for place in (folder, laid_out) if place is not None)
        self.steps = steps(stand_ins, without_gpu, script, modules)
        self.imports = [*imports]
        self.misses_torch = False
        self.alive = False
        self.lasted = 0.0
        self.answered = 0.0
        self.stuck = False
        self.held: int | None = None  # a descriptor of a cold kernel
        self.seats = ExitStack()

    # -- life ---------------------------------------------------------------------------------

    def __enter__(self) -> KernelSandbox:
        # pyzmq needs a loop that can watch sockets; the default one of Windows cannot.
        self.runner = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop if sys.platform == "win32" else None)
        try:
            self.start()
        except BaseException:
            self.leave()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self.leave()

    def leave(self) -> None:
        self.seats.close()
        beside_a_loop.close(self.runner)

    def start(self) -> None:
        self.seat = self.seats.enter_context(self.host.seat(self.folders))
        self.client = CountingClient(nbformat.v4.new_notebook(), km=self.seat.manager, allow_errors=True)
        self.client.output_limit = self.limits.output
        self.client.timeout = None
        self.client.log.setLevel("CRITICAL")
        self.client.on_cell_executed = self.client.heed
        try:
            self.wait(self.launch())
        except RuntimeError as error:
            raise SandboxUnavailable(
                f"the Jupyter kernel does not start: {error}", ja=f"Jupyter カーネルが起動しません: {error}"
            ) from error
        self.alive = True
        if self.seat.kill is None:
            self.held = descriptor(self.pid)
            self.seats.callback(self.let_go)
        code = order(opening.open_guest, str(GUEST), self.limits.memory, self.steps, self.imports)
        if not self.wait(self.heard(code, STARTING)):
            raise SandboxUnavailable(
                "the Jupyter kernel started but does not answer", ja="Jupyter カーネルは起動しましたが、応答しません"
            )

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something with the kernel, and let other threads judge meanwhile."""
        with judge_lock.waiting():
            return beside_a_loop.run(self.runner, work)

    async def launch(self) -> None:
        await self.client.async_start_new_kernel(**self.seat.options)
        await self.client.async_start_new_kernel_client()

    def let_go(self) -> None:
        release(self.held)
        self.held = None

    def stop(self) -> None:
        self.kill()
        self.wait(self.retire())
        self.seats.close()

    async def retire(self) -> None:
        # nbclient goes on asking whether a kernel lives when the cell that it ran was given up, and complains when it is gone.
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        if self.client.kc is not None:
            self.client.kc.stop_channels()
            self.client.kc = None
        await self.seat.manager.shutdown_kernel(now=True)

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """End the kernel and everything it started that did not leave its process tree."""
        self.alive = False
        if self.seat.kill is not None:
            self.seat.kill()
            return
        kill_all(self.family(), self.pid, self.held)

    @property
    def pid(self) -> int | None:
        return self.client.kernel_pid

    def family(self) -> list[psutil.Process]:
        """Everything below the kernel, and the kernel; nothing where it has ended."""
        return family_of(self.pid)

    # -- cells --------------------------------------------------------------------------------

    def run(self, cell: Cell, cpu: float | None = None) -> CellRun:
        if not self.alive:
            raise SandboxDied("the kernel is not running", Outcome.CRASHED)
        began = monotonic()
        ending, note = self.wait(self.execute(cell, self.limits.cell_cpu if cpu is None else cpu))
        seconds = monotonic() - began
        note_it = order(opening.note, cell.exercise)
        if self.alive and (self.client.leaves or not self.wait(self.heard(note_it, self.limits.call_wall))):
            self.kill()
            ending, note = Ending.DIED, ENDED_THE_KERNEL
        if not self.alive:
            return CellRun(cell.index, ending, seconds, note=note)
        if self.client.output_bytes > self.limits.output:
            note = TOO_MUCH_OUTPUT
        return ending_of(cell, self.client.nb.cells[0].get("outputs", []), ending, seconds, note)

    def define(self, cell: Cell, ran: bool, limit: float | None = None) -> None:
        code = order(opening.define, cell.source, cell.index, ran, cell.exercise)
        if self.alive and not self.wait(self.defined(code, self.limits.call_wall if limit is None else limit)):
            self.kill()

    async def defined(self, code: str, limit: float) -> bool:
        """Have definitions run, interrupted at their limit. False: the kernel has ended, or does not heed that."""
        number, patience = await self.client.send(code), Patience(self.family, limit)
        patience.look(at_least=0)
        heard = await self.client.answers(number, patience)
        self.lasted += patience.own
        if heard or not self.client.is_there():
            return heard
        await self.client.km.interrupt_kernel()
        return await self.client.answers(number, Patience(self.family, GRACE))

    async def execute(self, cell: Cell, budget: float) -> tuple[Ending, Text | None]:
        """Run the cell under the watcher; whatever it does ends as an `Ending`."""
        self.client.nb.cells = [nbformat.v4.new_code_cell(cell.source)]
        self.client.output_bytes = 0
        self.client.leaves = False
        task = asyncio.ensure_future(self.client.async_execute_cell(self.client.nb.cells[0], 0))
        patience = Patience(self.family, self.limits.cell_wall)
        patience.look(at_least=0)
        interrupted: Patience | None = None
        while not task.done():
            await asyncio.wait([task], timeout=LOOK)
            patience.look(at_least=LOOK)
            over = patience.over() or patience.cpu > budget or self.client.output_bytes > FLOOD * self.limits.output
            if over and interrupted is None and not task.done():
                interrupted = Patience(self.family, GRACE)
                await self.client.km.interrupt_kernel()
            gone = not self.client.is_there() or not await self.client.km.is_alive()
            if not task.done() and (gone or (interrupted is not None and interrupted.over())):
                self.kill()
                task.cancel()
                await asyncio.wait([task])
        self.lasted += patience.own
        self.stuck = interrupted is not None and patience.stuck
        return self.verdict(task, interrupted is not None)

    def verdict(self, task: asyncio.Future[Any], interrupted: bool) -> tuple[Ending, Text | None]:
        died = task.cancelled() or isinstance(task.exception(), DeadKernelError)
        if not died:
            task.result()  # anything else nbclient raises is ours, and must be seen
            return (Ending.INTERRUPTED, OVER_TIME) if interrupted else (Ending.OK, None)
        self.kill()
        if self.seat.memory_kills():
            return Ending.OUT_OF_MEMORY, OUT_OF_MEMORY
        return Ending.DIED, OVER_TIME_AND_DEAF if interrupted else ENDED_THE_KERNEL

    def cpu_seconds(self) -> float:
        """CPU time of the kernel and everything below it, the finished children included."""
        return cpu_seconds(self.family())

    # -- branches -----------------------------------------------------------------------------

    def tell(self, code: str) -> None:
        """Have the kernel run code of ours, in a namespace of its own, without waiting."""
        self.wait(self.client.send(code))

    async def heard(self, code: str, limit: float) -> bool:
        """As `tell`, and wait until the kernel has done it. False: it ended, or did not answer in `limit` seconds."""
        return await self.client.answers(await self.client.send(code), Patience(self.family, limit))

    def bring_torch(self) -> None:
        """Have the kernel itself import torch where the last branch had to: a second once, and not in every check."""
        if self.misses_torch:
            self.imports.append("torch")
            self.wait(self.heard(order(opening.bring, "torch"), STARTING))

    @contextmanager
    def branch(self) -> Iterator[KernelBranch]:
        if not self.alive:
            raise SandboxDied("the kernel is not running", Outcome.CRASHED)
        self.bring_torch()
        listener = Listener(self.seat.private)
        until_open = Patience(self.family, self.limits.call_wall)
        line: Connection | None = None
        opened: KernelBranch | None = None
        try:
            self.tell(order(opening.branch, listener.address, self.limits.reply, FORKS))
            killed = self.seat.memory_kills()
            with judge_lock.waiting():
                line = listener.accept(until_open)
            opened = KernelBranch(line, self.limits)
            yield opened
        except SandboxDied as error:
            if self.seat.memory_kills() > killed:
                error.cause = Outcome.OUT_OF_MEMORY
            if not FORKS:
                self.kill()  # the kernel itself was serving: it cannot be trusted to come back
            raise
        finally:
            self.answered += until_open.own + (opened.spent if opened is not None else 0.0)
            self.misses_torch = opened is not None and opened.brings_torch and "torch" not in self.imports
            listener.close()
            if line is not None:
                line.close(end_peer=FORKS)
