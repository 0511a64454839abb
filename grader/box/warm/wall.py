"""The outer wall: the container around the warm process and all its kernels.

Theory of operation
-------------------
Bubblewrap makes it: new namespaces of every kind, an empty root folder, and into it, read-only, what is named here
and nothing else. It is a list of what is seen, not of what is hidden: the system's programs and libraries, the interpreter and
its packages, a few files of /etc, and of the grader only what notebooks may import (`SEEN_OF_GRADER`) and what runs
inside (`room`). So the home folder, other submissions, the gradebook, `solutions/`, `grader/lessons` and the
environment are not forbidden: they are not there. The folder with the runs is the one thing that can be written,
and each kernel covers it (see `room.jail`).

The warm process is uid 0 of its user namespace, which is an unprivileged uid outside, and keeps the four
capabilities it needs to build the inner walls: SYS_ADMIN (namespaces and mounts), NET_ADMIN (to raise a loopback
device), SETPCAP (to forbid capabilities), SETFCAP (to map its own uid into a kernel's user namespace). They count in this namespace only. No student's code ever runs in it.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import site
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import grader

SCRATCH = "/room"
GRADER = Path(grader.__file__).resolve().parent
SEEN_OF_GRADER = ("__init__.py", "errors.py", "data", "box/inside", "box/warm/room")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
OF_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types",
          "nsswitch.conf", "ssl/certs")  # fmt: skip
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETPCAP", "CAP_SETFCAP")
FIRST_UID, UIDS = 61184, 4096  # the range that systemd gives to services without an account


@dataclass(frozen=True)
class Wall:
    """Where the runs lie, and as whom (a uid, or None for the judge's own) the warm process lives."""

    runs: Path
    uid: int | None
    bwrap: str

    def command(self, inside: list[str], environment: dict[str, str], info: int) -> list[str]:
        """argv that runs `inside` behind the wall. info: descriptor on which bubblewrap tells the pid of its init."""
        hoisted = self.hoisted()
        plan = {"uid": self.uid, "hoist": hoisted, "bwrap": self.bwrap}
        arguments = ["--info-fd", str(info), *namespaces(), *self.view(hoisted)]
        for name, value in environment.items():
            arguments += ["--setenv", name, value]
        script = str(Path(__file__).with_name("descend.py"))
        return [sys.executable, "-P", "-s", "-S", script, json.dumps(plan), *arguments, "--", *inside]

    def hoisted(self) -> dict[str, str]:
        """Folders that the unprivileged uid cannot reach by their path, and where it will find them instead."""
        if self.uid is None:
            return {}
        far = [place for place in read_only() if not reachable(Path(place))]
        stage = {place: self.runs.parent / "stage" / str(number) for number, place in enumerate(far)}
        for place, spot in stage.items():
            spot.parent.mkdir(exist_ok=True)
            spot.mkdir(exist_ok=True) if Path(place).is_dir() else spot.touch()
        return {place: str(spot) for place, spot in stage.items()}

    def view(self, hoisted: dict[str, str]) -> list[str]:
        """bubblewrap's arguments for what is seen, and where."""
        arguments = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", SCRATCH]
        for place in SYSTEM:
            if Path(place).is_symlink():
                arguments += ["--symlink", os.readlink(place), place]
        places = read_only()
        for place in places:
            arguments += ["--ro-bind", hoisted.get(place, place), place]
        if any(GRADER.is_relative_to(place) for place in places):  # installed: cover what came with the packages
            arguments += ["--tmpfs", str(GRADER)]
        for place in seen_of_grader():
            arguments += ["--ro-bind", hoisted.get(place, place), place]
        runs = str(self.runs)
        return [*arguments, "--bind", runs, runs, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def build(runs: Path, bwrap: str | None) -> Wall:
    """The wall for this judge. Raises FileNotFoundError where bubblewrap is not installed."""
    if bwrap is None:
        raise FileNotFoundError("bubblewrap (bwrap) is not installed")
    return Wall(runs, spare_uid() if os.geteuid() == 0 else None, bwrap)


def find_bwrap() -> str | None:
    """bubblewrap, from the system or from beside the interpreter."""
    beside = Path(sys.executable).with_name("bwrap")
    return shutil.which("bwrap") or (str(beside) if beside.exists() else None)


def namespaces() -> list[str]:
    arguments = ["--unshare-all", "--unshare-user", "--uid", "0", "--gid", "0", "--hostname", "room"]
    # As pid 1: when the warm process ends, however it does, the kernel ends all that was ever started in there.
    arguments += ["--as-pid-1", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    return arguments + [word for name in CAPABILITIES for word in ("--cap-add", name)]


def read_only() -> list[str]:
    """Everything that is seen, apart from the grader: system, interpreter, packages. Outer folders come first."""
    etc = [f"/etc/{name}" for name in OF_ETC]
    packages = [sys.base_prefix, sys.prefix, *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        packages.append(site.getusersitepackages())
    system = [place for place in SYSTEM if not Path(place).is_symlink()]
    seen: list[str] = []
    for place in [*system, *etc, *sorted(packages)]:
        if Path(place).exists() and not any(Path(place).is_relative_to(outer) for outer in seen):
            seen.append(place)
    return seen


def seen_of_grader() -> list[str]:
    return [str(GRADER / name) for name in SEEN_OF_GRADER if (GRADER / name).exists()]


def below_tmp() -> list[str]:
    """What is seen and lies in /tmp, outer folders first: each kernel has a /tmp of its own, which covers it."""
    return [place for place in (*read_only(), *seen_of_grader()) if Path(place).is_relative_to("/tmp")]


def reachable(place: Path) -> bool:
    """Whether everybody may go there."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in place.parents)


def spare_uid() -> int:
    """A uid that belongs to no account, and hardly to another judge that runs now (the walls hold if it does)."""
    for step in range(UIDS):
        uid = FIRST_UID + (os.getpid() + step) % UIDS
        try:
            pwd.getpwuid(uid)
        except KeyError:
            return uid
    raise OSError(f"every uid from {FIRST_UID} to {FIRST_UID + UIDS - 1} belongs to an account")
