"""Plain data lent to a later exercise where an earlier one is missing or wrong: a mask, a table of positions, as
values.

No code of ours goes into the sandbox but the look-up of a value by the sizes that the student's code asks for.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from grader.judge.judged import JudgedExercise
from grader.matching.payloads.known_values import look_up
from grader.model import Fault, Reply
from grader.sandbox import Branch
from grader.sandbox.payload import remote

LENDINGS = 16  # values that are lent to one check
LONGEST, LARGEST = 5_000, 4_000_000  # one size, and the product of all: a mask is as large as its size squared
# ValueNotLent("causal_mask 5"), ValueNotLent("positional_encoding 7 6"): the name and the sizes
NOT_LENT = re.compile(r"\b(\w+)((?: \d{1,7})+)")


class OneMoreLent(Exception):
    """One more value is lent from now on, so the check begins again.

    It goes through every check: one that reads the exception of a call must not take it for the student's.
    """


@dataclass
class Lending:
    """Values of functions that the student has not written, by the sizes they were asked for."""

    ours: dict[str, Any]
    known: dict[str, dict[tuple[int, ...], Any]]

    @classmethod
    def of(cls, parts: tuple[JudgedExercise, ...], ours: dict[str, Any]) -> Lending:
        """Lend the functions of these parts, which turn out to be plain data where they are asked with sizes alone."""
        return cls(ours, {name: {} for part in parts if can_lend(part, ours) for name in part.exercise.names})

    def learn(self, fault: Fault | None) -> bool:
        """Whether a fault was about a value that is not lent yet and can be."""
        found = NOT_LENT.fullmatch(fault.message) if fault is not None and fault.type == "ValueNotLent" else None
        if found is None or found[1] not in self.known:
            return False
        sizes = tuple(map(int, found[2].split()))
        full = sum(map(len, self.known.values())) >= LENDINGS or max(sizes) > LONGEST or math.prod(sizes) > LARGEST
        if full or sizes in self.known[found[1]]:
            return False
        try:
            self.known[found[1]][sizes] = self.ours[found[1]](*sizes)
        except (TypeError, ValueError, RuntimeError):  # our answer takes no such sizes: the call itself is wrong
            return False
        return True

    def branch(self, branch: Branch) -> Branch:
        return LendingBranch(branch, self)


@dataclass(frozen=True)
class LendingBranch:
    """A branch in which some names hold lent values."""

    branch: Branch
    lending: Lending

    def ask(self, request: dict[str, Any]) -> Reply:
        lent = {
            name: remote(look_up, name, [(list(key), value) for key, value in values.items()])
            for name, values in self.lending.known.items()
        }
        reply = self.branch.ask({**request, "globals": {**lent, **(request.get("globals") or {})}})
        if self.lending.learn(reply.fault):
            raise OneMoreLent
        return reply


def can_lend(part: JudgedExercise, ours: dict[str, Any]) -> bool:
    """Whether values can take a part's place.

    One that is there must go by the contract's names, or nothing would read them.
    """
    functions = not any(isinstance(ours.get(name, type), type) for name in part.exercise.names)
    own = (part.matching.match(name) for name in part.exercise.names)
    return functions and not part.hollow and (part.missing or not any(own))
