"""Control groups, where this machine lets us make them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.sandbox.warm import KernelLimits, cgroup
from grader.sandbox.warm.cgroup import CgroupTree, ControlGroup


@pytest.fixture
def tree() -> CgroupTree:
    found = cgroup.find()
    if found is None:
        pytest.skip("no control group can be made here")
    return found


@pytest.fixture
def group(tree: CgroupTree) -> Iterator[ControlGroup]:
    made = tree.group(KernelLimits(memory_bytes=200 << 20, processes=20))
    yield made
    made.remove()


GREEDY = "import sys; sys.stdin.read(1); x = bytearray(400_000_000); print('LOST')"


def test_memory_is_limited_and_the_kill_is_counted(group: ControlGroup) -> None:
    """A process that wants more than the group may have is killed, and the group tells."""
    with subprocess.Popen([sys.executable, "-c", GREEDY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        group.add(process.pid)
        assert group.kills() == 0
        said, _ = process.communicate(b"x")
    assert said == b"" and process.returncode == -9
    assert group.kills() == 1
    peak = group.peak()
    assert peak is None or peak <= 200 << 20


def test_removal_takes_everything_away(tree: CgroupTree) -> None:
    """No folder of a group is left in any of its trees, and removing twice does no harm."""
    made = tree.group(KernelLimits())
    assert all(folder.is_dir() for folder in made.folders())
    made.remove()
    made.remove()
    assert not any(folder.exists() for folder in made.folders())


def test_groups_of_the_dead_are_swept_and_others_stay(tree: CgroupTree) -> None:
    """A judge that was killed leaves empty groups; the next one takes them away, and those of the living not."""
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    left, mine = tree.pids / f"grader-{dead.pid}-00000000", tree.pids / f"grader-{os.getpid()}-00000000"
    left.mkdir()
    mine.mkdir()
    try:
        assert cgroup.find() == tree
        assert mine.is_dir() and not left.exists()
    finally:
        mine.rmdir()
