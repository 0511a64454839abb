"""A worker's temporary files: in one folder, which is taken away by whoever comes next where the worker was killed.

The folder holds a file that its owner keeps locked. The system lets go of the lock when the owner ends, however it
ends, and knows it across containers that share a disk, which a process number does not.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO

PREFIX, LOCK = "gb-", "lock"
LONG = 40  # a socket's path may have 108 characters, and there is more to come below the folder


def base() -> Path:
    found = tempfile.gettempdir()
    return Path("/tmp" if len(found) > LONG and os.path.isdir("/tmp") else found)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for this process, gone when the block is left. What killed processes left is taken away first."""
    sweep()
    folder, file = claimed()
    try:
        with file:
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def claimed() -> tuple[Path, BinaryIO]:
    """A new folder with its lock held. Another process that sweeps may take it for left behind until it is; then another one."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base()))
        try:
            folder.chmod(0o711)  # the jail's own user must get through to its runs
            file = (folder / LOCK).open("wb")
        except OSError:  # the disk is full
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if lock(file.fileno()) is not Hold.OTHERS and os.fstat(file.fileno()).st_nlink:
            return folder, file
        file.close()


def sweep() -> None:
    """Take away our own folders that nobody holds."""
    for folder in base().glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # its owner has just ended, or another process sweeps too
            if not folder.is_symlink() and ours(folder):
                with (folder / LOCK).open("rb") as file:
                    if (
                        lock(file.fileno()) is Hold.OURS
                    ):  # kept until it is gone: its owner may still be about to lock it
                        shutil.rmtree(folder, ignore_errors=True)


def ours(folder: Path) -> bool:
    return sys.platform != "win32" and folder.lstat().st_uid == os.getuid()


class Hold(Enum):
    """Who holds a lock."""

    OURS = auto()
    OTHERS = auto()
    NOBODY = auto()  # the system has no such locks: then nothing is swept


def lock(descriptor: int) -> Hold:
    """Lock an open file if nobody else has."""
    if sys.platform == "win32":
        return Hold.NOBODY
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Hold.OTHERS
    except OSError:  # ENOLCK, ENOTSUP: some network shares
        return Hold.NOBODY
    return Hold.OURS
