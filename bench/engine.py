"""What starting and stopping a kernel costs: cold nbclient, warm, warm behind the walls, and the floor, in one run.

The floor is the same cells run by `exec` in a fork of the warm process: nobody can be faster than that. Each way
runs the same notebooks, in turn, so that a busy machine is busy for all of them; the figure is the median.

    python bench/engine.py [--rounds 9]
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table

from grader.sandbox.doctor import Tier, examine
from grader.sandbox.warm import WarmEngine, open_warm
from grader.sandbox.warm.guest import preload

NOTEBOOKS = {
    "tiny": ("import torch", "x = torch.arange(6.0).reshape(2, 3)\nprint(x @ x.T)"),
    "model": (
        "import torch\nfrom torch import nn",
        "class RNN(nn.Module):\n"
        "    def __init__(self, words, size, hidden, labels):\n"
        "        super().__init__()\n"
        "        self.emb = nn.Embedding(words, size)\n"
        "        self.rnn = nn.GRU(size, hidden, batch_first=True)\n"
        "        self.out = nn.Linear(hidden, labels)\n"
        "    def forward(self, ids):\n"
        "        return self.out(self.rnn(self.emb(ids))[0][:, -1])",
        "torch.manual_seed(0)\nmodel = RNN(50, 16, 8, 4)\nids = torch.randint(50, (32, 11))\n"
        "labels = torch.randint(4, (32,))",
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "for step in range(10):\n"
        "    loss = nn.functional.cross_entropy(model(ids), labels)\n"
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
        "print(float(loss.detach()))",
        "model(ids).argmax(1)[:5]",
    ),
}
WALL, CPU, PRIVATE = 0.25, 0.15, 60 << 20  # what a jailed notebook may cost beyond the floor


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of CPU (the judge's and the kernel's together) for one notebook."""

    wall: float
    cpu: float


def cpu_now() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(run: Callable[[], float]) -> Cost:
    """Cost of `run`, which returns CPU seconds that were spent where we cannot see them."""
    wall, cpu = time.perf_counter(), cpu_now()
    elsewhere = run()
    return Cost(time.perf_counter() - wall, cpu_now() - cpu + elsewhere)


def notebook(cells: tuple[str, ...]) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def run_cold(cells: tuple[str, ...]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        manager = AsyncKernelManager(transport="ipc", ip=f"{folder}/s", connection_file=f"{folder}/kernel.json")
        client = NotebookClient(notebook(cells), km=manager, shutdown_kernel="immediate")
        asyncio.run(client.async_execute(cleanup_kc=True))
    return 0.0


def run_warm(engine: WarmEngine, cells: tuple[str, ...]) -> float:
    with engine.folder() as folder:
        manager = engine.kernel_manager(folder)
        client = NotebookClient(notebook(cells), km=manager, shutdown_kernel="immediate")
        asyncio.run(client.async_execute(cleanup_kc=True))
        ending = manager.ending()
    if ending is None:
        raise RuntimeError("the kernel outlived its notebook")
    return ending.cpu_seconds


class Floor:
    """A warm process of our own, which forks and runs cells by `exec`; it answers on a pipe with the CPU spent."""

    def __init__(self) -> None:
        ask, self._ask = os.pipe()
        self._answer, answer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._ask)
            os.close(self._answer)
            self._serve(ask, answer)
        os.close(ask)
        os.close(answer)
        os.read(self._answer, 64)  # it is warm

    @staticmethod
    def _serve(ask: int, answer: int) -> None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        preload.load()
        os.write(answer, b"warm")
        while name := os.read(ask, 64).decode():
            pid = os.fork()
            if pid == 0:
                scope = {"__name__": "__main__"}
                for cell in NOTEBOOKS[name]:
                    exec(compile(cell, "<cell>", "exec"), scope)
                os._exit(0)
            _, status, usage = os.wait4(pid, 0)
            os.write(answer, f"{usage.ru_utime + usage.ru_stime if status == 0 else -1}".encode())
        os._exit(0)

    def run(self, name: str) -> float:
        os.write(self._ask, name.encode())
        spent = float(os.read(self._answer, 64))
        if spent < 0:
            raise RuntimeError(f"the notebook {name!r} failed on the floor")
        return spent

    def close(self) -> None:
        os.close(self._ask)
        os.waitpid(self._pid, 0)


def private_memory(engine: WarmEngine) -> int:
    """Bytes that an idle kernel has for itself alone."""

    async def look(folder: Path) -> int:
        manager = engine.kernel_manager(folder)
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)
        await asyncio.sleep(0.5)
        lines = Path(f"/proc/{manager.provisioner.pid}/smaps_rollup").read_text().splitlines()
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))

    with engine.folder() as folder:
        return asyncio.run(look(folder))


def compare(rounds: int, cold_rounds: int) -> tuple[dict[str, dict[str, list[Cost]]], int]:
    """{way: {notebook: costs}}, and the private memory of an idle jailed kernel."""
    floor = Floor()
    costs: dict[str, dict[str, list[Cost]]] = {}
    with open_warm(Tier.WARM) as warm, open_warm(Tier.JAIL) as jailed:
        ways: dict[str, Callable[[str], float]] = {
            "cold nbclient": lambda name: run_cold(NOTEBOOKS[name]),
            "warm": lambda name: run_warm(warm, NOTEBOOKS[name]),
            "warm, jailed": lambda name: run_warm(jailed, NOTEBOOKS[name]),
            "floor": floor.run,
        }
        for turn in range(-1, rounds):  # the first turn only warms the judge up
            for way, run in ways.items():
                for name in NOTEBOOKS:
                    if way == "cold nbclient" and turn >= cold_rounds:
                        continue
                    cost = measure(lambda run=run, name=name: run(name))  # type: ignore[misc]
                    if turn >= 0:
                        costs.setdefault(way, {}).setdefault(name, []).append(cost)
        memory = private_memory(jailed)
    floor.close()
    return costs, memory


def median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))


@click.command()
@click.option("--rounds", default=9, help="How often each warm way runs each notebook.")
@click.option("--cold-rounds", default=2, help="How often the cold way does, which takes seconds each time.")
def main(rounds: int, cold_rounds: int) -> None:
    """Compare the ways to run a notebook. Exits with 1 when the jailed one costs more than it may."""
    examine().require(Tier.JAIL)
    costs, memory = compare(rounds, cold_rounds)
    table = Table("way", "notebook", "wall s", "CPU s", "wall beyond the floor", "CPU beyond the floor")
    kept = True
    for way, notebooks in costs.items():
        for name, several in notebooks.items():
            cost, floor = median(several), median(costs["floor"][name])
            wall, cpu = cost.wall - floor.wall, cost.cpu - floor.cpu
            table.add_row(way, name, f"{cost.wall:.3f}", f"{cost.cpu:.3f}", f"{wall:.3f}", f"{cpu:.3f}")
            kept = kept and (way != "warm, jailed" or (wall <= WALL and cpu <= CPU))
    console = Console()
    console.print(table)
    console.print(f"private memory of an idle jailed kernel: {memory / 2**20:.1f} MiB (may be {PRIVATE >> 20})")
    console.print(f"a jailed notebook may cost {WALL} s of wall and {CPU} s of CPU beyond the floor")
    sys.exit(0 if kept and memory <= PRIVATE else 1)


if __name__ == "__main__":
    main()
