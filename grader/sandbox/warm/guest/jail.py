"""The inner wall: what a kernel's process does to itself before the student's code may run in it.

Theory of operation
-------------------
The warm process already stands inside the outer wall (see `grader.sandbox.warm.container`): an unprivileged uid, a bubblewrap
container with its own user, mount, pid, network, ipc and uts namespaces, a read-only system, none of the grader's
own files, no environment. In that container it is "root", which outside means nothing at all, and it keeps one
power there: to make further namespaces. For each kernel it makes a pid namespace and forks; the child, pid 1 in it,
runs `enter` below, in this order, because each step takes away what the next ones no longer need:

1. New mount, network, ipc and uts namespaces: whatever happens next is seen by this kernel alone. The network has
   a loopback device and nothing else, so abstract sockets and ports are the kernel's own too.
2. One tmpfs, limited in bytes and inodes, is the whole of what can be written: the working folder, /tmp and
   /dev/shm are three corners of it. A fresh /proc shows this pid namespace only, a fresh /dev/pts this kernel's
   terminals only. The folder with everybody's runs is covered, and this run's folder put back into it.
3. The five sockets of the kernel are bound in the run's folder, which then becomes read-only: the student can
   connect to what is there but leaves nothing behind on the machine's disk.
4. A new user namespace. Its owner has no power over the mounts and the network made before, and the number of
   its processes is counted by itself.
5. No capabilities, no new privileges, resource limits, Landlock where the kernel has it, and a filter of system
   calls that refuses the ones used to make namespaces, mount, trace, or reach rarely used parts of the kernel.

Because the kernel is pid 1 of its pid namespace, everything it ever started dies with it, whatever it did to hide.
"""

from __future__ import annotations

import fcntl
import os
import resource
import socket
import struct
from pathlib import Path
from typing import Any

from . import landlock, seccomp, syscalls

HARDENED = syscalls.MS_NOSUID | syscalls.MS_NODEV
STUDENT = 1000  # uid and gid that the student sees; outside they are the warm process's own
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 1, 64


def enter(request: dict[str, Any]) -> None:
    """Build the inner wall around this process. Raises OSError, with the name of the call, when a layer cannot be had.

    request: `run` (the run's folder), `runs` (where all runs lie), `scratch` (mount point), `below_tmp` (what
    has to be seen and lies in /tmp), `limits`.
    """
    syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS)
    syscalls.mount("none", "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    raise_loopback()
    socket.sethostname("sandbox")
    mount_own_folders(request)


def lock(request: dict[str, Any]) -> None:
    """The second half, after the sockets are bound: nothing of this can be undone."""
    read_only(request["run"], syscalls.MS_NOEXEC)
    syscalls.unshare(syscalls.CLONE_NEWUSER)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # the change of credentials made /proc/self unreadable
    map_user()
    syscalls.drop_capabilities()
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    limit_resources(request["limits"])
    if landlock.version():
        landlock.restrict(writable=[request["scratch"], "/tmp", "/dev", "/proc"], readable=["/"])
    seccomp.install()


def mount_own_folders(request: dict[str, Any]) -> None:
    scratch, run, runs = request["scratch"], request["run"], request["runs"]
    limits = request["limits"]
    run_itself = os.open(run, os.O_PATH | os.O_DIRECTORY)
    covered = {place: os.open(place, os.O_PATH) for place in request["below_tmp"]}
    size = f"size={limits['scratch_bytes']},nr_inodes={limits['scratch_files']},mode=0755"
    syscalls.mount("scratch", scratch, "tmpfs", HARDENED, size)
    for corner, place, mode in (("work", None, 0o755), ("tmp", "/tmp", 0o1777), ("shm", "/dev/shm", 0o1777)):
        folder = Path(scratch, corner)
        folder.mkdir()
        folder.chmod(mode)
        if place:
            syscalls.mount(str(folder), place, None, syscalls.MS_BIND)
    for place, itself in covered.items():
        uncover(Path(place), itself)
    Path(runs).mkdir(parents=True, exist_ok=True)
    syscalls.mount("runs", runs, "tmpfs", HARDENED, "size=16k,nr_inodes=8,mode=0755")
    Path(run).mkdir()
    syscalls.mount(f"/proc/self/fd/{run_itself}", run, None, syscalls.MS_BIND)
    os.close(run_itself)
    read_only(runs)
    syscalls.mount("proc", "/proc", "proc", HARDENED | syscalls.MS_NOEXEC)
    syscalls.mount(
        "/proc/sys", "/proc/sys", None, syscalls.MS_BIND
    )  # the network's settings would be the student's to write
    read_only("/proc/sys", syscalls.MS_NOEXEC)
    syscalls.mount(
        "devpts", "/dev/pts", "devpts", syscalls.MS_NOSUID | syscalls.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620"
    )


def uncover(place: Path, itself: int) -> None:
    """Put back what the private /tmp has covered: an interpreter, packages or a checkout that lie there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if Path(f"/proc/self/fd/{itself}").is_dir():
        place.mkdir(exist_ok=True)
    else:
        place.touch()
    # With what is mounted below it: a folder of packages is covered, and shows its packages one by one.
    syscalls.mount(f"/proc/self/fd/{itself}", str(place), None, syscalls.MS_BIND | syscalls.MS_REC)
    os.close(itself)
    read_only(str(place))


def read_only(place: str, also: int = 0) -> None:
    """Make a mount read-only; the flags it has already must be said again."""
    syscalls.mount("none", place, None, syscalls.MS_BIND | syscalls.MS_REMOUNT | syscalls.MS_RDONLY | HARDENED | also)


def map_user() -> None:
    """Be nobody in particular: one uid, one gid, no other groups."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{STUDENT} 0 1")
    Path("/proc/self/gid_map").write_text(f"{STUDENT} 0 1")


def raise_loopback() -> None:
    """127.0.0.1 of this kernel's own: multiprocessing managers and the like expect one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        fcntl.ioctl(line, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


def limit_resources(limits: dict[str, int]) -> None:
    """Limits per process. Memory counts from what the warm process had, so that the student gets what was promised."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["scratch_bytes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_DATA, own_data() + limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(what, (most, most))


def own_data() -> int:
    """Bytes of private writable memory that this process has mapped already."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    raise OSError("no VmData in /proc/self/status")
