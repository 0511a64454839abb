"""Whatever a jailed function answers, the judge refuses it or reads it as a value, runs none of it, and nobody else is hurt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from grader.checks import compare, normalise
from grader.errors import Failure, ReplyRefused, SandboxDied
from grader.model import Cell, Limits, Reply
from grader.sandbox.doctor import Tier, examine
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.kernel_factory import WarmKernelFactory
from grader.sandbox.warm import KernelLimits, WarmEngine, open_warm
from tests.drawing import drawn
from tests.fuzz import law
from tests.sandbox.warm.arena import inhabitants
from tests.sandbox.warm.lies import BEYOND, PREAMBLE, RAW

pytestmark = pytest.mark.skipif(not examine().safe, reason="no jail here")
LIMITS = Limits(cell_cpu=20.0, call_wall=6.0, check_wall=8.0, memory=900 << 20)
QUICK = tuple(BEYOND)[::3] + tuple(RAW)[:11:2]
REFERENCE = torch.ones(2, 3)
HEAVY = 400 << 20  # bytes that the judge may take for one reply of at most 64 MB


@dataclass(frozen=True)
class Den:
    engine: WarmEngine
    sandbox: KernelSandbox
    neighbour: KernelSandbox


@pytest.fixture(scope="module")
def den() -> Iterator[Den]:
    """A kernel of lies and its neighbour."""
    with open_warm(Tier.JAIL, KernelLimits(memory_bytes=1 << 30)) as engine:
        host = WarmKernelFactory(engine)
        with KernelSandbox(LIMITS, host=host) as sandbox, KernelSandbox(LIMITS, host=host) as neighbour:
            told = [f"def lie_{n}(): return {lie}" for n, lie in enumerate(BEYOND.values())]
            told += [f"def raw_{n}(): return send_raw({raw})" for n, raw in enumerate(RAW.values())]
            for source in (PREAMBLE, "\n".join(told), "def honest(): return torch.full((2, 3), 7.0)"):
                ran = sandbox.run(Cell(0, "code", source))
                assert not ran.error, ran
            neighbour.run(Cell(0, "code", "import torch\ndef honest(): return torch.full((2, 3), 7.0)"))
            yield Den(engine, sandbox, neighbour)


def asked(sandbox: KernelSandbox, name: str) -> Reply:
    with sandbox.branch() as branch:
        return branch.ask({"op": "call", "section": None, "target": name, "args": (), "kwargs": {}, "seed": 1})


ALL = [(f"lie_{n}", name) for n, name in enumerate(BEYOND)] + [(f"raw_{n}", name) for n, name in enumerate(RAW)]


@drawn(10)
@pytest.mark.parametrize(
    ("function", "name"),
    [pytest.param(f, name, id=name, marks=() if name in QUICK else pytest.mark.slow) for f, name in ALL],
)
def test_a_lie_is_refused_or_read(den: Den, function: str, name: str) -> None:
    """One reply, whatever it is: then the kernel, its neighbour, the processes and the files are as before."""
    before, memory = inhabitants(den.engine), law.forget_peak()
    reply = Reply()
    with suppress(ReplyRefused, SandboxDied):
        reply = asked(den.sandbox, function)
    look_at(reply)
    assert law.peak() - memory < HEAVY, f"the judge took {law.peak() - memory >> 20} MB"
    for sandbox in (den.sandbox, den.neighbour):
        assert asked(sandbox, "honest").value.tolist() == [[7.0] * 3] * 2
    assert settled(lambda: inhabitants(den.engine) <= before)
    assert not list(Path.cwd().glob("**/CANARY")) and not list(Path("/tmp").glob("CANARY"))


def look_at(reply: Reply) -> None:
    """What checks do with a value."""
    values: list[Any] = [reply.value, *reply.extras.values()]
    for value in values:
        compare.show(value).encode()
        compare.same(value, REFERENCE)
        compare.distance(value, REFERENCE)
        for view in (normalise.tensor(2, 3), normalise.class_scores(2, 3)):
            with suppress(Failure):
                view(value)
    if reply.fault is not None:
        (reply.fault.type + reply.fault.message).encode()


def settled(holds: Callable[[], bool]) -> bool:
    for _ in range(40):
        if holds():
            return True
        time.sleep(0.05)
    return False
