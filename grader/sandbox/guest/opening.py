"""What the judge has a kernel do between cells. The functions are sent as text, each with its arguments, see
`grader.sandbox.payload`.

The student's code could have replaced the module that is looked up here; then it answers for itself, and is believed no
more than before.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Sequence
from typing import Any


def open_guest(folder: str, memory: int, steps: Sequence[Sequence[Any]], imports: Sequence[str]) -> None:
    """Load the agent and what stands in for other machines.

    folder: where the guest's files lie; memory: the limit in bytes; steps: (file, function, *arguments); imports:
    modules that are better imported once here than in every check.
    """
    package = sys.modules["grader_guest"] = types.ModuleType("grader_guest")
    package.__path__ = [folder]  # a package of those files alone

    def guest(name: str) -> Any:
        module = sys.modules["grader_" + name] = importlib.import_module("grader_guest." + name)
        return module

    agent = guest("agent")
    agent.install(sys.modules["__main__"].__dict__)
    agent.settle()
    guest("self_check")  # a notebook may hold %%check cells
    for name in imports:
        importlib.import_module(name)
    guest("partial_execution")
    for file, function, *rest in steps:
        getattr(guest(file), function)(*rest)
    agent.THE_NAMESPACE[0].note(None)  # what was put in place is nobody's definition
    agent.limit_memory(memory)


def bring(name: str) -> None:
    """Import a module that the checks need."""
    importlib.import_module(name)


def note(section: str | None) -> None:
    """What is new in the namespace belongs to this section."""
    sys.modules["grader_agent"].THE_NAMESPACE[0].note(section)


def define(source: str, index: int, ran: bool, section: str | None) -> None:
    """Run the definitions of a cell that did not run to its end."""
    namespace = sys.modules["grader_agent"].THE_NAMESPACE[0]
    try:
        sys.modules["grader_partial_execution"].define(namespace.names, source, index, ran)
    finally:  # it may have been interrupted
        namespace.note(section)


def branch(address: Any, limit: int, fork: bool) -> None:
    """Answer the judge at this address, in a fork where that is safe. limit: bytes of a reply."""
    agent = sys.modules["grader_agent"]
    agent.branch(agent.THE_NAMESPACE[0], address, limit, fork)
