"""The law for whatever reads a stranger's bytes: no exception but the project's own, no long time, no large memory."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path

from grader.errors import GraderError

CPU = 1.0  # seconds for one input, on a machine that has nothing else to do
CROWDED = 4  # how many times as long a core may take that others use as well
MEMORY = 200 << 20  # bytes more than before
LARGEST = 1 << 20  # bytes of an input: what is larger is refused by its size, which is tested elsewhere

Target = Callable[[bytes], None]


class Unlawful(AssertionError):
    """An input that broke the law, and how."""


def keep(target: Target, data: bytes, crowded: int = CROWDED) -> None:
    """Give an input to a target. Raises Unlawful where it does more than refuse it with an error of the project's own."""
    before = forget_peak()
    began = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the judge says none of them to anybody
            target(data)
    except GraderError:
        pass
    except Exception as error:
        raise Unlawful(f"{type(error).__name__}: {str(error)[:200]}") from error
    seconds = time.process_time() - began
    if seconds > CPU * crowded:
        raise Unlawful(f"it took {seconds:.1f} s of CPU time")
    if before and (more := peak() - before) > MEMORY:
        raise Unlawful(f"it took {more >> 20} MB of memory")


def forget_peak() -> int:
    """Let Linux count the peak of memory anew from now on; the bytes in use, or 0 where that cannot be told."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return peak()
    except OSError:
        return 0


def peak() -> int:
    """The most memory this process has held since `forget_peak`, in bytes."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
