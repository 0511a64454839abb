"""When a file is saved.

A look at one file twice a second: change notifications do not arrive from network drives and in many containers, and
a notebook is replaced as often as it is written to.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

PAUSE = 0.5  # seconds between two looks


def saves(path: Path, pause: float = PAUSE) -> Iterator[None]:
    """One item at once, and one each time the content of `path` has changed since the last. Never ends by itself.

    Saving the same again, as an editor does by itself every minute or two, is no change. While the file is not there,
    as for a moment when it is replaced, there is nothing to tell.
    """
    stamp: tuple[int, int] | None = None
    content = ""
    while True:
        before, stamp = stamp, stamp_of(path)
        if stamp is not None and stamp != before:
            was, content = content, sha256(path.read_bytes()).hexdigest()
            if content != was:
                yield
        time.sleep(pause)


def stamp_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size
