"""The warm process: imports torch once, then forks a kernel whenever it is asked to.

Theory of operation
-------------------
One thread, always: a fork copies only the thread that forks, and locks held by others would stay locked for ever in
the child. So thread limits are set before anything is imported, nothing here starts a thread, a library that does so on
import is left out, and `serve` refuses to fork when it finds more than one.

The judge talks over a SOCK_SEQPACKET socket: one JSON object per message. `{"spawn": {...}}` brings two
descriptors: a channel (the other end of a socket pair, this kernel's own) and a log. Everything about that kernel
is said on its channel, so that many threads of the judge may have kernels at once without talking to each other:

    warm process -> {"pid": n} with a pidfd      the child exists; the judge places it in a cgroup
    judge -> "go"                                read by the child, which now builds its walls
    child -> {"ready": true} or {"error": ...}   the child closes its copy; the student's code may come
    warm process -> {"exit": status, ...}        as waitpid says it, with the CPU seconds it used

`{"ping": n}` on the socket is answered with `{"pong": n}`. When the judge hangs up, everything ends. Signals need no
message: the judge has the pidfd. A kernel's death is noticed by its pidfd becoming readable.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from . import preload, syscalls

LARGEST = 1 << 16


@dataclass(frozen=True)
class Child:
    """A kernel that lives: its number, the descriptor that tells of its death, the line to its judge, what the fork cost."""

    pid: int
    pidfd: int
    channel: socket.socket
    fork_seconds: float


def main(descriptor: int, jailed: bool, grader_home: str) -> None:
    """Warm up, say so, serve. grader_home: the folder from which `grader.data` can be imported."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the judge, which then hangs up
    # The kernel counts descriptors on their way for a user, and refuses above this limit: ours is higher than a student's.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    loaded, become = preload.load()  # which may start this process anew: until then the descriptor is handed on
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    forget_ourselves()
    if grader_home not in sys.path:
        sys.path.append(grader_home)
    gc.collect()
    gc.freeze()
    syscalls.collapse_memory()
    control.send(json.dumps({"warm": loaded}).encode())
    serve(control, become, os.open("/proc/self/ns/pid", os.O_RDONLY) if jailed else None)


def forget_ourselves() -> None:
    """Take our own modules out of the student's sight: a file of theirs may have any name it likes."""
    own = __name__.partition(".")[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == own]:
        del sys.modules[name]
    del sys.path[0]
    sys.path_importer_cache.clear()


Become = Callable[[dict[str, Any], socket.socket, int], None]


def serve(control: socket.socket, become: Become, own_pids: int | None) -> None:
    """Answer until the judge hangs up. own_pids: the pid namespace to come back to after each fork, in a jail."""
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.data is not None:
                selector.unregister(key.fd)
                bury(key.data)
                continue
            message, descriptors, _, _ = socket.recv_fds(control, LARGEST, 2)
            if not message:
                end(selector)
            request = json.loads(message)
            if "ping" in request:
                control.send(json.dumps({"pong": request["ping"]}).encode())
            else:
                child = spawn(request["spawn"], descriptors, become, own_pids)
                if child is not None:
                    selector.register(child.pidfd, selectors.EVENT_READ, child)


def end(selector: selectors.BaseSelector) -> NoReturn:
    """The judge is gone, and nobody waits for what its kernels would say: they end, and so does this process."""
    for key in selector.get_map().values():
        if key.data is not None:
            with contextlib.suppress(ProcessLookupError):  # it may have ended already
                signal.pidfd_send_signal(key.data.pidfd, signal.SIGKILL)
    os._exit(0)


def spawn(request: dict[str, Any], descriptors: list[int], become: Become, own_pids: int | None) -> Child | None:
    """Fork a kernel. None, and an error on its channel, where the machine would not: that is no reason to die."""
    began = time.process_time()
    channel, log = socket.socket(fileno=descriptors[0]), descriptors[1]
    if len(os.listdir("/proc/self/task")) > 1:
        names = [Path(f"/proc/self/task/{task}/comm").read_text().strip() for task in os.listdir("/proc/self/task")]
        raise RuntimeError(
            f"the warm process has more than one thread, so a fork would not be safe: {', '.join(names)}"
        )
    try:
        pid = fork_apart(own_pids)
    except OSError as error:
        refuse(channel, error)
        channel.close()
        os.close(log)
        return None
    if pid == 0:
        be_the_kernel(become, request, channel, log)
    os.close(log)
    pidfd = os.pidfd_open(pid)
    try:
        socket.send_fds(channel, [json.dumps({"pid": pid}).encode()], [pidfd])
    except OSError as error:  # too many descriptors are on their way between this user's processes, say
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        refuse(channel, error)
    return Child(pid, pidfd, channel, time.process_time() - began)


def fork_apart(own_pids: int | None) -> int:
    """Fork, with the child as pid 1 of a pid namespace of its own, and come back to ours."""
    if own_pids is None:
        return os.fork()
    syscalls.unshare(syscalls.CLONE_NEWPID)
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid != 0:
            syscalls.setns(own_pids, syscalls.CLONE_NEWPID)
    return pid


def refuse(channel: socket.socket, error: OSError) -> None:
    with contextlib.suppress(OSError):  # the judge may have lost interest
        channel.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())


def be_the_kernel(become: Become, request: dict[str, Any], channel: socket.socket, log: int) -> None:
    """Never returns. What goes wrong before the student's code runs is ours, and told as such."""
    code = 1
    try:
        become(request, channel, log)
        code = 0
    except BaseException as error:  # this process is about to end: say why, to whom it concerns
        traceback.print_exc(file=sys.__stderr__)
        if channel.fileno() >= 0:
            channel.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
    finally:
        os._exit(code)


def bury(child: Child) -> None:
    """Reap a kernel and tell its judge how it ended."""
    _, status, usage = os.wait4(child.pid, 0)
    seconds = usage.ru_utime + usage.ru_stime + child.fork_seconds
    word = {"exit": os.waitstatus_to_exitcode(status), "cpu_seconds": seconds}
    with contextlib.suppress(OSError):  # the judge may have lost interest
        child.channel.send(json.dumps(word).encode())
    child.channel.close()
    os.close(child.pidfd)
