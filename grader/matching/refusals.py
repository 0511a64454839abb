"""What says that a definition is not the one that is asked for, or does not take what it is handed."""

from __future__ import annotations

import re

from grader.errors import GraderError
from grader.model import Fault

# What an interpreter says when a function is called with arguments that it does not take.
REFUSED = re.compile(
    r"takes (?:no|\d+|from \d+) .*argument|unexpected keyword argument|missing \d+ required|multiple values for argument"
    r"|is not callable|takes no arguments"
)


def refuses(name: str, fault: Fault) -> bool:
    """Whether a fault says that this very function or class does not take the arguments it was called with."""
    called = re.match(r"((?:\w+\.)*\w+)\(\)", fault.message)
    said = called is not None and name in called[1].split(".")
    return said and fault.type == "TypeError" and bool(REFUSED.search(fault.message))


class Unresolved(GraderError):
    """What is asked for does not go by this name, or not with these arguments: somebody has to look first."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has to be looked for")
        self.name = name
