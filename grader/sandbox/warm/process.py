"""The judge's end of one warm process: start it, ask it for kernels, and stop trusting it when anything is odd."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import site
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from grader.errors import SandboxUnavailable
from grader.sandbox.warm.container import GRADER, Container

LARGEST = 1 << 16
ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "LOGNAME": "student",  # for what asks who it is, as some versions of torch do: nobody has a name behind the wall
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "CUDA_VISIBLE_DEVICES": "",  # the same numbers everywhere; and a GPU must not be touched before a fork
    "MPLBACKEND": "agg",
    "OMP_WAIT_POLICY": "PASSIVE",
} | ({"PYTHONUSERBASE": site.getuserbase()} if site.ENABLE_USER_SITE else {})


class WarmProcess:
    """One warm process. After `distrust` it is dead and stays so; its kernels died with it."""

    def __init__(self, wall: Container | None, home: Path, patience: float = 120.0) -> None:
        """Start it and wait until it is warm. Raises SandboxUnavailable.

        wall: None to start it without one; then it keeps its caches in `home`. patience: seconds.
        """
        self.jailed = wall is not None
        self.trusted = True
        self._talking = threading.Lock()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed by distrust
        self._last_words = ""
        self._init: int | None = None  # pidfd of the first process behind the wall
        with theirs:
            self._process = self._start(wall, home, theirs.fileno())
        self.loaded: list[str] = self._hear(patience).get("warm", [])

    def _start(self, wall: Container | None, home: Path, descriptor: int) -> subprocess.Popen[bytes]:
        # Not -P: IPython would respect it, and a notebook could not import the modules that lie beside it.
        source = f"import sys; sys.path[0] = {str(Path(__file__).parent)!r}\n"
        source += f"from guest import zygote; zygote.main({descriptor}, {self.jailed}, {str(GRADER.parent)!r})"
        command, pass_fds = [sys.executable, "-c", source], [descriptor]
        reader, writer = os.pipe()
        environment = dict(ENVIRONMENT)
        if wall is None:
            environment |= {"HOME": str(home), "MPLCONFIGDIR": str(home / "matplotlib")}
        else:
            command = wall.command(command, environment, writer)
            pass_fds.append(writer)
        process = subprocess.Popen(command, pass_fds=pass_fds, env=environment, cwd="/", stdin=subprocess.DEVNULL,
                                   stdout=self._errors, stderr=self._errors, start_new_session=True)  # fmt: skip
        os.close(writer)
        with os.fdopen(reader) as told:
            if wall is not None:
                self._init = self._open_init(told.read())
        return process

    @staticmethod
    def _open_init(told: str) -> int | None:
        try:
            return os.pidfd_open(json.loads(told)["child-pid"])
        except (ValueError, KeyError, ProcessLookupError):
            return None  # it ended before it began: the next thing we hear is the end of the line

    def _hear(self, patience: float) -> dict[str, Any]:
        self.control.settimeout(patience)
        try:
            message = self.control.recv(LARGEST)
            if message:
                return dict(json.loads(message))
            reason = "it ended"
        except (OSError, ValueError) as error:
            reason = str(error)
        self.distrust()
        raise SandboxUnavailable(
            f"the warm process does not answer ({reason}): {self.said()}",
            ja=f"待機プロセスが応答しません（{reason}）: {self.said()}",
        )

    def ping(self, patience: float = 5.0) -> None:
        """Raise SandboxUnavailable unless it answers."""
        with self._talking:
            word = os.urandom(8).hex()
            self._tell({"ping": word}, [])
            if self._hear(patience).get("pong") != word:
                self.distrust()
                raise SandboxUnavailable(
                    "the warm process answered something else than it was asked",
                    ja="待機プロセスから、尋ねたのとは別の返事が来ました",
                )

    def spawn(self, request: dict[str, Any], channel: socket.socket, log: int) -> None:
        """Ask for a kernel; everything about it will be said on `channel`. Raises SandboxUnavailable."""
        with self._talking:
            self._tell({"spawn": request}, [channel.fileno(), log])

    def _tell(self, message: dict[str, Any], descriptors: list[int]) -> None:
        try:
            if not self.trusted:
                raise BrokenPipeError("it is not trusted any more")
            self.control.settimeout(5.0)
            socket.send_fds(self.control, [json.dumps(message).encode()], descriptors)
        except OSError as error:
            self.distrust()
            raise SandboxUnavailable(
                f"the warm process cannot be asked ({error}): {self.said()}",
                ja=f"待機プロセスに話しかけられません（{error}）: {self.said()}",
            ) from error

    def said(self) -> str:
        """The end of what it printed, for whoever has to find out what happened."""
        return self._last_words if self._errors.closed else self._tail()

    def _tail(self) -> str:
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2000))
        return self._errors.read().decode(errors="replace").strip()

    def alive(self) -> bool:
        return self.trusted and self._process.poll() is None

    def distrust(self) -> None:
        """End it, with everything behind its wall. May be called twice."""
        self.trusted = False
        self.control.close()
        if self._init is not None:
            end(self._init)
            os.close(self._init)
            self._init = None
        try:
            self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if not self._errors.closed:
            self._last_words = self._tail()
            self._errors.close()


def end(pidfd: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended already
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
