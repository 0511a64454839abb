"""A filter of system calls, as a small classic-BPF program (seccomp(2); the kernel's filter.rst).

Theory of operation
-------------------
A list of what is refused, not of what is allowed: torch, numpy and IPython use some hundred and fifty calls, and a
list of these would break with every release. What is refused is what no notebook needs and what escapes are made of:
namespaces, mounts, tracing, keys, io_uring, bpf, userfaultfd, modules, clocks. Calls newer than this file are
answered with ENOSYS, as an older kernel would answer, so programs fall back. `clone3` hides its flags behind a
pointer, which a filter cannot follow: ENOSYS too, and libc falls back to `clone`, whose flags are looked at.
Memory that no mapping shows (memfd, System V segments) is refused, because where there is no cgroup
the watchdog counts mappings. Calls of another architecture end the process.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
from dataclasses import dataclass

from . import syscalls

LOAD, JUMP_EQUAL, JUMP_GREATER, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets into struct seccomp_data
SET_MODE_FILTER, FILTER_FLAG_TSYNC = 1, 1

NEW_NAMESPACES = 0x7E020080  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET} and CLONE_NEWTIME
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
NETLINK_ROUTE = 0
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)


@dataclass(frozen=True)
class Machine:
    """What differs between processors: the audit number, the calls' numbers, the newest call known here."""

    audit: int
    clone: int
    socket: int
    ioctl: int
    refused: tuple[int, ...]
    absent: tuple[int, ...]
    newest: int = 462  # mseal


# The same number on both: pidfd_getfd, fsopen ... mount_setattr, io_uring, memfd_secret, process_madvise, quotactl_fd
SHARED = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 443, 447, 457, 458)
CLONE3 = 435

MACHINES = {
    "x86_64": Machine(
        audit=0xC000003E,
        clone=56,
        socket=41,
        ioctl=16,
        # ptrace syslog uselib personality ustat modify_ldt pivot_root adjtimex chroot acct settimeofday mount umount2
        # swapon swapoff reboot sethostname setdomainname iopl ioperm init/delete_module quotactl lookup_dcookie
        # clock_settime kexec_load add_key request_key keyctl mbind migrate_pages move_pages unshare vmsplice
        # open_by_handle_at name_to_handle_at clock_adjtime setns process_vm_readv/writev kcmp finit_module
        # kexec_file_load bpf userfaultfd perf_event_open fanotify_init shmget shmat shmctl shmdt
        refused=(
            101,
            103,
            134,
            135,
            136,
            154,
            155,
            159,
            161,
            163,
            164,
            165,
            166,
            167,
            168,
            169,
            170,
            171,
            172,
            173,
            175,
            176,
            179,
            212,
            227,
            246,
            248,
            249,
            250,
            237,
            256,
            279,
            272,
            278,
            304,
            303,
            305,
            308,
            310,
            311,
            312,
            313,
            320,
            321,
            323,
            298,
            300,
            29,
            30,
            31,
            67,
            *SHARED,
        ),
        absent=(CLONE3, 319),  # clone3, memfd_create
    ),
    "aarch64": Machine(
        audit=0xC00000B7,
        clone=220,
        socket=198,
        ioctl=29,
        refused=(
            117,
            116,
            92,
            41,
            171,
            51,
            89,
            170,
            40,
            39,
            224,
            225,
            142,
            161,
            162,
            105,
            106,
            60,
            18,
            112,
            104,
            217,
            218,
            219,
            235,
            238,
            239,
            97,
            75,
            265,
            264,
            266,
            268,
            270,
            271,
            272,
            273,
            294,
            280,
            282,
            241,
            262,
            194,
            195,
            196,
            197,
            *SHARED,
        ),
        absent=(CLONE3, 279),
    ),
}


def supported() -> bool:
    return platform.machine() in MACHINES


def install() -> None:
    """Put the filter on every thread of this process, for good. Needs no_new_privs; raises OSError."""
    program = assemble(MACHINES[platform.machine()])
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    syscalls.syscall("seccomp", SET_MODE_FILTER, FILTER_FLAG_TSYNC, ctypes.c_char_p(header))


def assemble(machine: Machine) -> bytes:
    """The program: checks the architecture, then the number, then the arguments of three syscalls."""
    code = [step(LOAD, ARCHITECTURE), *unless_equal(machine.audit, KILL), step(LOAD, NUMBER)]
    code += when(JUMP_GREATER, machine.newest, ERROR | errno.ENOSYS)  # also the x32 calls, which begin at 2**30
    for number in machine.refused:
        code += when(JUMP_EQUAL, number, ERROR | errno.EPERM)
    for number in machine.absent:
        code += when(JUMP_EQUAL, number, ERROR | errno.ENOSYS)
    code += argument(machine.clone, 0, when(JUMP_ANY_BIT, NEW_NAMESPACES, ERROR | errno.EPERM))
    terminal = when(JUMP_EQUAL, TIOCSTI, ERROR | errno.EPERM) + when(JUMP_EQUAL, TIOCLINUX, ERROR | errno.EPERM)
    code += argument(machine.ioctl, 1, terminal)
    code += argument(machine.socket, 0, families())
    return b"".join([*code, step(RETURN, ALLOW)])


def families() -> list[bytes]:
    """Allow a few families of sockets; of netlink only the questions about routes and devices (zmq asks them)."""
    known = [part for family in FAMILIES for part in when(JUMP_EQUAL, family, ALLOW)]
    routes = [step(LOAD, ARGUMENTS + 8 * 2), *when(JUMP_EQUAL, NETLINK_ROUTE, ALLOW)]
    netlink = [step(JUMP_EQUAL, socket.AF_NETLINK, 0, len(routes)), *routes]
    return [*known, *netlink, step(RETURN, ERROR | errno.EAFNOSUPPORT)]


def argument(number: int, index: int, body: list[bytes]) -> list[bytes]:
    """Where the call is `number`: load the low half of its argument and run `body`, then allow."""
    inner = [step(LOAD, ARGUMENTS + 8 * index), *body, step(RETURN, ALLOW)]
    return [step(JUMP_EQUAL, number, 0, len(inner)), *inner]


def when(jump: int, value: int, answer: int) -> list[bytes]:
    return [step(jump, value, 0, 1), step(RETURN, answer)]


def unless_equal(value: int, answer: int) -> list[bytes]:
    return [step(JUMP_EQUAL, value, 1, 0), step(RETURN, answer)]


def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
