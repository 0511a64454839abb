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
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any, TypeVar

import nbformat.v4
import psutil
from nbclient.exceptions import DeadKernelError

from grader.errors import SandboxDied, SandboxUnavailable
from grader.model import Cell, CellRun, Ending, Limits, Outcome, Text
from grader.model.printable import whole_characters
from grader.model.run import error_words
from grader.notebook.outputs import LONGEST, text_of
from grader.notebook.syntax import TOO_DEEP, overflows_parser
from grader.sandbox import judge_lock
from grader.sandbox.channel import Connection, Listener, clean
from grader.sandbox.ending import descriptor, kill_all, release
from grader.sandbox.guest import agent, opening
from grader.sandbox.kernel_client import CountingClient, KernelBranch
from grader.sandbox.kernel_factory import ColdKernelFactory, KernelFactory
from grader.sandbox.kernel_wording import (
    ENDED_THE_KERNEL,
    OUT_OF_MEMORY,
    OVER_TIME,
    OVER_TIME_AND_DEAF,
    TOO_MUCH_OUTPUT,
)
from grader.sandbox.patience import Patience, cpu_seconds, family_of
from grader.sandbox.payload import source_of

FORKS = sys.platform == "linux"
GUEST = Path(agent.__file__).parent
FLOOD = 8  # times the output that is kept; dropping it costs us too, so the cell is stopped
STARTING = 120.0  # seconds for a kernel's first imports, on a machine that has much else to do
GRACE = 2.0  # seconds a cell has to stop after an interrupt
LOOK = 0.1  # seconds between two looks at a cell

# File, function: what is put in the place of what other machines have. See `guest/`.
STAND_INS = (
    ("colab", "google_colab"),
    ("colab", "nobody_to_ask"),
    ("colab", "exit_ends_the_cell"),
    ("missing_packages", "trackers"),
    ("missing_packages", "plain_bars"),
    ("missing_packages", "plain_types"),
    ("missing_packages", "no_workers"),
    ("vectors", "small_gensim"),
    ("studies", "small_optuna"),
    ("tokens", "small_spacy"),
    ("small_packages", "small_packages"),
    ("hugging_face", "small_transformers"),
    ("compat", "given_back"),
    ("paths", "lead_home"),
    ("accelerations", "plainly"),
    ("compiler", "leave_unloaded"),
)
T = TypeVar("T")
IN_FILE = re.compile(r"\((?:\d+\.py|<[^>]*>), line (\d+)\)")  # ipykernel's name for a cell says nothing to anybody


def order(entry: Callable[..., None], *args: Any) -> str:
    """The code that has the kernel call a function of `guest/opening.py` with these plain values."""
    return f"{source_of(entry)}make(*{args!r})\n"


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
        self.steps: list[tuple[Any, ...]] = [*STAND_INS] if stand_ins else []
        self.steps += [("gpu", "without_gpu")] if without_gpu else []
        self.steps += [("missing_packages", "as_script", script)] if script else []
        self.steps += [("missing_packages", "own_scripts", list(modules))] if modules else []
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
        self.runner.close()

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
            return self.runner.run(work)

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
        return getattr(self.client.km.provisioner, "pid", None)

    def is_there(self) -> bool:
        return self.pid is not None and psutil.pid_exists(self.pid)

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
        return self.ending_of(cell, ending, seconds, note)

    def define(self, cell: Cell, ran: bool, limit: float | None = None) -> None:
        code = order(opening.define, cell.source, cell.index, ran, cell.exercise)
        if self.alive and not self.wait(self.defined(code, self.limits.call_wall if limit is None else limit)):
            self.kill()

    async def defined(self, code: str, limit: float) -> bool:
        """Have definitions run, interrupted at their limit. False: the kernel has ended, or does not heed that."""
        number, patience = await self.send(code), Patience(self.family, limit)
        patience.look(at_least=0)
        heard = await self.answers(number, patience)
        self.lasted += patience.own
        if heard or not self.is_there():
            return heard
        await self.client.km.interrupt_kernel()
        return await self.answers(number, Patience(self.family, GRACE))

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
            gone = not self.is_there() or not await self.client.km.is_alive()
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

    def ending_of(self, cell: Cell, ending: Ending, seconds: float, note: Text | None) -> CellRun:
        outputs = self.client.nb.cells[0].get("outputs", [])
        said = whole_characters(text_of(outputs))[
            :LONGEST
        ]  # compared with what was saved; made legible where it is shown
        if self.client.output_bytes > self.limits.output:
            note = TOO_MUCH_OUTPUT
        error = next((o for o in outputs if o["output_type"] == "error"), None)
        if error is None or ending is not Ending.OK:
            return CellRun(cell.index, ending, seconds, note=note, output=said)
        kind, message = clean(error["ename"], 80), IN_FILE.sub(r"(line \1)", clean(error["evalue"], 500))
        ending = Ending.UNPARSED if kind in ("SyntaxError", "IndentationError", "TabError") else Ending.RAISED
        if kind == "MemoryError" and overflows_parser(cell.source):
            ending, message = Ending.UNPARSED, TOO_DEEP
        elif kind == "MemoryError" or "can't allocate memory" in message:
            ending = Ending.OUT_OF_MEMORY
        return CellRun(cell.index, ending, seconds, error_words(kind, message), note=note, output=said)

    def cpu_seconds(self) -> float:
        """CPU time of the kernel and everything below it, the finished children included."""
        return cpu_seconds(self.family())

    # -- branches -----------------------------------------------------------------------------

    def tell(self, code: str) -> None:
        """Have the kernel run code of ours, in a namespace of its own, without waiting."""
        self.wait(self.send(code))

    async def send(self, code: str) -> str:
        wrapped = f"exec({code!r}, {{'__builtins__': __builtins__}})"
        number: str = self.client.kc.execute(wrapped, silent=True, store_history=False, allow_stdin=False)
        return number

    async def heard(self, code: str, limit: float) -> bool:
        """As `tell`, and wait until the kernel has done it. False: it ended, or did not answer in `limit` seconds."""
        return await self.answers(await self.send(code), Patience(self.family, limit))

    async def answers(self, number: str, patience: Patience) -> bool:
        """Whether the kernel says, while there is patience, that it has done what this message told it."""
        while not patience.over():
            with suppress(Empty):
                reply = await self.client.kc.get_shell_msg(timeout=0.2)
                if reply["parent_header"].get("msg_id") == number:
                    return True
                continue
            if not self.is_there() or not await self.client.km.is_alive():
                return False
        return False

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
