"""The same notebooks against a cold kernel without walls: the judge survives them; what only walls can hold is left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager

from grader.sandbox.warm.client import CarefulClient
from tests.sandbox.warm.arena import drive
from tests.sandbox.warm.attacks import (
    ATTACKS,
    CALLS,
    ESCAPING,
    HANGING,
    NETWORK,
    OTHERS,
    PLACES,
    READING,
    WRITING,
    Attack,
)

# What a cold kernel does not promise: it has the judge's own rights. It may read and write what the judge may, call
# whom it likes, use up memory, disk and processes, and leave children behind.
NOT_PROMISED = [attack for attack in ATTACKS if attack.jail_only]


@pytest.mark.slow
@pytest.mark.parametrize("attack", [a for a in ATTACKS if not a.jail_only], ids=lambda attack: attack.name)
def test_the_judge_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attack: Attack) -> None:
    """Whatever a cold kernel does to itself, the judge gets an answer or runs out of patience, and goes on."""
    monkeypatch.chdir(tmp_path)
    folder = Path(os.path.relpath(tmp_path))
    manager = AsyncKernelManager(transport="ipc", ip=str(folder / "s"), connection_file=str(tmp_path / "kernel.json"))
    manager.client_factory = CarefulClient
    text, in_time = drive(manager, attack.cells, 30 if attack.in_time else 3)
    assert "LOST" not in text and attack.says in text
    assert in_time or not attack.in_time


def test_what_is_not_promised_is_listed() -> None:
    """Reading, writing, calling out and escaping are held by walls only; how a kernel dies, the judge survives anyway."""
    assert {*READING, *WRITING, *NETWORK, *ESCAPING, *CALLS, *OTHERS, *PLACES} <= set(NOT_PROMISED)
    assert not set(HANGING) & set(NOT_PROMISED)
    assert len(ATTACKS) > 100
