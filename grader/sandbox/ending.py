"""How processes are ended: by descriptors of theirs, not by numbers that may be another's by the time they are used.

Linux has such descriptors (pidfds). On macOS and Windows psutil compares when a process began before it signals, which leaves
a moment between the two.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress

import psutil

HAS_DESCRIPTORS = hasattr(os, "pidfd_open") and hasattr(signal, "pidfd_send_signal")
GONE = (psutil.Error, ProcessLookupError, PermissionError)


def descriptor(pid: int | None) -> int | None:
    """A descriptor of a process; None where it has gone, and where there are none."""
    if pid is None or not HAS_DESCRIPTORS:
        return None
    with suppress(OSError):
        return os.pidfd_open(pid)
    return None


def release(held: int | None) -> None:
    if held is not None:
        os.close(held)


def kill(process: psutil.Process) -> None:
    """End a process that was listed a moment ago."""
    if not HAS_DESCRIPTORS:
        with suppress(*GONE):
            process.kill()
        return
    held = descriptor(process.pid)
    if held is None:
        return
    try:
        if process.is_running():  # it began when the listed one did: so the descriptor is of that one
            signal.pidfd_send_signal(held, signal.SIGKILL)
    except GONE:
        pass
    finally:
        os.close(held)


def kill_all(members: Iterable[psutil.Process], leader: int | None, held: int | None) -> None:
    """End these, and the process group that `leader` began. held: a descriptor of it, from when it was started."""
    for member in members:
        kill(member)
    if leader is None or not hasattr(os, "killpg") or (HAS_DESCRIPTORS and not is_known(held)):
        return
    with suppress(ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies
        os.killpg(leader, signal.SIGKILL)


def is_known(held: int | None) -> bool:
    """Whether the process of a descriptor is there, ended but not yet waited for included: so its number is nobody else's."""
    if held is None:
        return False
    try:
        with suppress(PermissionError):  # it is there, and somebody else's
            signal.pidfd_send_signal(held, 0)
    except ProcessLookupError:
        return False
    return True
