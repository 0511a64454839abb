"""Plain data lent to a later exercise where an earlier one is missing: a mask, a table of positions, as values.

No code of ours goes into the room but the look-up of a value by the sizes that the student's code asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from grader.box import Branch
from grader.box.inside.letters import Made
from grader.following import Part
from grader.model import Fault, Reply

LENDINGS = 12  # values that are lent to one check
LENDS = """
class Wanted(Exception):
    pass

def make(name, known):
    table = {tuple(key): value for key, value in known}
    def lent(*args, **kwargs):
        key = tuple(int(size) for size in (*args, *kwargs.values()))
        if key not in table:
            raise Wanted(" ".join([name, *map(str, key)]))
        return table[key].clone()
    return lent
"""
WANTED = re.compile(r"(\w+)((?: \d+)+)")


@dataclass
class Lending:
    """Values of functions that the student has not written, by the sizes they were asked for."""

    ours: dict[str, Any]
    known: dict[str, dict[tuple[int, ...], Any]]

    @classmethod
    def of(cls, parts: tuple[Part, ...], ours: dict[str, Any]) -> Lending:
        """What may be lent of these parts: functions; a class is no plain data."""
        names = [n for part in parts if part.missing for n in part.exercise.names if not isinstance(ours[n], type)]
        return cls(ours, {name: {} for name in names})

    def learn(self, fault: Fault | None) -> bool:
        """Whether a fault was about a value that is not lent yet and can be."""
        found = WANTED.fullmatch(fault.message) if fault is not None and fault.type == "Wanted" else None
        if found is None or found[1] not in self.known:
            return False
        sizes = tuple(min(int(size), 10_000) for size in found[2].split())
        if sizes in self.known[found[1]] or sum(map(len, self.known.values())) >= LENDINGS:
            return False
        self.known[found[1]][sizes] = self.ours[found[1]](*sizes)
        return True

    def branch(self, branch: Branch) -> Branch:
        return LendingBranch(branch, self)


@dataclass(frozen=True)
class LendingBranch:
    """A branch in which some names hold what is lent."""

    branch: Branch
    lending: Lending

    def ask(self, request: dict[str, Any]) -> Reply:
        lent = {
            name: Made(LENDS, (name, [(list(key), value) for key, value in values.items()]))
            for name, values in self.lending.known.items()
        }
        return self.branch.ask({**request, "globals": {**lent, **(request.get("globals") or {})}})
