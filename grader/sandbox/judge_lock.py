"""One thread of a process judges at a time; the others wait for their sandboxes meanwhile.

torch's default dtype and random generator, sys.stdout and the filters of warnings belong to the whole process, and known
answers that are replayed set all of them: in float64, from a fixed seed, without a sound. Two replays at once would draw
each other's numbers and leave each other's settings behind. So whoever judges holds the turn, and gives it away only
while a sandbox is waited for, which is where most of the time goes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.Lock()
_mine = threading.local()


@contextmanager
def judging() -> Iterator[None]:
    """Hold the turn while the block runs. Within another such block nothing changes."""
    if getattr(_mine, "held", False):
        yield
        return
    with _turn:
        _mine.held = True
        try:
            yield
        finally:
            _mine.held = False


@contextmanager
def waiting() -> Iterator[None]:
    """Let other threads judge while the block waits for a sandbox. Nothing where the turn is not held, or is kept."""
    if not getattr(_mine, "held", False) or getattr(_mine, "kept", False):
        yield
        return
    _mine.held = False
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()
        _mine.held = True


@contextmanager
def kept() -> Iterator[None]:
    """Keep the turn even while a sandbox is waited for: settings of the whole process are in use."""
    before = getattr(_mine, "kept", False)
    _mine.kept = True
    try:
        yield
    finally:
        _mine.kept = before
