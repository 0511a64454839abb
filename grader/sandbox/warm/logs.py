"""The end of what each kernel's C code printed, kept in bounded memory.

ipykernel repeats on its original stdout and stderr whatever is written to the descriptors below Python; a file there
could grow without end, a pipe that nobody reads would stop the kernel when it is full. So one thread reads
all pipes as they fill, and keeps the last 64 KiB of each.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading

KEPT = 1 << 16


class Log:
    """One kernel's."""

    def __init__(self, reader: int) -> None:
        self.reader = reader
        self._kept = b""
        self._lock = threading.Lock()

    def drain(self) -> bool:
        """Take what is there; False when there will be no more."""
        with self._lock, contextlib.suppress(BlockingIOError):
            if self.reader < 0:
                return False
            piece = os.read(self.reader, KEPT)
            self._kept = (self._kept + piece)[-KEPT:]
            return bool(piece)
        return True

    def text(self) -> str:
        self.drain()
        return self._kept.decode(errors="replace")

    def close(self) -> None:
        with self._lock:
            if self.reader >= 0:
                os.close(self.reader)
                self.reader = -1


class Logs:
    """Reads the logs of all kernels of an engine."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._logs: dict[int, Log] = {}
        self._over, self._end = os.pipe2(os.O_CLOEXEC)
        self._epoll.register(self._over, select.EPOLLIN)
        self._thread = threading.Thread(target=self._read, name="kernel logs", daemon=True)
        self._thread.start()

    def open(self) -> tuple[Log, int]:
        """A new log, and the descriptor to write to it, which the caller closes when the kernel has its copy."""
        reader, writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(reader, False)
        log = self._logs[reader] = Log(reader)
        self._epoll.register(reader, select.EPOLLIN)
        return log, writer

    def _read(self) -> None:
        while True:
            for descriptor, _ in self._epoll.poll():
                if descriptor == self._over:
                    return
                log = self._logs.get(descriptor)
                if log is not None and not log.drain():
                    self.close(log)

    def close(self, log: Log) -> None:
        """Stop reading a log; what was kept stays."""
        descriptor = log.reader
        if self._logs.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)
            log.close()

    def end(self) -> None:
        os.close(self._end)
        self._thread.join()
        for log in list(self._logs.values()):
            self.close(log)
        self._epoll.close()
        os.close(self._over)
