"""What a forked child does to become an ordinary ipykernel."""

from __future__ import annotations

import faulthandler
import json
import os
import random
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy
import torch
import zmq
from ipykernel import ipkernel
from ipykernel.heartbeat import Heartbeat
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import Type
from traitlets.config import Config

from . import jail

CHANNELS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")


class HiddenModules:
    """`sys`, with no modules loaded."""

    modules: dict[str, ModuleType] = {}  # noqa: RUF012  # never written

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class ForkedKernel(IPythonKernel):
    """A kernel in the shell that the warm process has built.

    The kernel would ask each of some two thousand modules for its file, to tell a debugger. That writes to each of them
    (a reference more, a reference less), so that a fork copies as many pages, which is a third of what its start costs.
    No debugger comes here.
    """

    def __init__(self, **kwargs: Any) -> None:
        with patch.object(ipkernel, "sys", HiddenModules()):
            super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        shell: Any = self.shell
        shell.parent, shell.kernel, shell.profile_dir = self, self, self.profile_dir
        shell.update_config(self.config)
        shell.InteractiveTB.set_mode(mode=shell.xmode)
        shell.starting_dir, shell.home_dir = os.getcwd(), os.environ["HOME"]
        shell.init_environment()
        self.process = os.getpid()

    async def do_execute(self, *args: Any, **kwargs: Any) -> Any:
        """As any kernel's. A process that a cell has forked ends with the cell: else it would be one more kernel, and answer too.

        while os.fork(): pass
        """
        reply = await super().do_execute(*args, **kwargs)  # type: ignore[no-untyped-call]
        if os.getpid() != self.process:
            os._exit(0)
        return reply


class BoundHeartbeat(Heartbeat):
    """A heartbeat on a socket that is bound already."""

    listening: dict[int, int]

    def _try_bind_socket(self) -> None:
        self.socket.setsockopt(zmq.USE_FD, self.listening[self.port])
        super()._try_bind_socket()  # type: ignore[no-untyped-call]


class WarmKernelApp(IPKernelApp):
    """ipykernel's application, on sockets that were bound before the wall closed.

    `listening` maps a port (in the ipc transport, a suffix of the path) to a descriptor that listens there.
    """

    kernel_class = Type(ForkedKernel, klass=IPythonKernel)
    listening: dict[int, int]

    def _try_bind_socket(self, s: zmq.Socket[Any], port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.listening[port])
        return super()._try_bind_socket(s, port)  # type: ignore[no-any-return, no-untyped-call]

    def init_heartbeat(self) -> None:
        BoundHeartbeat.listening = self.listening
        self.heartbeat = BoundHeartbeat(zmq.Context(), (self.transport, self.ip, self.hb_port))  # type: ignore[no-untyped-call]
        self.heartbeat.start()

    def write_connection_file(self, **kwargs: Any) -> None:
        """The client wrote it, and from here it cannot be written."""


def build_shell() -> None:
    """Make the shell that every kernel forked from here will have: making it is half of what a kernel does to start.

    Its history stays in memory: writing it to a file takes a thread, which would not live through a fork.
    """
    settings = Config()
    settings.HistoryManager.enabled = False
    shell = ZMQInteractiveShell.instance(config=settings, compiler_class=IPythonKernel.compiler_class.default_value)
    shell.enable_tip = (
        False  # whoever asks what kernel this is would get one drawn at random, from the student's numbers
    )
    shell.run_cell("None", store_history=False, silent=True)


def become(request: dict[str, Any], channel: socket.socket, log: int) -> None:
    """Turn this process into the kernel that `request` asks for; returns when the kernel has been shut down.

    channel: to the judge. It says "go" when this process stands in its cgroup, hears "ready", and is closed before
    the student's code can run. log: descriptor that takes what C code prints when it dies.
    """
    faulthandler.disable()
    arrange_descriptors(keep=channel.fileno(), log=log)
    signal.set_wakeup_fd(-1)
    if channel.recv(16) != b"go":
        os._exit(0)  # the judge changed its mind, or is gone
    os.setsid()  # a process group of its own, to be signalled as one
    if request["jailed"]:
        jail.enter(request)
    listening = bind_sockets(Path(request["connection_file"]))
    settle(request)
    if request["jailed"]:
        jail.lock(request)
    seed_everything(request["seed"])
    channel.send(json.dumps({"ready": True}).encode())
    channel.close()
    run_app(request, listening)


def arrange_descriptors(keep: int, log: int) -> None:
    """Nothing on stdin, the log on stdout and stderr, and nothing else of the warm process's."""
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    first = 3
    for stop in (keep, os.sysconf("SC_OPEN_MAX")):
        os.closerange(first, stop)
        first = keep + 1


def bind_sockets(connection_file: Path) -> dict[int, int]:
    """Listen where the connection file says: {port: descriptor}."""
    info = json.loads(connection_file.read_text())
    if info["transport"] != "ipc":
        raise ValueError(f"{connection_file}: a warm kernel speaks over ipc, not {info['transport']}")
    listening = {}
    for name in CHANNELS:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.bind(f"{info['ip']}-{info[name]}")
        line.listen(16)
        listening[info[name]] = line.detach()
    return listening


def settle(request: dict[str, Any]) -> None:
    """The student's surroundings: working folder, environment, the files that came with the notebook."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.umask(0o022)
    os.chdir(request["work"])
    for entry in os.scandir(request["files"]) if request["files"] else ():
        copy_in(Path(entry.path), Path(request["work"], entry.name))
    for folder in ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "TMPDIR"):
        Path(os.environ[folder]).mkdir(parents=True, exist_ok=True)


def copy_in(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        target.mkdir()
        for entry in source.iterdir():
            copy_in(entry, target / entry.name)
    elif source.is_file():
        target.write_bytes(source.read_bytes())


def seed_everything(seed: int) -> None:
    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed thinks of GPUs first, which takes ten times as long


def run_app(request: dict[str, Any], listening: dict[int, int]) -> None:
    sys.argv = ["ipykernel_launcher"]
    WarmKernelApp.listening = listening
    app = WarmKernelApp.instance(parent_handle=1)  # 1 means init: nobody to watch, nobody to talk to on stdout
    app.initialize(["-f", request["connection_file"], *request["arguments"]])
    app.start()
