"""The judge's end of one warm kernel: signal it, wait for it, and know how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import Any

from grader.errors import SandboxUnavailable
from grader.sandbox.warm.cgroup import ControlGroup
from grader.sandbox.warm.limits import How, KernelEnd, KernelLimits
from grader.sandbox.warm.logs import Log

LARGEST = 1 << 16


class KernelRefused(SandboxUnavailable):
    """A kernel that could not be set up, by its own word; the warm process is none the worse for it."""


class WarmKernel:
    """One kernel, from its fork to its end. Not for two threads at once, except `memory_hit` and `kill`."""

    def __init__(self, channel: socket.socket, log: Log, limits: KernelLimits, group: ControlGroup | None) -> None:
        self.channel = channel
        self.limits = limits
        self.group = group
        self.pid = 0  # as the judge's pid namespace numbers it
        self.pidfd = -1
        self.ending: KernelEnd | None = None
        self.memory_hit = False  # set by the watchdog
        self.stopped = False  # set when the judge ends it
        self.log = log
        self._farewell: list[Callable[[], None]] = []

    def meet(self, patience: float = 20.0) -> None:
        """Hear of the fork, put it into its group, let it go on, and wait until its walls stand."""
        self.channel.settimeout(patience)
        try:
            message, descriptors, _, _ = socket.recv_fds(self.channel, LARGEST, 1)
            if not message:
                raise SandboxUnavailable(
                    "the warm process ended instead of making a kernel",
                    ja="カーネルを作る前に、待機プロセスが終了しました",
                )
            if not descriptors:
                why = json.loads(message).get("error")
                raise KernelRefused(
                    f"the warm process could not make a kernel: {why}",
                    ja=f"待機プロセスがカーネルを作れませんでした: {why}",
                )
            self.pidfd = descriptors[0]
            self.pid = pid_of(self.pidfd)
            if self.group is not None:
                self.group.add(self.pid)
            self.channel.send(b"go")
            word = self._hear()
        except (OSError, ValueError, IndexError) as error:
            raise SandboxUnavailable(
                f"the kernel did not come up ({error}): {self.log.text()}",
                ja=f"カーネルが起動しませんでした（{error}）: {self.log.text()}",
            ) from error
        if "ready" not in word:
            kind = KernelRefused if "error" in word else SandboxUnavailable
            why = word.get("error", "the line went dead")
            raise kind(f"the kernel did not come up: {why}", ja=f"カーネルが起動しませんでした: {why}")
        self.channel.setblocking(False)

    def _hear(self) -> dict[str, Any]:
        message = self.channel.recv(LARGEST)
        return dict(json.loads(message)) if message else {"lost": True}

    def on_end(self, farewell: Callable[[], None]) -> None:
        self._farewell.append(farewell)

    def poll(self) -> KernelEnd | None:
        """How it ended, or None while it runs."""
        if self.ending is None:
            with contextlib.suppress(BlockingIOError):
                self._conclude(self._hear())
        return self.ending

    def wait(self, seconds: float) -> KernelEnd | None:
        """As poll, but up to `seconds` later."""
        if self.ending is None and select.select([self.channel], [], [], seconds)[0]:
            return self.poll()
        return self.ending

    def signal(self, number: int) -> None:
        """Send a signal to the kernel's first process; nothing happens when it has ended."""
        if number == signal.SIGKILL:
            self.stopped = self.stopped or not self.memory_hit
        with contextlib.suppress(ProcessLookupError):
            if self.ending is None:
                signal.pidfd_send_signal(self.pidfd, number)

    def out_of_memory(self) -> None:
        """End it because it uses more memory than it may."""
        self.memory_hit = True
        self.signal(signal.SIGKILL)

    def abandon(self) -> None:
        """End it, wherever it stands, and let go of everything. May be called at any time, and twice."""
        if self.ending is not None:
            return
        if self.pidfd >= 0:
            self.signal(signal.SIGKILL)
            self.channel.setblocking(False)
            self.wait(5.0)
        if self.ending is None:
            self._conclude({"lost": True})

    def _conclude(self, word: dict[str, Any]) -> None:
        status = word.get("exit")
        if status is None:  # the warm process is gone: its kernels must not outlive it
            with contextlib.suppress(ProcessLookupError):
                if self.pidfd >= 0:
                    signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        cpu, kills = float(word.get("cpu_seconds", 0.0)), self.memory_kills()
        peak = self.group.peak() if self.group else None
        self.ending = KernelEnd(self._how(status, cpu, kills), status, cpu, peak, kills, self.log.text())
        self._let_go()

    def memory_kills(self) -> int:
        """How many of its processes were killed for memory so far: a check's branch may be, and the kernel live on."""
        if self.ending is not None:
            return self.ending.memory_kills
        return int(self.memory_hit) + (self.group.kills() if self.group is not None else 0)

    def _how(self, status: int | None, cpu_seconds: float, memory_kills: int) -> How:
        if status is None:
            return How.LOST
        if status == -signal.SIGKILL and not self.stopped:
            if memory_kills:
                return How.MEMORY
            return How.CPU if cpu_seconds > self.limits.cpu_seconds - 1 else How.KILLED
        if status == -signal.SIGXCPU:
            return How.CPU
        if self.stopped:
            return How.STOPPED
        return How.CRASHED if status < 0 else How.EXITED

    def _let_go(self) -> None:
        self.channel.close()
        if self.pidfd >= 0:
            os.close(self.pidfd)
        if self.group is not None:
            self.group.remove()
        for farewell in self._farewell:
            farewell()


def pid_of(pidfd: int) -> int:
    """The pid, in our own pid namespace, of the process that a pidfd means."""
    with open(f"/proc/self/fdinfo/{pidfd}") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name == "Pid":
                return int(value)
    raise OSError("the kernel of this machine does not tell the pid of a pidfd")
