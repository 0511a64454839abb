"""The few Linux calls that Python has no word for: namespaces, mounts, capabilities, prctl.

Every function raises OSError with the call's name, so that a missing layer can be named.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MS_REC, MS_PRIVATE = 16384, 1 << 18

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 23, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
MADV_COLLAPSE, HUGE = 25, 1 << 21
CAPABILITIES = 64  # as many as fit into the two words of capset

# Numbers of system calls that glibc does not wrap, by machine.
NUMBERS = {
    "x86_64": {"capset": 126, "seccomp": 317},
    "aarch64": {"capset": 91, "seccomp": 277},
}
COMMON = {"landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446}

_libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, name: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall(name: str, *args: object) -> int:
    number = COMMON.get(name) or NUMBERS[platform.machine()][name]
    return check(_libc.syscall(ctypes.c_long(number), *args), name)


def unshare(flags: int) -> None:
    check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    check(_libc.setns(descriptor, flags), "setns")


def mount(source: str, target: str, kind: str | None, flags: int = 0, data: str | None = None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    detail = None if data is None else data.encode()
    check(_libc.mount(*words, ctypes.c_ulong(flags), detail), f"mount {kind or 'bind'} on {target}")


def prctl(option: int, value: int = 0) -> int:
    return check(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def drop_capabilities() -> None:
    """Give up every capability, now and for every program started from here."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(CAPABILITIES):
        if _libc.prctl(PR_CAPBSET_READ, ctypes.c_ulong(capability), 0, 0, 0) == 1:
            prctl(PR_CAPBSET_DROP, capability)
    header = struct.pack("Ii", 0x20080522, 0)  # version 3, this thread
    syscall("capset", ctypes.c_char_p(header), ctypes.c_char_p(bytes(24)))


def collapse_memory() -> None:
    """Put this process's own memory into huge pages (2 MiB), where the kernel can (Linux 6.1): a fork then copies a
    hundred entries instead of fifty thousand. Whatever is written to later is copied in small pages as before.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, *_, name = [*line.split(maxsplit=5), ""][:6]
        start, end = (int(edge, 16) for edge in place.split("-"))
        start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
        if rights == "rw-p" and name in ("", "[heap]") and start < end:
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)
