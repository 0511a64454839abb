"""The agent: the file of ours that runs beside the student's code and answers the judge.

It stands alone (it imports nothing of the grader but its neighbours here), keeps no secret and decides nothing. It does
three things:

1. After each cell it notes which names the cell's section defined (`Namespace.note`), so that a class that is defined
   again further down does not hide the earlier one.
2. For each check the kernel forks (`branch`), and the child answers requests on a socket until the judge hangs up:
   a check that crashes, hangs or changes things costs only itself. Where there is no fork (Windows, macOS) the
   kernel itself answers.
3. It says what the student's names are (`survey`), for the judge to tell which of them is the answer to what.

The judge reads what comes out of here as it would read a stranger's letter.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import struct
import sys
import warnings
from collections.abc import Callable
from typing import Any

from .codec import pack, unpack
from .defaults import answer_message
from .loaded import when_imported
from .namespace import Namespace, seed_everything


def dial(address: str) -> socket.socket:
    """Connect to `unix:PATH` or `tcp:PORT:TOKEN`."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.connect(rest)
        return line
    port, _, token = rest.partition(":")
    line = socket.create_connection(("127.0.0.1", int(port)))
    line.sendall(token.encode())
    return line


def read_exactly(line: socket.socket, size: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        chunk = line.recv(min(size - len(chunks), 1 << 20))
        if not chunk:
            raise EOFError
        chunks += chunk
    return bytes(chunks)


def serve(namespace: Namespace, address: str, limit: int) -> None:
    """Answer requests until the judge hangs up."""
    namespace.objects = {}
    with dial(address) as line:
        namespace.ask_judge = inquiry(line, limit)
        while True:
            try:
                (size,) = struct.unpack(">Q", read_exactly(line, 8))
                message = read_exactly(line, size)
            except EOFError:
                return
            reply = answer_message(namespace, message, limit)
            line.sendall(struct.pack(">Q", len(reply)) + reply)


INQUIRY = 1 << 63  # a size with this bit is that of a question to the judge, and no reply yet


def inquiry(line: socket.socket, limit: int) -> Callable[[int, Any], Any]:
    """Questions to the judge on the line that the reply will take."""
    owner = os.getpid()

    def ask(desk: int, value: Any) -> Any:
        if os.getpid() != owner:
            raise RuntimeError("another process than the notebook's own cannot ask the judge")
        message = pack([desk, value], limit)
        line.sendall(struct.pack(">Q", INQUIRY | len(message)) + message)
        (size,) = struct.unpack(">Q", read_exactly(line, 8))
        return unpack(read_exactly(line, size))

    return ask


THE_NAMESPACE: list[Namespace] = []  # one a kernel; LocalBox makes its own


def settle() -> None:
    """The same numbers every time: fixed seeds, one thread, deterministic algorithms where torch has them."""
    seed_everything(0)
    when_imported("torch", settle_torch)


def settle_torch(torch: Any) -> None:
    torch.default_generator.manual_seed(0)
    torch.set_num_threads(1)
    # Not use_deterministic_algorithms: that imports the compiler, 800 modules of it.
    torch.set_deterministic_debug_mode("warn")


def install(namespace: dict[str, Any]) -> None:
    THE_NAMESPACE[:] = [Namespace(namespace)]


def has_ended(pid: int) -> bool:
    """Whether a child of ours is gone, also where the student's code has waited for it: `os.wait()`, a handler of SIGCHLD."""
    try:
        return os.waitpid(pid, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return True


def forked() -> int:
    """As os.fork; where there is no place for a process, those that the notebook never waited for leave theirs.

    while os.fork(): pass
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork with ipykernel's idle threads: measured, works
        with contextlib.suppress(BlockingIOError):
            return os.fork()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        return os.fork()


def branch(namespace: Namespace, address: str, limit: int, fork: bool) -> None:
    """Serve one check, in a forked child where that is possible."""
    namespace.children = [pid for pid in namespace.children if not has_ended(pid)]
    if not fork:
        serve(namespace, address, limit)
        return
    try:
        pid = forked()
    except OSError:  # no more processes are allowed, or no memory is left: let the judge hear it, who waits for a call
        dial(address).close()
        return
    if pid:
        namespace.children.append(pid)
        return
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        sys.stdout = sys.stderr = io.StringIO()
        serve(namespace, address, limit)
    finally:
        os._exit(0)


def limit_memory(nbytes: int) -> None:
    """A ceiling on this process's own data, where the system knows one; a jail sets better ones."""
    with contextlib.suppress(ImportError, ValueError):  # Windows has no resource module, macOS no RLIMIT_DATA to lower
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (nbytes, nbytes))
