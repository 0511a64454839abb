"""A property that is worked out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from grader.sandbox.lazy import lazy


class Counted:
    """How often it was made, and whether two of its kind are made at once."""

    def __init__(self, barrier: Barrier | None = None) -> None:
        self.made, self.barrier = 0, barrier

    @lazy
    def value(self) -> int:
        """A number."""
        self.made += 1
        if self.barrier is not None:
            self.barrier.wait(timeout=20)
        return 7


def test_it_is_made_once() -> None:
    """The second look gives the first one's value."""
    counted = Counted()
    assert (counted.value, counted.value, counted.made) == (7, 7, 1)


def test_two_objects_are_made_at_once() -> None:
    """Neither waits for the other: each would wait for ever at the barrier."""
    barrier = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda counted: counted.value, [Counted(barrier), Counted(barrier)])) == [7, 7]
