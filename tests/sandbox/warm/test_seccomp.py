"""The filter of system calls, run by a small interpreter of BPF: what it answers to each call."""

from __future__ import annotations

import errno
import struct

import pytest

from grader.sandbox.warm.guest import seccomp
from grader.sandbox.warm.guest.seccomp import ALLOW, ERROR, KILL, MACHINES


def answer(program: bytes, number: int, arguments: tuple[int, ...] = (), architecture: int = 0) -> int:
    """Run the program over one call, as the kernel would (linux/filter.h, the five instructions it uses)."""
    data = struct.pack("IIQ6Q", number, architecture, 0, *(arguments + (0,) * 6)[:6])
    steps = [struct.unpack_from("HBBI", program, place) for place in range(0, len(program), 8)]
    place, value = 0, 0
    while True:
        code, if_true, if_false, constant = steps[place]
        place += 1
        if code == seccomp.LOAD:
            (value,) = struct.unpack_from("I", data, constant)
        elif code == seccomp.RETURN:
            return constant
        else:
            holds = {seccomp.JUMP_EQUAL: value == constant, seccomp.JUMP_GREATER: value > constant,
                     seccomp.JUMP_ANY_BIT: bool(value & constant)}[code]  # fmt: skip
            place += if_true if holds else if_false


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> seccomp.Machine:
    return MACHINES[request.param]


def test_ordinary_calls_are_allowed(machine: seccomp.Machine) -> None:
    """Every call that is on no list passes, whatever its arguments."""
    program = seccomp.assemble(machine)
    listed = {*machine.refused, *machine.absent, machine.clone, machine.socket, machine.ioctl}
    for number in set(range(machine.newest + 1)) - listed:
        assert answer(program, number, (2**64 - 1,) * 6, machine.audit) == ALLOW


def test_refused_calls_are_refused(machine: seccomp.Machine) -> None:
    """Each call on the list is answered with EPERM."""
    program = seccomp.assemble(machine)
    assert len(machine.refused) > 40
    assert all(answer(program, number, (), machine.audit) == ERROR | errno.EPERM for number in machine.refused)


def test_unknown_calls_are_absent(machine: seccomp.Machine) -> None:
    """A call newer than the list, or of the x32 table, is answered as by an older kernel."""
    program = seccomp.assemble(machine)
    for number in (*machine.absent, machine.newest + 1, 0x40000000, 0x40000000 + 59, 2**32 - 1):
        assert answer(program, number, (), machine.audit) == ERROR | errno.ENOSYS


def test_another_architecture_ends_the_process(machine: seccomp.Machine) -> None:
    """Calls by another table of numbers (32-bit ones, say) are not looked at."""
    assert answer(seccomp.assemble(machine), 1, (), machine.audit ^ 1) == KILL


@pytest.mark.parametrize("flag", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80])
def test_clone_makes_no_namespaces(machine: seccomp.Machine, flag: int) -> None:
    """A fork and a thread pass, each flag that makes a namespace is refused."""
    program = seccomp.assemble(machine)
    assert answer(program, machine.clone, (0x01200011,), machine.audit) == ALLOW  # fork(), as glibc does it
    assert answer(program, machine.clone, (0x003D0F00,), machine.audit) == ALLOW  # pthread_create()
    assert answer(program, machine.clone, (flag | 17,), machine.audit) == ERROR | errno.EPERM


@pytest.mark.parametrize(("arguments", "allowed"), [
    ((1, 1, 0), True), ((2, 1, 6), True), ((10, 2, 0), True), ((16, 3, 0), True),
    ((16, 3, 9), False), ((17, 3, 0), False), ((38, 5, 0), False), ((40, 1, 0), False), ((2**32 - 1, 1, 0), False),
])  # fmt: skip
def test_only_known_families_of_sockets(machine: seccomp.Machine, arguments: tuple[int, ...], allowed: bool) -> None:
    """Unix, IPv4, IPv6 and questions about routes; no packet, crypto or virtual machine sockets."""
    expected = ALLOW if allowed else ERROR | errno.EAFNOSUPPORT
    assert answer(seccomp.assemble(machine), machine.socket, arguments, machine.audit) == expected


def test_nothing_is_typed_into_terminals(machine: seccomp.Machine) -> None:
    """TIOCSTI and TIOCLINUX are refused, whatever the upper half of the argument says; other ioctls pass."""
    program = seccomp.assemble(machine)
    for request in (seccomp.TIOCSTI, seccomp.TIOCLINUX, seccomp.TIOCSTI | 1 << 32):
        assert answer(program, machine.ioctl, (0, request), machine.audit) == ERROR | errno.EPERM
    assert answer(program, machine.ioctl, (0, 0x5401), machine.audit) == ALLOW


def test_the_kernel_takes_the_program() -> None:
    """It is shorter than the kernel allows, and every jump stays inside."""
    for machine in MACHINES.values():
        program = seccomp.assemble(machine)
        length = len(program) // 8
        assert length < 4096
        for place in range(length):
            code, if_true, if_false, _ = struct.unpack_from("HBBI", program, 8 * place)
            if code not in (seccomp.LOAD, seccomp.RETURN):
                assert place + 1 + max(if_true, if_false) < length
