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
from contextlib import contextmanager
from pathlib import Path

PREFIX, LOCK = "gb-", "lock"
LONG = 40  # a socket's path may have 108 characters, and there is more to come below the folder


def base() -> Path:
    found = tempfile.gettempdir()
    return Path("/tmp" if len(found) > LONG and os.path.isdir("/tmp") else found)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for this process, gone when the block is left. What killed processes left is taken away first."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base()))
    folder.chmod(0o711)  # the jail's own user must get through to its runs
    try:
        with (folder / LOCK).open("wb") as file:
            locked(file.fileno())
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Take away our own folders that nobody holds."""
    for folder in base().glob(f"{PREFIX}*"):
        if not folder.is_symlink() and ours(folder) and (folder / LOCK).is_file():
            with (folder / LOCK).open("rb") as file:
                free = locked(file.fileno())
            if free:
                shutil.rmtree(folder, ignore_errors=True)


def ours(folder: Path) -> bool:
    return sys.platform != "win32" and folder.lstat().st_uid == os.getuid()


def locked(descriptor: int) -> bool:
    """Lock an open file if nobody else has. False too where the system has no such locks: then nothing is swept."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
