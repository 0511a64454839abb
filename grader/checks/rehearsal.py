"""The last question of a check, asked again while its modules hold other parameters.

It tells the student's parameters apart by their effects (`grader.judge.known.parameters.behaviour`). Nothing of it is
an exchange and nothing of it decides: it orders the search for a matching, which is then tried on the exchanges.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch import Tensor

from grader.errors import Failure, ReplyRefused, SandboxDied
from grader.model import Reply
from grader.sandbox.guest.codec import Handle

if TYPE_CHECKING:
    from grader.checks.student import Student

MOST_ASKED = 400  # questions of one check
Parts = Mapping[int, Mapping[str, Tensor]]  # by handle and name


@dataclass
class Rehearsal:
    """Asks while the check lasts; afterwards it remembers the replies."""

    student: Student
    message: dict[str, Any]
    view: Any
    told: dict[Hashable, Any] = field(default_factory=dict)
    kept: dict[Hashable, Any] = field(default_factory=dict)  # worked out to ask it
    before: dict[int, dict[str, Tensor]] = field(default_factory=dict)  # the parameters that were there, by handle
    open: bool = True

    def ask(self, key: Hashable, parts: Parts) -> Any:
        """The last question's value with these parameters in place of those that were loaded; None where there is none.

        key: the same for the same parameters.
        """
        if key not in self.told:
            if not self.open or len(self.told) >= MOST_ASKED:
                return None
            try:
                self.told[key] = self.play(parts)
            except (SandboxDied, ReplyRefused):
                self.told[key], self.open = None, False
        return self.told[key]

    def play(self, parts: Parts) -> Any:
        changed = {number: {**self.now(number), **weights} for number, weights in parts.items()}
        for number, weights in changed.items():
            self.load(number, weights)
        reply = self.student.send(self.message)
        for number in changed:
            self.load(number, self.now(number))
        if reply.fault is not None:
            return None
        try:
            return self.view(reply.value) if self.view else reply.value
        except Failure:
            return None

    def now(self, number: int) -> dict[str, Tensor]:
        """The parameters of a module as they were before anything was changed."""
        if number not in self.before:
            found = self.request("weights", number).value
            if not isinstance(found, dict) or not all(isinstance(w, Tensor) for w in found.values()):
                raise ReplyRefused("the parameters of the module are not tensors")
            self.before[number] = found
        return self.before[number]

    def load(self, number: int, weights: Mapping[str, Tensor]) -> None:
        self.request("load", number, weights=dict(weights))

    def request(self, op: str, number: int, **extra: Any) -> Reply:
        form = {"section": self.student.section, "target": Handle(number), "seed": self.student.seed}
        return self.student.branch.ask({"op": op, **form, "args": (), "kwargs": {}, **extra})

    def close(self) -> None:
        self.open = False
