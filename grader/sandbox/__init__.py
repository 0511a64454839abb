"""Where student code runs. One protocol, several sandboxes.

    LocalBox     this process: for checks inside a notebook, for our own reference answers, for unit tests
    KernelBox    a Jupyter kernel of its own, cold or forked from a warm process, jailed or not

A sandbox runs cells and opens branches. A branch answers requests about what the cells defined, and whatever happens in
one branch is not seen by the next.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from grader.model import Cell, CellRun, Reply


class Branch(Protocol):
    """One conversation with the sandbox, for one check."""

    def ask(self, request: dict[str, Any]) -> Reply:
        """Send a request (see `guest/operations.py` for the operations), wait for the reply.

        What is under "desks" stays here: functions that answer what lent objects ask in between (`Student.lend`).
        Raises SandboxDied when the sandbox ends or exceeds its time, ReplyRefused when the reply breaks the agreement.
        """
        ...


class Sandbox(Protocol):
    """A room for one notebook. Use as a context manager: entering starts it, leaving closes it."""

    @property
    def isolation(self) -> str:
        """What separates the student's code from this machine, for the report."""
        ...

    @property
    def alive(self) -> bool: ...

    @property
    def lasted(self) -> float:
        """Seconds of its own that cells and definitions have taken so far; what they waited for a core does not count."""
        ...

    @property
    def answered(self) -> float:
        """Seconds of its own that it has taken so far to answer, in all branches that are closed."""
        ...

    @property
    def stuck(self) -> bool:
        """Whether the clock alone ended the last cell: it had used little of its own time."""
        ...

    def __enter__(self) -> Sandbox: ...

    def __exit__(self, *exc: object) -> None: ...

    def run(self, cell: Cell, cpu: float | None = None) -> CellRun:
        """Run one code cell and note what its section defined. Never raises for what the cell does.

        cpu: seconds of CPU time it may use; as the sandbox's limits say, if None.
        """
        ...

    def define(self, cell: Cell, ran: bool, limit: float | None = None) -> None:
        """Run the definitions of a cell that did not come to its end, or (`ran` is False) was not begun.

        limit: seconds of its own that they may take; then the rest is left out.
        """
        ...

    def cpu_seconds(self) -> float:
        """CPU time that the sandbox has used since it was last started."""
        ...

    def branch(self) -> AbstractContextManager[Branch]: ...

    def restart(self) -> None:
        """A fresh room, with nothing in it."""
        ...
