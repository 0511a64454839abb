"""Landlock (Linux 5.13 and later): a second lock on the file system and, from 6.12, on abstract sockets and signals.

It repeats what the mounts already say (write into the scratch folder only), from another part of the kernel, so that
one mistake in either is not enough. See the kernel's userspace-api/landlock.rst.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from . import syscalls

VERSION_ONLY = 1
RULE_PATH_BENEATH = 1
READ = 0b1101  # EXECUTE, READ_FILE, READ_DIR
RIGHTS = (0, 13, 14, 15, 15, 16, 16)  # how many file rights each version knows: REFER, TRUNCATE, IOCTL_DEV came later
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
SCOPE_ABSTRACT_SOCKET, SCOPE_SIGNAL = 1, 2


def version() -> int:
    """Which Landlock this kernel has; 0 for none."""
    try:
        return syscalls.syscall("landlock_create_ruleset", None, ctypes.c_size_t(0), VERSION_ONLY)
    except OSError:
        return 0


def restrict(writable: Iterable[str], readable: Iterable[str]) -> None:
    """Allow this process to change what lies below `writable` and to read below `readable`; needs no_new_privs."""
    known = version()
    everything = (1 << RIGHTS[min(known, len(RIGHTS) - 1)]) - 1
    scopes = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL if known >= 6 else 0
    attributes = struct.pack("QQQ", everything, 0, scopes)[: 24 if known >= 6 else 8]
    ruleset = syscalls.syscall("landlock_create_ruleset", attributes, ctypes.c_size_t(len(attributes)), 0)
    allow(ruleset, writable, everything & ~(MAKE_CHAR | MAKE_BLOCK))
    allow(ruleset, readable, READ)
    syscalls.syscall("landlock_restrict_self", ruleset, 0)
    os.close(ruleset)


def allow(ruleset: int, folders: Iterable[str], rights: int) -> None:
    for folder in folders:
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", rights, descriptor)
        syscalls.syscall("landlock_add_rule", ruleset, RULE_PATH_BENEATH, ctypes.c_char_p(rule), 0)
        os.close(descriptor)
