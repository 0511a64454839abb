"""What one kernel may use, and how one ended: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class KernelLimits:
    """What one kernel may use, beyond what it shares with the warm process."""

    memory_bytes: int = 2 << 30
    processes: int = 128  # threads count
    cpus: float = 1.0  # of time, all processes together; only where there are control groups
    scratch_bytes: int = 256 << 20  # working folder, /tmp and /dev/shm together; also the largest file
    scratch_files: int = 4096
    descriptors: int = 1024
    cpu_seconds: int = 3600  # of one process; wall time is the judge's business


class How(Enum):
    """How a kernel ended."""

    STOPPED = "stopped"  # the judge killed it or shut it down
    EXITED = "exited"  # it left by itself: os._exit, or a shutdown request it sent itself
    CRASHED = "crashed"  # by a signal: a segmentation fault, an abort
    MEMORY = "memory"  # it reached its memory limit
    CPU = "cpu"  # it used up its CPU seconds
    KILLED = "killed"  # by somebody else: the machine ran out of memory, or a person
    LOST = "lost"  # the warm process died first: our fault


@dataclass(frozen=True)
class KernelEnd:
    """How a kernel ended, and what it had used.

    status: as from waitpid, negative for a signal; None when LOST. cpu_seconds: of the kernel and the children it waited
    for, its fork included. memory_peak: bytes, None where nothing counted them. memory_kills: how many of its processes
    were killed for memory; the kernel itself may have lived on. log: what C code printed, at most 64 KiB.
    """

    how: How
    status: int | None
    cpu_seconds: float
    memory_peak: int | None
    memory_kills: int
    log: str
