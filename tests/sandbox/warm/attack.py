"""What a hostile notebook is: cells, and what must come of them."""

from __future__ import annotations

from dataclasses import dataclass

from grader.sandbox.warm import How


@dataclass(frozen=True)
class Attack:
    """cells: what is run. ends: how the kernel ends; STOPPED means that it lived until the judge was done with it.

    says: must be in the output. Whatever the attack, LOST must not be. in_time: whether the cells end by themselves.
    jail_only: what a kernel without walls does not promise to hold, or what must not be tried without them.
    """

    name: str
    cells: tuple[str, ...]
    ends: How | tuple[How, ...] = How.STOPPED
    says: str = ""
    in_time: bool = True
    jail_only: bool = True
