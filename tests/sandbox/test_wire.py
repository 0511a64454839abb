"""The judge's end of the line: who is at the other end, and who is ended."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

from grader.sandbox.channel import Connection, Listener
from grader.sandbox.patience import Patience

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux names the process at the other end")


def called(leaves_a_child: bool) -> tuple[Connection, int]:
    """A line to a process of its own, and its pid. leaves_a_child: a child keeps the socket open, the caller ends."""
    with TemporaryDirectory(prefix="w") as folder:
        listener = Listener(Path(folder))
        caller = os.fork()
        if caller == 0:
            call(listener.address, leaves_a_child)
        if leaves_a_child:
            os.waitpid(caller, 0)
        line = listener.accept(Patience(tuple, 10.0))
        listener.close()
        return line, caller


def call(address: str, leaves_a_child: bool) -> NoReturn:
    """Connect, and stay until the judge hangs up. Whatever happens, this process never goes on with the tests."""
    try:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address.removeprefix("unix:"))
        if not leaves_a_child or os.fork() == 0:
            connection.settimeout(20)
            connection.recv(1)
    finally:
        os._exit(0)


@linux
def test_a_branch_that_is_done_is_ended() -> None:
    """Hanging up ends the process that called."""
    line, caller = called(leaves_a_child=False)
    line.close(end_peer=True)
    _, status = os.waitpid(caller, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@linux
def test_nobody_is_ended_for_a_caller_that_is_gone() -> None:
    """The number of a process that has ended may be anybody's by now; no descriptor, no signal."""
    line, caller = called(leaves_a_child=True)
    with pytest.raises(ChildProcessError):
        os.waitpid(caller, 0)
    if line.peer is not None:  # Linux 6.16 gives a descriptor of what has ended, too
        with pytest.raises(ProcessLookupError):
            signal.pidfd_send_signal(line.peer, 0)
    line.close(end_peer=True)
