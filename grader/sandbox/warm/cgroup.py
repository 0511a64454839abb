"""Memory, process and CPU limits for a whole kernel, children included, where the machine lets us make control groups.

Version 1 keeps one tree per controller, version 2 a single one; a container often has neither, or read-only. So
`find` tries: it makes a group, writes the limits, and takes it away again. What it returns is known to work.
CPU limits are taken where they can be had and not insisted on: without them a greedy kernel slows its neighbours down,
as any process may.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.warm.limits import KernelLimits

ROOT = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds


@dataclass(frozen=True)
class CgroupTree:
    """Where groups can be made: a folder for each controller; in version 2 they are the same."""

    version: int
    memory: Path
    pids: Path
    cpu: Path | None

    def group(self, limits: KernelLimits) -> ControlGroup:
        """A new, empty group with these limits. Raises OSError."""
        name = f"grader-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        group = ControlGroup(self.version, self.memory / name, self.pids / name, self.cpu / name if self.cpu else None)
        if self.version == 2:
            wanted = "+memory +pids +cpu" if self.cpu else "+memory +pids"
            (self.memory / "cgroup.subtree_control").write_text(wanted)
        try:
            for folder in group.folders():
                folder.mkdir()
            group.limit(limits)
        except OSError:
            group.remove()
            raise
        return group


@dataclass(frozen=True)
class ControlGroup:
    """A control group for one kernel."""

    version: int
    memory: Path
    pids: Path
    cpu: Path | None

    def folders(self) -> set[Path]:
        return {folder for folder in (self.memory, self.pids, self.cpu) if folder is not None}

    def limit(self, limits: KernelLimits) -> None:
        (self.pids / "pids.max").write_text(str(limits.processes))
        memory = str(limits.memory_bytes)
        quota = str(int(limits.cpus * PERIOD))
        if self.version == 2:
            (self.memory / "memory.max").write_text(memory)
            write_where_known(self.memory / "memory.swap.max", "0")
            if self.cpu is not None:
                (self.cpu / "cpu.max").write_text(f"{quota} {PERIOD}")
            return
        (self.memory / "memory.limit_in_bytes").write_text(memory)
        write_where_known(self.memory / "memory.memsw.limit_in_bytes", memory)
        if self.cpu is not None:
            (self.cpu / "cpu.cfs_period_us").write_text(str(PERIOD))
            (self.cpu / "cpu.cfs_quota_us").write_text(quota)

    def add(self, pid: int) -> None:
        for folder in self.folders():
            (folder / "cgroup.procs").write_text(str(pid))

    def kills(self) -> int:
        """How many processes of the group were killed for memory."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        words = dict(line.split() for line in (self.memory / name).read_text().splitlines())
        return int(words.get("oom_kill", 0))

    def peak(self) -> int | None:
        """The most bytes ever charged to the group; None where the kernel does not keep it."""
        path = self.memory / ("memory.peak" if self.version == 2 else "memory.max_usage_in_bytes")
        return int(path.read_text()) if path.exists() else None

    def remove(self) -> None:
        """Take the group away; its processes are dead, but the kernel may need a moment to agree."""
        for folder in self.folders():
            for _ in range(50):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)


def write_where_known(path: Path, value: str) -> None:
    if path.exists():
        path.write_text(value)


def find() -> CgroupTree | None:
    """A tree in which groups can be made and limited, or None."""
    for tree in candidates():
        with contextlib.suppress(OSError):
            group = tree.group(KernelLimits())
            for folder in group.folders():
                sweep(folder.parent)
            group.remove()
            return tree
    return None


def sweep(folder: Path) -> None:
    """Take away the empty groups of judges that were killed before they could."""
    for left in folder.glob("grader-*-*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):  # it may have been swept by somebody else, or not be empty
                left.rmdir()


def candidates() -> list[CgroupTree]:
    """Where to try, best first: below our own group, then at the root of the tree."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    own = {name: path.lstrip("/") for _, names, path in (line.split(":", 2) for line in lines)
           for name in names.split(",")}  # fmt: skip
    trees = []
    for base in (ROOT, ROOT / "unified"):
        if (base / "cgroup.controllers").exists():
            place = base / own.get("", "")
            places = dict.fromkeys(
                folder for folder in (place, place.parent, base) if base in (folder, *folder.parents)
            )
            trees += [CgroupTree(2, folder, folder, cpu) for folder in places for cpu in (folder, None)]
    memory, pids, cpu = (ROOT / name for name in ("memory", "pids", "cpu"))
    if memory.is_dir() and pids.is_dir():
        mine = CgroupTree(1, memory / own.get("memory", ""), pids / own.get("pids", ""), cpu / own.get("cpu", ""))
        trees += [
            mine,
            CgroupTree(1, memory, pids, cpu),
            CgroupTree(1, mine.memory, mine.pids, None),
            CgroupTree(1, memory, pids, None),
        ]
    return trees
