"""The warm engine: ordinary notebooks run as they would anywhere, and the warm process is replaced when it must be."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat.v4
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

import grader
from grader.errors import SandboxDied, SandboxUnavailable
from grader.model import Cell, Limits
from grader.sandbox.doctor import Tier, examine
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.kernel_factory import WarmKernelFactory
from grader.sandbox.warm import How, KernelLimits, WarmEngine, open_warm
from tests.drawing import drawn
from tests.sandbox.warm.arena import drive, run_cells

LIMITS = KernelLimits(memory_bytes=600 << 20, processes=64, scratch_bytes=64 << 20, scratch_files=1000)


@pytest.fixture(scope="module", params=[Tier.JAIL, Tier.WARM], ids=lambda tier: tier.value)
def engine(request: pytest.FixtureRequest) -> Iterator[WarmEngine]:
    try:
        examine().require(request.param)
    except SandboxUnavailable as reason:
        pytest.skip(str(reason))
    with open_warm(request.param, LIMITS) as opened:
        yield opened


# The same warm process stands behind both tiers; replacing it takes seconds, so the ordinary suite does it behind the walls only.
def tier_of(case: dict[str, Any]) -> str:
    tier: Tier = case.get("engine") or case["tier"]
    return tier.value


jail_first = drawn({Tier.WARM.value: 0}, tier_of)


ORDINARY = {
    "autograd": ("import torch\nx = torch.ones(3, requires_grad=True)\n(x * x).sum().backward()\nprint(x.grad.tolist())",
                 "[2.0, 2.0, 2.0]"),
    "a transformer": ("import torch\nlayer = torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 1)\n"
                      "print(tuple(layer(torch.ones(2, 3, 8)).shape))", "(2, 3, 8)"),
    "workers of a DataLoader": ("import torch\nloader = torch.utils.data.DataLoader(range(8), batch_size=4, num_workers=2)\n"
                                "print([b.tolist() for b in loader])", "[[0, 1, 2, 3], [4, 5, 6, 7]]"),
    "a pool of processes": ("import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
                            "[1, 2]"),
    "a shell command": ("!echo from the shell", "from the shell"),
    "a program": ("import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import numpy; print(6 * 7)'], "
                  "capture_output=True, text=True).stdout)", "42"),
    "the compiler": ("import sys, torch\nprint('torch._dynamo.config' in sys.modules)\ntorch._dynamo.config.suppress_errors = True\n"
                     "print('torch._dynamo.config' in sys.modules, any('guest' in name for name in sys.modules))", "False\n\nTrue False"),
    "a plot": ("from matplotlib import pyplot\npyplot.plot([1, 2])\npyplot.savefig('plot.png')\nimport os\nprint(os.path.getsize('plot.png') > 1000)",
               "True"),
    "files": ("open('a.txt', 'w').write('kept')\nprint(open('a.txt').read())", "kept"),
    "temporary files": ("import tempfile\nwith tempfile.NamedTemporaryFile('w+') as f:\n    f.write('x'); f.flush(); print(open(f.name).read())",
                        "x"),
    "threads": ("import threading\ngot = []\nt = threading.Thread(target=got.append, args=(1,)); t.start(); t.join(); print(got)", "[1]"),
    "async cells": ("import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')", "awaited"),
    "loopback of its own": ("import socket\ns = socket.create_server(('127.0.0.1', 0))\nc = socket.create_connection(s.getsockname())\nprint('connected')",
                            "connected"),
    "the grader's data": ("import grader.data\nprint('imported')", "imported"),
    "one thread": ("import torch\nprint(torch.get_num_threads(), torch.get_num_interop_threads())", "1 1"),
    "its main module": ("print(__name__)\nclass A: pass\nimport pickle\nprint(type(pickle.loads(pickle.dumps(A()))).__name__)", "__main__\nA"),
}  # fmt: skip


@drawn({Tier.WARM.value: 3}, tier_of)
@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_things_work(engine: WarmEngine, name: str) -> None:
    """What notebooks do elsewhere they can do here, walls or not."""
    cell, expected = ORDINARY[name]
    fought = run_cells(engine, (cell,), 30)
    assert expected in fought.text.strip(), fought


def test_a_process_that_a_cell_has_forked_ends_with_it(engine: WarmEngine) -> None:
    """Copies of the kernel do not go on as kernels: one answers, and what it forked has ended when the next cell begins."""
    cells = (
        "import os\nborn = [pid for pid in (os.fork() for _ in range(3)) if pid]",
        "print([os.waitpid(pid, 0)[1] for pid in born])",
    )
    assert run_cells(engine, cells, 10).text.strip() == "[0, 0, 0]"


FORKED = "import os\ndef one(): return 1\nwhile os.fork(): pass"
SLEEPERS = (
    "import os, time\ndef one(): return 1\ntry:\n    while os.fork(): pass\n    time.sleep(600)\nexcept OSError: pass"
)


def test_a_check_finds_a_place_among_ended_processes(engine: WarmEngine) -> None:
    """Who never waits for what it forked is asked all the same."""
    if engine.tier is not Tier.JAIL:
        pytest.skip("only a jail counts processes")
    with KernelSandbox(host=WarmKernelFactory(engine)) as sandbox:
        sandbox.run(Cell(0, "code", FORKED))
        for _ in range(2):
            with sandbox.branch() as branch:
                request = {"op": "call", "section": None, "target": "one", "args": (), "kwargs": {}, "seed": 1}
                assert branch.ask(request).value == 1


def test_a_check_without_a_place_ends_at_once(engine: WarmEngine) -> None:
    """Where living processes leave no place for another, the judge hears so, and waits for no call."""
    if engine.tier is not Tier.JAIL:
        pytest.skip("only a jail counts processes")
    with KernelSandbox(Limits(call_wall=600.0), host=WarmKernelFactory(engine)) as sandbox:
        sandbox.run(Cell(0, "code", SLEEPERS))
        with pytest.raises(SandboxDied, match="ended during the call"), sandbox.branch() as branch:
            branch.ask({"op": "call", "section": None, "target": "one", "args": (), "kwargs": {}, "seed": 1})


def test_none_of_our_modules_is_in_sight(engine: WarmEngine) -> None:
    """A student's file may have any name; what we loaded does not stand in its way, and nothing of the judge is loaded."""
    cells = ("open('guest.py', 'w').write('mine = 1')\nopen('jail.py', 'w').write('mine = 2')",
             "import guest, jail, sys\nprint(guest.mine, jail.mine, [m for m in sys.modules if m.startswith('grader')])")  # fmt: skip
    assert "1 2 []" in run_cells(engine, cells, 10).text


def test_two_kernels_draw_the_same_numbers(engine: WarmEngine) -> None:
    """Every kernel begins from the same seeds, in Python, numpy and torch, and hashes alike; nothing is drawn before."""
    cells = (
        "import random, numpy, torch\nprint(random.getstate() == random.Random(0).getstate())\n"
        "print(random.random(), numpy.random.rand(), torch.rand(1).item(), hash('x'))",
    )
    first, second = run_cells(engine, cells, 10).text, run_cells(engine, cells, 10).text
    assert first == second and len(first.split()) == 5 and first.startswith("True")


def test_files_of_the_run_are_laid_into_the_working_folder(engine: WarmEngine) -> None:
    """What lies in `files` is copied to where the notebook works, folders included, and may be changed there."""
    with engine.folder() as run:
        (run / "files" / "deep").mkdir(parents=True)
        (run / "files" / "deep" / "a.txt").write_text("data")
        text, _ = drive(
            engine.kernel_manager(run), ("print(open('deep/a.txt').read())\nopen('deep/a.txt', 'a').write('!')",), 10
        )
        assert "data" in text
        assert (run / "files" / "deep" / "a.txt").read_text() == "data"


def test_an_interrupt_stops_a_cell_and_not_the_kernel(engine: WarmEngine) -> None:
    """SIGINT is a KeyboardInterrupt in the cell; the next cell finds what the first had made."""

    async def interrupt(run: Path) -> tuple[str, str]:
        manager = engine.kernel_manager(run)
        client = NotebookClient(nbformat.v4.new_notebook(), km=manager, allow_errors=True)
        await client.async_start_new_kernel()
        await client.async_start_new_kernel_client()
        cells = [nbformat.v4.new_code_cell(source) for source in ("x = 5\nprint('up')\nwhile True: pass", "x")]
        client.nb.cells = cells
        task = asyncio.ensure_future(client.async_execute_cell(cells[0], 0))
        while not cells[0].outputs:
            await asyncio.sleep(0.05)
        await manager.interrupt_kernel()
        await asyncio.wait_for(task, 10)
        await client.async_execute_cell(cells[1], 1)
        await client._async_cleanup_kernel()
        return cells[0].outputs[-1]["ename"], cells[1].outputs[0]["data"]["text/plain"]

    with engine.folder() as run:
        assert asyncio.run(interrupt(run)) == ("KeyboardInterrupt", "5")


def test_jupyters_own_manager_and_client_need_no_change(engine: WarmEngine) -> None:
    """A kernelspec that names the provisioner is all that a Jupyter client needs."""
    with engine.folder() as run:
        manager = AsyncKernelManager(transport="ipc", ip=str(run / "s"), connection_file=str(run / "kernel.json"))
        manager._kernel_spec = engine.kernel_spec()
        text, in_time = drive(manager, ("print(6 * 7)",), 20)
    assert "42" in text and in_time


def test_a_graceful_shutdown_ends_the_kernel(engine: WarmEngine) -> None:
    """A shutdown request is obeyed as by any kernel."""

    async def shut_down(run: Path) -> How | None:
        manager = engine.kernel_manager(run)
        await manager.start_kernel()
        await manager.shutdown_kernel()
        ending = manager.ending()
        return ending.how if ending else None

    with engine.folder() as run:
        assert asyncio.run(shut_down(run)) is How.EXITED


def test_many_threads_have_kernels_at_once(engine: WarmEngine) -> None:
    """Kernels of several threads do not get in each other's way."""

    def one(number: int) -> str:
        return run_cells(engine, (f"x = {number}\nimport time\ntime.sleep(0.3)", "print(x)"), 30).text.strip()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(8))) == [str(number) for number in range(8)]


def test_the_room_can_call_the_judge(engine: WarmEngine) -> None:
    """A socket that the judge opens in the run's folder can be called from a fork of the kernel, whose pid is told."""
    with engine.folder() as run, socket.socket(socket.AF_UNIX) as listener:
        path = str(run / "judge")
        listener.bind(path)
        os.chmod(path, 0o777)
        listener.listen()
        cell = (f"import os, socket\nif os.fork() == 0:\n    s = socket.socket(socket.AF_UNIX); s.connect({path!r})\n"
                "    s.sendall(b'hello')\n    s.recv(1)\n    os._exit(0)")  # fmt: skip
        heard: list[object] = []

        def listen() -> None:
            line, _ = listener.accept()
            with line:
                pid = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
                heard.extend([line.recv(5), psutil.Process(pid).parent() is not None])

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        drive(engine.kernel_manager(run), (cell, "import time\ntime.sleep(0.3)"), 10)
        thread.join(5)
    assert heard == [b"hello", True]


ENDINGS = {
    "os._exit(3)": (How.EXITED, 3),
    "import ctypes; ctypes.string_at(8)": (How.CRASHED, -signal.SIGSEGV),
}


@pytest.mark.parametrize("cell", ENDINGS)
def test_the_judge_is_told_how_a_kernel_ended(engine: WarmEngine, cell: str) -> None:
    """An exit, a crash and a stop by the judge are told apart, with their status."""
    end = run_cells(engine, (f"import os\n{cell}",), 10).end
    assert end is not None and (end.how, end.status) == ENDINGS[cell]


def test_cpu_seconds_have_an_end() -> None:
    """A kernel that used up its CPU seconds is told apart from one that was killed."""
    tier = examine().tier
    if tier is not Tier.JAIL:
        pytest.skip("CPU seconds are limited in the jail only: " + examine().sentence(examine().missing[0]).en)
    with open_warm(tier, KernelLimits(cpu_seconds=2)) as opened:
        end = run_cells(opened, ("while True: pass",), 20).end
    assert end is not None and end.how is How.CPU and 1.5 < end.cpu_seconds < 3.5


@pytest.mark.slow
def test_a_kernel_that_cannot_be_set_up_is_refused_and_costs_nobody_else() -> None:
    """Files that do not fit into the scratch folder refuse this kernel, with a reason; the warm process goes on."""
    if not examine().safe:
        pytest.skip(examine().sentence(examine().missing[0]).en)
    with open_warm(Tier.JAIL, KernelLimits(scratch_bytes=1 << 20)) as opened:
        with opened.folder() as run:
            (run / "files").mkdir()
            (run / "files" / "big").write_bytes(bytes(2 << 20))
            with pytest.raises(SandboxUnavailable, match=r"No space left|File too large"):
                drive(opened.kernel_manager(run), ("1",), 10)
        assert "2" in run_cells(opened, ("print(1 + 1)",), 10).text
        assert opened.replaced == 0


@jail_first
def test_kernels_are_made_while_another_hoards_descriptors(engine: WarmEngine) -> None:
    """The kernel counts descriptors on their way per user; one who fills that count does not stop the warm process."""
    hoard = ("import socket, time\npairs = []\ntry:\n    while True:\n        pairs.append(socket.socketpair())\n"
             "        socket.send_fds(pairs[-1][0], [b'x'], [0] * 250)\nexcept OSError: print('full')\ntime.sleep(3)",)  # fmt: skip
    with ThreadPoolExecutor(1) as pool:
        greedy = pool.submit(run_cells, engine, hoard, 20)
        time.sleep(1.5)
        assert "2" in run_cells(engine, ("print(1 + 1)",), 20).text
        assert greedy.result().text.strip() == "full" or engine.tier is Tier.WARM
    assert engine.replaced == 0 or engine.tier is Tier.WARM


@jail_first
def test_a_warm_process_that_died_is_replaced(engine: WarmEngine) -> None:
    """When the warm process is gone its kernels are gone, the judge is told so, and the next kernel comes from a new one."""
    before = engine.replaced
    with engine.folder() as run:
        manager = engine.kernel_manager(run)

        async def start() -> None:
            await manager.start_kernel()
            warm = engine.warm()
            victim = psutil.Process(warm._process.pid)
            [process.kill() for process in [*victim.children(recursive=True), victim]]
            while manager.ending() is None:
                await asyncio.sleep(0.01)
            await manager.shutdown_kernel(now=True)

        asyncio.run(asyncio.wait_for(start(), 10))
        ending = manager.ending()
        assert ending is not None and ending.how in (How.LOST, How.KILLED)
    assert "2" in run_cells(engine, ("print(1 + 1)",), 20).text
    assert engine.replaced == before + 1


@pytest.mark.slow
@jail_first
def test_a_warm_process_that_does_not_answer_is_replaced(engine: WarmEngine) -> None:
    """A stopped warm process is not waited for: it is ended, and never asked again."""
    before = engine.warm()
    victim = psutil.Process(before._process.pid)
    for process in [*victim.children(recursive=True), victim]:
        process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(SandboxUnavailable, match="does not answer"):
        before.ping(patience=0.5)
    assert time.monotonic() - began < 5
    assert not before.alive() and engine.warm() is not before
    engine.warm().ping()


@pytest.mark.slow
def test_nothing_is_left_when_the_engine_closes() -> None:
    """Closing ends every process and takes every folder away."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with open_warm(examine().tier if examine().tier is not Tier.COLD else Tier.WARM) as opened, opened.folder() as run:
        manager = opened.kernel_manager(run)
        asyncio.run(manager.start_kernel())
        base = opened.runs.parent
    asyncio.run(manager.cleanup_resources())
    assert (ending := manager.ending()) is not None and ending.how is How.STOPPED
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before
    assert not base.exists()


ABANDONED = """
import asyncio, os, signal, sys
from grader.sandbox.doctor import Tier
from grader.sandbox.warm import open_warm

async def leave(engine, folder):
    manager = engine.kernel_manager(folder)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    client.execute("while True: pass")
    print(manager.provisioner.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

with open_warm(Tier(sys.argv[1])) as engine, engine.folder() as folder:
    asyncio.run(leave(engine, folder))
"""


@jail_first
@pytest.mark.parametrize("tier", [Tier.JAIL, Tier.WARM], ids=lambda tier: tier.value)
def test_a_judge_that_is_killed_takes_its_kernels_with_it(tier: Tier) -> None:
    """SIGKILL for the judge: the busy kernel and the warm process end by themselves."""
    try:
        examine().require(tier)
    except SandboxUnavailable as reason:
        pytest.skip(str(reason))
    left = subprocess.run([sys.executable, "-c", ABANDONED, tier.value], capture_output=True, text=True, timeout=120)
    pid = int(left.stdout)
    assert left.returncode == -signal.SIGKILL
    for _ in range(100):
        if not psutil.pid_exists(pid):
            return
        time.sleep(0.1)
    psutil.Process(pid).kill()
    pytest.fail("the kernel lives on")


def test_the_report_says_what_stood_between(engine: WarmEngine) -> None:
    """The tier and its layers, in one line."""
    jailed = engine.tier is Tier.JAIL
    assert engine.isolation.startswith("jail: " if jailed else "warm, no jail")
    assert not jailed or ("seccomp" in engine.isolation and engine.isolation.endswith(("cgroup", "watchdog")))


def test_kernels_live_in_folders_of_the_engine_only(engine: WarmEngine, tmp_path: Path) -> None:
    """A folder from elsewhere is refused with a sentence: behind the wall it could not be seen."""
    with pytest.raises(ValueError, match="folder that the engine made"):
        engine.kernel_manager(tmp_path)


@pytest.mark.slow
def test_a_library_that_starts_a_thread_is_left_out(tmp_path: Path) -> None:
    """The warm process begins again without it: a fork with a second thread would not be safe."""
    (tmp_path / "transformers.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n", "utf-8"
    )
    code = "import os\nfrom grader.sandbox.warm.guest import preload\nprint(*preload.load()[0], len(os.listdir('/proc/self/task')))"
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{Path(grader.__file__).parents[1]}"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    *loaded, threads = done.stdout.split()
    assert "torch" in loaded and "transformers" not in loaded and "safetensors.torch" in loaded
    assert threads == "1"
