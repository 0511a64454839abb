"""The outer wall: the container around the warm process and all its kernels.

Theory of operation
-------------------
Bubblewrap makes it: new namespaces of every kind, an empty root folder, and into it, read-only, what is named here
and nothing else. It is a list of what is seen, not of what is hidden: the system's programs and libraries, the interpreter and
its packages, a few files of /etc, and of the grader only what notebooks may import (`SEEN_OF_GRADER`) and what runs
inside (`guest`). So the home folder, other submissions, the gradebook, `solutions/`, `grader/lessons` and the
environment are not forbidden: they are not there. Where the grader lies among packages, these are shown one by one,
without what came with it; of an environment only the folders that programs need are shown, not a checkout that happens to
lie in it. `doctor` looks for the answers from inside all the same. The folder with the runs is the one thing that can be written,
and each kernel covers it (see `guest.jail`).

The warm process is uid 0 of its user namespace, which is an unprivileged uid outside, and keeps the four
capabilities it needs to build the inner walls: SYS_ADMIN (namespaces and mounts), NET_ADMIN (to raise a loopback
device), SETPCAP (to forbid capabilities), SETFCAP (to map its own uid into a kernel's user namespace). They count in this namespace only. No student's code ever runs in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import shutil
import site
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grader
from grader import lesson_folders

SCRATCH = "/sandbox"
GRADER = Path(grader.__file__).resolve().parent
CHECKOUT = GRADER.parent  # or the folder of packages
SEEN_OF_GRADER = ("__init__.py", "errors.py", "model", "data", "sandbox/guest", "sandbox/warm/guest")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
OF_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types",
          "nsswitch.conf", "ssl/certs")  # fmt: skip
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETPCAP", "CAP_SETFCAP")
# Of an environment (venv, conda, pyenv) what programs need: `pip install -e git+...` puts a checkout into `src` beside these.
OF_PREFIX = ("bin", "lib", "lib32", "lib64", "libexec", "include", "share", "etc", "ssl", "conda-meta", "pyvenv.cfg")
# `grader`, `notebook_grader-0.1.0.dist-info`, `_editable_impl_notebook_grader.pth`
OURS = re.compile(r"grader|.*notebook[-_.]grader.*", re.IGNORECASE)
FIRST_UID, UIDS = 61184, 4096  # the range that systemd gives to services without an account


@dataclass(frozen=True)
class Container:
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
        script = str(Path(__file__).with_name("drop_privileges.py"))
        return [sys.executable, "-P", "-s", "-S", script, json.dumps(plan), *arguments, "--", *inside]

    def hoisted(self) -> dict[str, str]:
        """Folders that the unprivileged uid cannot reach by their path, and where it will find them instead."""
        if self.uid is None:
            return {}
        shown = [step.place for step in steps() if step.shows and Path(step.place).parent not in site_folders()]
        far = [place for place in (*shown, *map(str, site_folders())) if not reachable(Path(place))]
        stage = {place: self.runs.parent / "stage" / str(number) for number, place in enumerate(dict.fromkeys(far))}
        for place, spot in stage.items():
            spot.parent.mkdir(exist_ok=True)
            spot.mkdir(exist_ok=True) if Path(place).is_dir() else spot.touch()
        return {place: str(spot) for place, spot in stage.items()}

    def view(self, hoisted: dict[str, str]) -> list[str]:
        """bubblewrap's arguments for what is seen, and where."""
        arguments = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", SCRATCH]
        for place in symlinks():
            arguments += ["--symlink", os.readlink(place), place]
        for step in steps():
            how = ["--ro-bind", reached(step.place, hoisted)] if step.shows else ["--tmpfs"]
            arguments += [*how, step.place]
        for step in steps():
            arguments += [] if step.shows else ["--remount-ro", step.place]
        runs = str(self.runs)
        return [*arguments, "--bind", runs, runs, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


@dataclass(frozen=True)
class Mount:
    """One mount: a place is shown as it is, or covered by an empty folder. A later one hides what an earlier one showed."""

    place: str
    shows: bool = True


def steps() -> tuple[Mount, ...]:
    """What is seen, in the order in which it is mounted: system, interpreter, packages without ours, a little of ours."""
    return steps_at(lesson_folders.state())


@cache
def steps_at(_state: lesson_folders.State) -> tuple[Mount, ...]:
    found: list[Mount] = []

    def show(*places: str) -> None:
        for place in places:
            if Path(place).exists() and not Path(place).is_symlink() and not is_shown(place, found):
                found.append(Mount(place))

    show(*SYSTEM, *(f"/etc/{name}" for name in OF_ETC))
    for _ in range(2):  # the checkout may lie in an environment that is shown, and an environment in the checkout
        if is_shown(str(CHECKOUT), found):
            found.append(Mount(str(CHECKOUT), shows=False))
        show(*(f"{prefix}/{part}" for prefix in prefixes() for part in OF_PREFIX))
    show(*map(str, site_folders()))
    for folder in site_folders():
        if is_shown(str(folder), found) and any(OURS.fullmatch(entry.name) for entry in folder.iterdir()):
            found.append(Mount(str(folder), shows=False))
            show(*(str(entry) for entry in sorted(folder.iterdir()) if not OURS.fullmatch(entry.name)))
    if is_shown(str(GRADER), found):
        found.append(Mount(str(GRADER), shows=False))
    show(*(str(GRADER / name) for name in SEEN_OF_GRADER))
    for folder in lesson_folders.hidden_places():  # a package of lessons lies among those that are shown
        if is_shown(str(folder), found):
            found.append(Mount(str(folder), shows=False))
    return tuple(found)


def is_shown(place: str, so_far: Sequence[Mount]) -> bool:
    """Whether a place is seen after these mounts: the last one that reaches it decides."""
    return next((step.shows for step in reversed(so_far) if Path(place).is_relative_to(step.place)), False)


def prefixes() -> list[str]:
    """The folders of the environments that this interpreter lives on, outer ones first."""
    return sorted({sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix})


def site_folders() -> list[Path]:
    """Every folder of packages that can come into sight: this interpreter's, its base's, other Pythons' of the system."""
    roots = [Path(prefix) for prefix in (*prefixes(), "/usr", "/usr/local")]
    found = [
        folder for root in roots for kind in ("site", "dist") for folder in root.glob(f"lib*/python3*/{kind}-packages")
    ]
    found += map(Path, site.getsitepackages())
    if site.ENABLE_USER_SITE:
        found.append(Path(site.getusersitepackages()))
    return sorted(
        {folder for folder in found if folder.is_dir() and not any(map(Path.is_symlink, (folder, *folder.parents)))}
    )


def symlinks() -> list[str]:
    """Links of the system and of the environments, which stay links: `/lib -> usr/lib`, `lib64 -> lib`."""
    found = [*SYSTEM, *(f"{prefix}/{part}" for prefix in prefixes() for part in OF_PREFIX)]
    return [place for place in found if Path(place).is_symlink() and not is_shown(place, steps())]


def reached(place: str, hoisted: dict[str, str]) -> str:
    """Where the unprivileged uid finds a place: itself, or below a folder that was hoisted."""
    for folder, spot in hoisted.items():
        if Path(place).is_relative_to(folder):
            return str(Path(spot, Path(place).relative_to(folder)))
    return place


def build(runs: Path, bwrap: str | None) -> Container:
    """The wall for this judge. Raises FileNotFoundError where bubblewrap is not installed."""
    if bwrap is None:
        raise FileNotFoundError("bubblewrap (bwrap) is not installed")
    return Container(runs, spare_uid() if os.geteuid() == 0 else None, bwrap)


def find_bwrap() -> str | None:
    """bubblewrap, from the system or from beside the interpreter."""
    beside = Path(sys.executable).with_name("bwrap")
    return shutil.which("bwrap") or (str(beside) if beside.exists() else None)


def namespaces() -> list[str]:
    arguments = ["--unshare-all", "--unshare-user", "--uid", "0", "--gid", "0", "--hostname", "sandbox"]
    # As pid 1: when the warm process ends, however it does, the kernel ends all that was ever started in there.
    arguments += ["--as-pid-1", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    return arguments + [word for name in CAPABILITIES for word in ("--cap-add", name)]


def answers() -> list[Path]:
    """Every file that tells what is right: solutions, checks, and whatever else of the grader is not meant to be seen."""
    folders = [GRADER, CHECKOUT / "solutions", CHECKOUT / "tests", *(folder / "grader" for folder in site_folders())]
    files = {path for folder in folders if folder.is_dir() for path in folder.rglob("*.py")}
    files |= {path for lesson in lesson_folders.outside() for path in lesson_folders.files_of(lesson.id)}
    meant = [GRADER / name for name in SEEN_OF_GRADER]
    return sorted(path for path in files if not any(path.is_relative_to(seen) for seen in meant))


def digests() -> dict[str, list[str]]:
    """Name and sha256 of each solution, by which a copy is known wherever it lies; several lessons may call it the same."""
    found: dict[str, list[str]] = {}
    for lesson in lesson_folders.found().values():
        if lesson.solution:
            digest = hashlib.sha256(lesson.solution.read_bytes()).hexdigest()
            found.setdefault(lesson.solution.name, []).append(digest)
    return found


def below_tmp() -> list[str]:
    """What is seen and lies in /tmp, outer folders only: each kernel has a /tmp of its own, which covers it."""
    found: list[str] = []
    for step in steps():
        if Path(step.place).is_relative_to("/tmp") and not any(
            Path(step.place).is_relative_to(outer) for outer in found
        ):
            found.append(step.place)
    return found


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
