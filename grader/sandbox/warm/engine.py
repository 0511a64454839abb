"""The warm engine: kernels in tens of milliseconds, each behind its own walls."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from jupyter_client.kernelspec import KernelSpec

from grader.errors import SandboxUnavailable
from grader.sandbox.doctor import Doctor, Layer, Tier, examine
from grader.sandbox.warm import cgroup, container
from grader.sandbox.warm.client import WarmKernelManager
from grader.sandbox.warm.handle import KernelRefused, WarmKernel
from grader.sandbox.warm.limits import KernelLimits
from grader.sandbox.warm.logs import Logs
from grader.sandbox.warm.process import ENVIRONMENT, WarmProcess
from grader.sandbox.warm.provisioner import NAME, register
from grader.sandbox.warm.watchdog import Watchdog

SEED = 0  # of every fresh kernel: Python's, numpy's and torch's; the judge sets others before each call
LONGEST_FOLDER = 80  # a socket's path may have 108 characters
# No history file; and no context in tracebacks: nobody reads it, and for one RecursionError it takes half a minute,
# because inspect asks each of 4,000 loaded modules about each of 3,000 frames.
QUIETLY = ("--HistoryManager.enabled=False", "--InteractiveShell.xmode=Minimal")
_open: WeakValueDictionary[str, WarmEngine] = WeakValueDictionary()


def engine_named(name: str) -> WarmEngine:
    """The open engine of that name. Raises SandboxUnavailable."""
    try:
        return _open[name]
    except KeyError:
        raise SandboxUnavailable(
            f"no warm engine named {name!r} is open in this process",
            ja=f"このプロセスに {name!r} という待機エンジンはありません",
        ) from None


class WarmEngine:
    """Forks kernels from a warm process, and replaces that process when it may not be trusted. Use from any thread.

    A run has a folder (`folder()`); its sub-folder `files`, where there is one, is copied into the working folder.
    """

    def __init__(self, tier: Tier, limits: KernelLimits, base: Path, tree: cgroup.CgroupTree | None) -> None:
        self.tier = tier
        self.limits = limits
        self.name = uuid.uuid4().hex
        self.runs = base / "r"
        self.runs.mkdir()
        jailed = tier is Tier.JAIL
        self.wall = container.build(self.runs, container.find_bwrap()) if jailed else None
        self._tree = tree
        self._watchdog = Watchdog(limits.memory_bytes) if tree is None else None
        self._logs = Logs()
        self._kernels: set[WarmKernel] = set()
        self._process: WarmProcess | None = None
        self._lock = threading.Lock()
        self._count = 0
        self.replaced = 0  # how often a warm process had to be replaced
        _open[self.name] = self
        register()

    @property
    def isolation(self) -> str:
        """What stands between the student's code and this machine, for the report."""
        if self.wall is None:
            return "warm, no jail"
        layers = [layer.value for layer in Layer if layer in examine().layers and layer is not Layer.CGROUP]
        return f"jail: {', '.join(layers)}, {'watchdog' if self._tree is None else 'cgroup'}"

    def warm(self) -> WarmProcess:
        """The warm process, started or replaced where there is none to be trusted. Raises SandboxUnavailable."""
        with self._lock:
            if self._process is None or not self._process.alive():
                if self._process is not None:
                    self._process.distrust()
                    self.replaced += 1
                self._process = WarmProcess(self.wall, self.runs.parent)
            return self._process

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """A private folder for one run, taken away afterwards."""
        with self._lock:
            self._count += 1
            run = self.runs / str(self._count)
        run.mkdir(mode=0o700)
        self._hand_over(run)
        try:
            yield run
        finally:
            shutil.rmtree(run, ignore_errors=True)

    def _hand_over(self, path: Path) -> None:
        """Let the uid behind the wall have what the judge put there."""
        if self.wall is not None and self.wall.uid is not None:
            for place in (path, *path.rglob("*")):
                os.chown(place, self.wall.uid, self.wall.uid, follow_symlinks=False)

    def kernel_manager(self, run: Path) -> WarmKernelManager:
        """A manager for a kernel whose sockets lie in `run`, a folder of `folder()`. One kernel for one folder."""
        if run.parent != self.runs:
            raise ValueError(f"{run}: a warm kernel lives in a folder that the engine made, below {self.runs}")
        manager = WarmKernelManager(transport="ipc", ip=str(run / "s"), connection_file=str(run / "kernel.json"),
                                    kernel_name="")  # fmt: skip
        manager._kernel_spec = self.kernel_spec()
        return manager

    def kernel_spec(self) -> KernelSpec:
        """A kernelspec for this engine, as every Jupyter client understands it."""
        provisioner = {"provisioner_name": NAME, "config": {"engine": self.name}}
        argv = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}", *QUIETLY]
        return KernelSpec(argv=argv, display_name="Python (warm)", language="python",
                          metadata={"kernel_provisioner": provisioner})  # fmt: skip

    def spawn(self, connection_file: Path, arguments: list[str]) -> WarmKernel:
        """Fork a kernel and wait until its walls stand. Raises SandboxUnavailable when a fresh warm process fails too."""
        try:
            return self._spawn(self.warm(), connection_file, arguments)
        except KernelRefused:
            raise
        except SandboxUnavailable:
            return self._spawn(self.warm(), connection_file, arguments)

    def _spawn(self, process: WarmProcess, connection_file: Path, arguments: list[str]) -> WarmKernel:
        run = connection_file.parent
        self._hand_over(run)
        try:
            group = self._tree.group(self.limits) if self._tree else None
        except OSError as error:
            raise KernelRefused(f"no control group can be made any more: {error}") from error
        log, writer = self._logs.open()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kernel = WarmKernel(ours, log, self.limits, group)
        kernel.on_end(lambda: self._logs.close(log))
        kernel.on_end(lambda: self._kernels.discard(kernel))
        self._kernels.add(kernel)
        try:
            try:
                process.spawn(self._request(run, connection_file, arguments), theirs, writer)
            finally:
                theirs.close()
                os.close(writer)
            kernel.meet()
        except SandboxUnavailable as error:
            kernel.abandon()
            if isinstance(error, KernelRefused):
                raise
            process.distrust()
            last = process.said()
            raise SandboxUnavailable(
                f"{error}. The last words of the warm process: {last}",
                ja=f"{error.in_('ja')}。待機プロセスの最後の出力: {last}",
            ) from error
        if self._watchdog is not None:
            watchdog = self._watchdog
            watchdog.watch(kernel)
            kernel.on_end(lambda: watchdog.forget(kernel))
        return kernel

    def _request(self, run: Path, connection_file: Path, arguments: list[str]) -> dict[str, Any]:
        jailed = self.wall is not None
        scratch = container.SCRATCH if jailed else str(run)
        files = run / "files"
        if not jailed:
            (run / "work").mkdir(exist_ok=True)
        home, temporary = f"{scratch}/home", "/tmp" if jailed else f"{scratch}/tmp"
        environment = ENVIRONMENT | {
            "HOME": home,
            "USER": "student",
            "TMPDIR": temporary,
            "IPYTHONDIR": f"{home}/.ipython",
            "MPLCONFIGDIR": f"{home}/.matplotlib",
        }
        return {
            "connection_file": str(connection_file), "arguments": arguments, "seed": SEED, "jailed": jailed,
            "run": str(run), "runs": str(self.runs), "scratch": scratch, "work": f"{scratch}/work",
            "files": str(files) if files.is_dir() else "", "env": environment,
            "below_tmp": container.below_tmp() if jailed else [],
            "limits": dict(vars(self.limits)),
        }  # fmt: skip

    def close(self) -> None:
        for kernel in list(self._kernels):
            kernel.abandon()
        with self._lock:
            if self._process is not None:
                self._process.distrust()
                self._process = None
        if self._watchdog is not None:
            self._watchdog.close()
        self._logs.end()
        _open.pop(self.name, None)


@contextlib.contextmanager
def open_warm(tier: Tier | None = None, limits: KernelLimits | None = None) -> Iterator[WarmEngine]:
    """An engine of the best tier this machine can give, or of `tier`. Raises SandboxUnavailable where it cannot be had."""
    found: Doctor = examine()
    tier = found.tier if tier is None else tier
    found.require(tier)
    base = Path(tempfile.mkdtemp(prefix="g-"))
    if len(str(base)) > LONGEST_FOLDER:
        base.rmdir()
        base = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    base.chmod(0o711)
    try:
        engine = WarmEngine(tier, limits or KernelLimits(), base, cgroup.find())
        try:
            engine.warm()
            yield engine
        finally:
            engine.close()
    finally:
        shutil.rmtree(base, ignore_errors=True)
