"""Processes are ended by descriptors: never one that has only got the number of another."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from grader.sandbox.ending import HAS_DESCRIPTORS, descriptor, is_known, kill, kill_all, release

linux = pytest.mark.skipif(not HAS_DESCRIPTORS, reason="only Linux has descriptors of processes")
SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")


@linux
def test_what_is_listed_is_ended() -> None:
    """A process, and the group that it leads."""
    with subprocess.Popen(SLEEPS, start_new_session=True) as process:
        held = descriptor(process.pid)
        assert is_known(held)
        kill_all([psutil.Process(process.pid)], process.pid, held)
        assert process.wait(10) < 0
    assert not is_known(held)
    release(held)


@linux
def test_another_one_of_that_number_is_left_alone() -> None:
    """A process that began at another time than the listed one is not the one that was meant."""
    with subprocess.Popen(SLEEPS) as process:
        listed = psutil.Process(process.pid)
        listed._create_time = 1.0  # as if the number had been another's when it was listed
        listed._ident = (process.pid, 1.0)
        kill(listed)
        time.sleep(0.1)
        assert process.poll() is None
        process.kill()


@linux
def test_a_group_is_not_ended_by_a_remembered_number() -> None:
    """Once the leader has been waited for, its number may be another group's."""
    with subprocess.Popen(SLEEPS, start_new_session=True) as process:
        gone = subprocess.Popen((sys.executable, "-c", ""))
        held = descriptor(gone.pid)
        gone.wait()
        kill_all([], process.pid, held)  # the number of a living group, the descriptor of one that is gone
        time.sleep(0.1)
        assert process.poll() is None
        process.kill()
    release(held)


def test_nothing_is_held_of_what_is_not_there() -> None:
    assert descriptor(None) is None and not is_known(None)
    release(None)
    assert os.getpid() > 0
