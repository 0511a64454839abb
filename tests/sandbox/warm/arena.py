"""Where hostile notebooks are run: one attack, then a look at everybody whom it must not have hurt."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat.v4
import psutil
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from grader.sandbox.warm import KernelEnd, WarmEngine
from grader.sandbox.warm.container import GRADER
from tests.sandbox.warm.attacks import Attack

KEPT = 200_000  # characters of output
ORDINARY = frozenset({"kernel.json", "files", *(f"s-{port}" for port in range(1, 6))})


class ShortClient(NotebookClient):
    """nbclient that keeps the beginning of what is printed."""

    kept = 0

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("stream", "display_data", "execute_result"):
            self.kept += len(str(msg["content"]))
            if self.kept > KEPT:
                return None
        return super().process_message(msg, cell, cell_index)


@dataclass(frozen=True)
class Fought:
    """What came of a notebook: what it printed (errors by name), whether its cells ended in time, how the kernel did."""

    text: str
    in_time: bool
    end: KernelEnd | None
    left: frozenset[str]  # what it left in the run's folder


@dataclass
class Planted:
    """What the judge has that nobody may touch."""

    folder: Path
    service: socket.socket
    abstract: socket.socket
    visits: list[Any] = field(default_factory=list)

    def for_run(self, engine: WarmEngine, run: Path, neighbour: Path | None) -> dict[str, object]:
        return {
            "grader": str(GRADER),
            "project": str(GRADER.parent),
            "secrets": [str(self.folder / "gradebook.sqlite"), str(self.folder), "/tmp/grader-secret"],
            "home": str(Path.home()),
            "run": str(run),
            "runs": str(engine.runs),
            "neighbour": str(neighbour or engine.runs / "0"),
            "port": self.service.getsockname()[1],
            "judge": os.getpid(),
            "abstract": self.abstract.getsockname()[1:].decode(),
        }

    def visited(self) -> bool:
        """Whether anybody called the judge's service."""
        with suppress(BlockingIOError):
            self.service.accept()[0].close()
            return True
        with suppress(BlockingIOError):
            self.abstract.accept()[0].close()
            return True
        return False


@contextmanager
def plant(folder: Path) -> Iterator[Planted]:
    """A gradebook, a service on loopback, one on an abstract socket."""
    (folder / "gradebook.sqlite").write_text("everybody's marks")
    with socket.create_server(("127.0.0.1", 0)) as service, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0grader-{os.getpid()}")
        abstract.listen()
        service.setblocking(False)
        abstract.setblocking(False)
        yield Planted(folder, service, abstract)


def run_cells(engine: WarmEngine, cells: tuple[str, ...], seconds: int, planted: Planted | None = None,
              neighbour: Path | None = None) -> Fought:  # fmt: skip
    """Run cells in a kernel of the engine, each for at most `seconds`."""
    with engine.folder() as run:
        if planted is not None:
            (run / "files").mkdir()
            (run / "files" / "planted.json").write_text(json.dumps(planted.for_run(engine, run, neighbour)))
        manager = engine.kernel_manager(run)
        text, in_time = drive(manager, cells, seconds)
        end = manager.ending()
        left = frozenset(entry.name for entry in run.iterdir()) - ORDINARY
    return Fought(text, in_time, end, left)


def drive(manager: AsyncKernelManager, cells: tuple[str, ...], seconds: int) -> tuple[str, bool]:
    """nbclient over a kernel, whatever it does: what was printed, and whether every cell ended in time."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = ShortClient(notebook, km=manager, allow_errors=True, timeout=seconds, shutdown_kernel="immediate")
    client.log.setLevel("CRITICAL")
    in_time = True
    try:
        asyncio.run(client.async_execute(cleanup_kc=True))
    except CellTimeoutError:
        in_time = False
    except DeadKernelError:
        pass
    return "\n".join(said(output) for cell in notebook.cells for output in cell.get("outputs", [])), in_time


def said(output: Any) -> str:
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return str(output.get("text") or output.get("data", {}).get("text/plain", ""))


def fight(engine: WarmEngine, attack: Attack, planted: Planted, neighbour: Path | None = None) -> Fought:
    return run_cells(engine, attack.cells, 40 if attack.in_time else 3, planted, neighbour)


class Neighbour:
    """A kernel that lives through all attacks, and is asked after each whether it is well."""

    def __init__(self, engine: WarmEngine, run: Path) -> None:
        self.run = run
        self.manager = engine.kernel_manager(run)
        self.runner = asyncio.Runner()

    def start(self) -> None:
        self.client = ShortClient(nbformat.v4.new_notebook(), km=self.manager, shutdown_kernel="immediate")
        self.runner.run(self.client.async_start_new_kernel())
        self.runner.run(self.client.async_start_new_kernel_client())
        self.ask("import torch\ncanary = torch.arange(6.0).reshape(2, 3)\nopen('mine.txt', 'w').write('mine')")

    def ask(self, source: str) -> str:
        cell = nbformat.v4.new_code_cell(source)
        self.client.nb.cells = [cell]
        self.runner.run(self.client.async_execute_cell(cell, 0))
        return "".join(said(output) for output in cell.outputs)

    def is_well(self) -> bool:
        return self.ask("import os\nprint((canary @ canary.T).tolist(), os.listdir('.'), open('mine.txt').read())") == (
            "[[5.0, 14.0], [14.0, 50.0]] ['mine.txt'] mine\n"
        )

    def stop(self) -> None:
        self.runner.run(self.client._async_cleanup_kernel())
        self.runner.close()


def inhabitants(engine: WarmEngine) -> frozenset[int]:
    """Every process behind the engine's wall, whoever its parent is now."""
    if engine.wall is not None and engine.wall.uid is not None:
        found = set()
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess):
                if process.uids().real == engine.wall.uid and process.status() != psutil.STATUS_ZOMBIE:
                    found.add(process.pid)
        return frozenset(found)
    return frozenset(child.pid for child in psutil.Process().children(recursive=True))
