"""Where a kernel sandbox gets its kernels from: a new interpreter each time, or a fork of a warm process.

A host gives *seats*: a manager for one kernel that has not started yet, and the private folder its sockets lie in.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from grader.sandbox.warm.client import CarefulClient

if TYPE_CHECKING:
    from grader.sandbox.warm import WarmEngine

MOST_COPIED = 2_000  # files
COPIED = 64 << 20  # bytes of the notebook's own files that go into a jail with it

# Two torch processes that each start as many threads as there are cores run 20 times slower than two with one each.
THREADS = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
}


# As warm kernels have it: no history file, and tracebacks without context, which nobody reads and which take half a
# minute for one RecursionError.
QUIETLY = ("--HistoryManager.enabled=False", "--InteractiveShell.xmode=Minimal")


@dataclass(frozen=True)
class KernelSlot:
    """A place for one kernel. options: for the manager's start_kernel. kill: ends it, where the host knows better.

    memory_kills: how many of its processes were ended for memory so far.
    """

    manager: Any
    private: Path
    options: dict[str, Any] = field(default_factory=dict)
    kill: Callable[[], None] | None = None
    memory_kills: Callable[[], int] = int


class KernelFactory(Protocol):
    @property
    def isolation(self) -> str: ...

    def seat(self, folders: Sequence[Path]) -> AbstractContextManager[KernelSlot]:
        """folders: where the notebook's data files lie; of two files with one name the first counts."""
        ...


class OwnKernelSpec(KernelSpecManager):  # type: ignore[misc]  # jupyter_client has no types
    """The kernel of this very interpreter, whatever specs a user has installed."""

    def get_kernel_spec(self, _kernel_name: str) -> KernelSpec:
        launch = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=[*launch, *QUIETLY], display_name="Python", language="python")


class ColdKernelFactory:
    """A new interpreter for each kernel, with the rights of whoever runs the grader."""

    isolation = "cold, no jail"

    @contextmanager
    def seat(self, folders: Sequence[Path]) -> Iterator[KernelSlot]:
        # Socket paths hold 108 characters at most, so not deep inside TMPDIR where that is long.
        base = "/tmp" if os.path.isdir("/tmp") and len(tempfile.gettempdir()) > 40 else None
        private = Path(tempfile.mkdtemp(prefix="grade-", dir=base))
        try:
            scratch = private / "work"
            scratch.mkdir()
            link_files(folders, scratch)
            options = {"cwd": str(scratch), "env": environment(private, scratch), "start_new_session": True}
            yield KernelSlot(self.manager(private), private, options)
        finally:
            shutil.rmtree(private, ignore_errors=True)

    def manager(self, private: Path) -> AsyncKernelManager:
        manager = AsyncKernelManager(kernel_spec_manager=OwnKernelSpec(), client_factory=CarefulClient)
        if sys.platform != "win32":
            manager.transport = "ipc"
            manager.ip = str(private / "k")
        manager.connection_file = str(private / "c.json")
        return manager


def environment(private: Path, scratch: Path) -> dict[str, str]:
    """What a cold kernel sees: no secrets of ours, no GPU (the same numbers everywhere), one thread."""
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "VIRTUAL_ENV", "DYLD_LIBRARY_PATH")
    inherited = {name: os.environ[name] for name in kept if name in os.environ}
    home = {"HOME": str(scratch), "IPYTHONDIR": str(private / "ipython"), "MPLBACKEND": "agg"}
    return inherited | THREADS | home | {"CUDA_VISIBLE_DEVICES": "", "PYTHONHASHSEED": "0"}


def own_files(folders: Sequence[Path]) -> list[Path]:
    """What lies beside the notebook, without notebooks (they may be other people's), hidden files and links.

    A link handed in could lead anywhere: a file of ours must not follow it into the sandbox.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        for item in sorted(folder.iterdir()):
            if item.suffix != ".ipynb" and not item.name.startswith(".") and not item.is_symlink():
                found.setdefault(item.name, item)
    return list(found.values())


def link_files(folders: Sequence[Path], scratch: Path) -> None:
    """The notebook's own files, as links: what a cell creates is gone with the kernel."""
    for item in own_files(folders):
        with suppress(OSError):  # Windows without the right to link: the cell will say what it misses
            (scratch / item.name).symlink_to(item.resolve())


class WarmKernelFactory:
    """Forks of a warm process, jailed where the engine's tier says so."""

    def __init__(self, engine: WarmEngine) -> None:
        self.engine = engine
        self.isolation = engine.isolation

    @contextmanager
    def seat(self, folders: Sequence[Path]) -> Iterator[KernelSlot]:
        with self.engine.folder() as run:
            copy_files(folders, run / "files")
            manager = self.engine.kernel_manager(run)
            yield KernelSlot(manager, run, kill=lambda: end(manager), memory_kills=lambda: memory_kills(manager))


def end(manager: Any) -> None:
    kernel = manager.kernel()
    if kernel is not None:
        kernel.signal(SIGKILL)


def memory_kills(manager: Any) -> int:
    kernel = manager.kernel()
    return kernel.memory_kills() if kernel is not None else 0


def copy_files(folders: Sequence[Path], target: Path) -> None:
    """The notebook's own files, smallest first, up to COPIED bytes: a jail does not see the originals."""
    left = COPIED
    files = [(file, file.stat().st_size) for item in own_files(folders) for file in below(item)]
    for file, size in sorted(files, key=lambda pair: pair[1])[:MOST_COPIED]:
        left -= size
        if left >= 0:
            root = next(folder for folder in folders if file.is_relative_to(folder))
            place = target / file.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


def below(item: Path) -> list[Path]:
    """The file itself, or the files in a folder and its folders; no hidden ones, no notebooks and no links."""
    if item.is_symlink() or item.name.startswith((".", "__pycache__")):
        return []
    if item.is_dir():
        return [file for inner in item.iterdir() for file in below(inner)]
    return [item] if item.is_file() and item.suffix != ".ipynb" else []
