"""Limits count what code takes by itself: a machine with much else to do ends nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import psutil
import pytest

from grader.errors import SandboxDied
from grader.model import Cell, Ending, Limits, Outcome
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.patience import Patience, family_of
from tests.drawing import drawn

SHORT = Limits(cell_wall=1.0, cell_cpu=1.0, call_wall=1.0, check_wall=5.0)
WORK = "import time\ndef work(seconds):\n  until = time.process_time() + seconds\n  while time.process_time() < until: pass\n  return 1\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs cores that can be chosen")


def ask(sandbox: KernelSandbox, name: str, *args: object):  # type: ignore[no-untyped-def]
    with sandbox.branch() as branch:
        return branch.ask({"op": "call", "section": "a", "target": name, "args": args, "kwargs": {}, "seed": 1})


@contextmanager
def starved(pid: int) -> Iterator[None]:
    """The process gets a ninth of one core, the rest of which others take."""
    core = min(os.sched_getaffinity(0))
    burner = f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-c", burner], start_new_session=True) for _ in range(8)]
    for thread in psutil.Process(pid).threads():  # each has a core of its own
        os.sched_setaffinity(thread.id, {core})
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


@linux
def test_waiting_for_a_core_is_not_counted() -> None:
    """Where a quarter of a second of work takes longer than every limit by the wall, cells and calls come to their end."""
    with KernelSandbox(SHORT) as sandbox:
        assert sandbox.run(Cell(0, "code", WORK, "a")).ending is Ending.OK
        assert sandbox.pid is not None
        with starved(sandbox.pid):
            began = time.monotonic()
            ran = sandbox.run(Cell(1, "code", "work(0.25)", "a"))
            between = time.monotonic()
            replied = ask(sandbox, "work", 0.25)
            ended = time.monotonic()
        assert ran.ending is Ending.OK and replied.value == 1
        assert min(between - began, ended - between) > SHORT.cell_wall, "the machine was not busy enough to show it"
        assert sandbox.lasted < SHORT.cell_wall


def test_time_taken_to_answer_adds_up_over_branches() -> None:
    """Also where the code was ended: two calls that never come back have taken two limits."""
    limits = Limits(call_wall=0.6, check_wall=5.0)
    with KernelSandbox(limits) as sandbox:
        sandbox.run(Cell(0, "code", WORK, "a"))
        for _ in range(2):
            with pytest.raises(SandboxDied):
                ask(sandbox, "work", 60)
        assert sandbox.answered > 2 * limits.call_wall


@linux
def test_time_in_which_no_branch_opens_adds_up() -> None:
    """A kernel that puts off each fork spends the time of its hand-in, as one that puts off its answers does."""
    limits = Limits(call_wall=0.6, check_wall=5.0)
    with KernelSandbox(limits) as sandbox:
        sandbox.run(Cell(0, "code", "import os, time\nos.register_at_fork(before=lambda: time.sleep(60))", "a"))
        for _ in range(2):
            with pytest.raises(SandboxDied):
                ask(sandbox, "work", 60)
        assert sandbox.answered > 2 * limits.call_wall


@drawn(2)
@pytest.mark.parametrize("call", ["work(60)", "time.sleep(60)", "import threading; threading.Lock().acquire(); wait()"])
def test_what_works_or_sleeps_too_long_is_ended(call: str) -> None:
    """CPU time counts, and so does sleeping of one's own accord, in a lock too."""
    with KernelSandbox(SHORT) as sandbox:
        sandbox.run(
            Cell(
                0,
                "code",
                WORK + "import threading\nlock = threading.Lock()\ndef wait():\n  lock.acquire(); lock.acquire()",
                "a",
            )
        )
        began = time.monotonic()
        assert sandbox.run(Cell(1, "code", call, "a")).ending is Ending.INTERRUPTED
        with pytest.raises(SandboxDied) as died:
            ask(sandbox, "work", 60) if "work" in call else ask(sandbox, "wait")
        assert died.value.cause is Outcome.TIMED_OUT
        assert died.value.by_wall is ("work" not in call)
        assert time.monotonic() - began < 20


def test_work_in_a_thread_is_work() -> None:
    """A process whose main thread only waits for another is not asleep."""
    busy = Thread(target=lambda: [sum(range(1000)) for _ in range(100_000)])
    busy.start()
    patience = Patience(lambda: family_of(os.getpid()), 100.0)
    patience.look(0)
    busy.join()
    patience.look(0)
    assert patience.cpu > 0.5 and abs(patience.own - patience.cpu) < 0.5


def test_nothing_known_of_a_process_is_the_wall_clock() -> None:
    """Where the system does not say who is at the other end, time passes as it does."""
    patience = Patience(lambda: family_of(None), 0.3)
    time.sleep(0.6)
    assert patience.over() and patience.own == pytest.approx(0.6, abs=0.3)


@drawn(2)
@pytest.mark.parametrize("source", ["exit()", "quit()", "exit", "print(1)\nraise SystemExit"])
def test_a_cell_that_ends_the_kernel_is_known_at_once(source: str) -> None:
    """The kernel goes a moment after its reply; what is asked in between must not depend on who is quicker."""
    with KernelSandbox(SHORT) as sandbox:
        ending = sandbox.run(Cell(0, "code", source)).ending
        assert ending is (Ending.RAISED if "SystemExit" in source else Ending.DIED)
        assert sandbox.alive is ("SystemExit" in source)
