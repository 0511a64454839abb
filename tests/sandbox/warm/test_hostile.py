"""Hostile notebooks behind the walls: nothing is lost, nobody is hurt, nothing stays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.sandbox.doctor import Tier, examine
from grader.sandbox.warm import How, KernelLimits, WarmEngine, open_warm
from grader.sandbox.warm.container import below_tmp
from tests.drawing import drawn
from tests.sandbox.warm.arena import Neighbour, Planted, fight, inhabitants, plant, run_cells
from tests.sandbox.warm.attacks import ATTACKS, CALLS, ESCAPING, LINES, NETWORK, PLACES, READING, WRITING, Attack

pytestmark = pytest.mark.skipif(
    not examine().safe, reason=" ".join(examine().sentence(layer).en for layer in examine().missing) or "it is safe"
)
LIMITS = KernelLimits(memory_bytes=600 << 20, processes=64, scratch_bytes=64 << 20, scratch_files=1000, cpu_seconds=120)


@dataclass(frozen=True)
class Arena:
    engine: WarmEngine
    neighbour: Neighbour
    planted: Planted
    before: frozenset[int]


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    os.environ["GRADER_SECRET"] = f"JUDGE-SECRET-{os.urandom(16).hex()}"
    judge = tmp_path_factory.mktemp("judge")
    with plant(judge) as planted, open_warm(Tier.JAIL, LIMITS) as engine, engine.folder() as run:
        neighbour = Neighbour(engine, run)
        neighbour.start()
        yield Arena(engine, neighbour, planted, inhabitants(engine))
        neighbour.stop()
    del os.environ["GRADER_SECRET"]


QUICK = {*READING, *WRITING, *NETWORK, *ESCAPING, *CALLS, *PLACES[:6], *LINES[:4]}


@drawn(20)
@pytest.mark.parametrize(
    "attack",
    [pytest.param(a, id=a.name, marks=() if a in QUICK else pytest.mark.slow) for a in ATTACKS],
)
def test_the_attack_gets_nothing_and_hurts_nobody(arena: Arena, attack: Attack) -> None:
    """A hostile notebook learns nothing, costs nobody anything, and leaves nothing behind."""
    ends = attack.ends if isinstance(attack.ends, tuple) else (attack.ends,)
    fought = fight(arena.engine, attack, arena.planted, arena.neighbour.run)
    assert "LOST" not in fought.text, fought.text
    assert attack.says in fought.text, fought
    assert fought.end is not None and fought.end.how in ends, fought
    assert fought.in_time or not attack.in_time, fought
    assert not fought.left
    assert arena.neighbour.is_well()
    assert arena.engine.replaced == 0
    assert not arena.planted.visited()
    assert settled(arena), f"these were not there before: {inhabitants(arena.engine) - arena.before}"


def settled(arena: Arena) -> bool:
    """Whether, a moment later, exactly those live that lived before."""
    for _ in range(20):
        if inhabitants(arena.engine) == arena.before:
            return True
        time.sleep(0.05)
    return False


def test_the_next_kernel_is_as_good_as_new(arena: Arena) -> None:
    """After all that, a fresh kernel finds a clean folder, a working torch and its own processes only."""
    ours = {Path(place).parts[2] for place in (*below_tmp(), str(arena.engine.runs)) if place.startswith("/tmp/")}
    fought = run_cells(arena.engine, (
        f"import os, torch, random\nprint(os.listdir('.'), set(os.listdir('/tmp')) <= {ours}, os.listdir('/dev/shm'))",
        "print(torch.add(torch.ones(2), 1).tolist(), torch.__file__.endswith('torch/__init__.py'))",
        "print(sum([1, 2]), [p for p in os.listdir('/proc') if p.isdigit()])",
    ), 10)  # fmt: skip
    assert [line for line in fought.text.splitlines() if line] == ["[] True []", "[2.0, 2.0] True", "3 ['1']"]
    assert fought.end is not None and fought.end.how is How.STOPPED


def test_no_control_group_is_left_behind(arena: Arena) -> None:
    """Every kernel's control group goes with it; the neighbour's is the only one that stays."""
    left = [path for path in Path("/sys/fs/cgroup").glob(f"**/grader-{os.getpid()}-*") if path.is_dir()]
    assert len({path.name for path in left}) <= 1
