"""Where control groups cannot be had, the watchdog ends what uses too much memory, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.sandbox.doctor import Tier, examine
from grader.sandbox.warm import How, KernelLimits, WarmEngine
from tests.drawing import drawn
from tests.sandbox.warm.arena import run_cells

LIMITS = KernelLimits(memory_bytes=300 << 20, processes=64, scratch_bytes=64 << 20)

EIGHT_PROCESSES = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(os.urandom(1) * 70_000_000)
        time.sleep(20)
        os._exit(0)
time.sleep(20)
"""
SHARED = """
import mmap
kept = []
for _ in range(40):
    kept.append(mmap.mmap(-1, 20_000_000))
    kept[-1].write(b'x' * 20_000_000)
"""
MODEST = """
import os, time, torch
kept = torch.ones(20_000_000)
for _ in range(8):
    if os.fork() == 0:
        time.sleep(0.5)
        os._exit(0)
time.sleep(0.6)
print(kept.sum().item())
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmEngine]:
    """An engine that is told that there are no control groups."""
    tier = Tier.JAIL if examine().safe else Tier.WARM
    base = tmp_path_factory.mktemp("g", numbered=True)
    for folder in (base, *list(base.parents)[:3]):
        folder.chmod(0o711)
    opened = WarmEngine(tier, LIMITS, base, tree=None)
    yield opened
    opened.close()


@drawn(1)
@pytest.mark.parametrize("cell", [EIGHT_PROCESSES, SHARED], ids=["eight processes", "shared memory"])
def test_the_greedy_is_ended(engine: WarmEngine, cell: str) -> None:
    """Memory in several processes, or shared, is seen, and the judge is told that it was the memory."""
    fought = run_cells(engine, (cell,), 15)
    assert fought.end is not None and fought.end.how is How.MEMORY and fought.end.memory_kills == 1


def test_sharing_is_not_greed(engine: WarmEngine) -> None:
    """Nine processes that share 80 MB use 80 MB."""
    fought = run_cells(engine, (MODEST,), 15)
    assert "20000000.0" in fought.text and fought.end is not None and fought.end.how is How.STOPPED


def test_one_process_runs_into_its_own_limit(engine: WarmEngine) -> None:
    """A single allocation that is too large is a MemoryError in the cell, and the kernel lives on."""
    if engine.tier is not Tier.JAIL:
        pytest.skip("resource limits are set in the jail only")
    fought = run_cells(engine, ("x = bytearray(900_000_000)", "print('alive')"), 15)
    assert "MemoryError" in fought.text and "alive" in fought.text
