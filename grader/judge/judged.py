"""An exercise as it was judged, for the later ones that build on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.checks.compare import same
from grader.checks.exchange import Exchange
from grader.matching import Matching
from grader.model import Edit, Exercise, Finding, Outcome
from grader.sandbox.guest.operations import flatten


@dataclass(frozen=True)
class JudgedExercise:
    """An exercise as it was judged.

    hollow: its values are one number everywhere, or numbers it was given. style: the edits of the accepted answer
    that it is, or that its mistakes were made in; none for the reference.
    """

    exercise: Exercise
    findings: tuple[Finding, ...]
    matching: Matching
    hollow: bool = False
    style: tuple[Edit, ...] = ()

    @property
    def wrong(self) -> bool:
        return any(f.outcome is not Outcome.PASSED for f in self.findings)

    @property
    def in_doubt(self) -> bool:
        """Whether something was found for it, and a person has to tell what that is."""
        found = any(match is not None for match in self.matching.resolved.values())
        found = found or any(f.outcome is Outcome.PASSED for f in self.findings)
        return found and any(f.outcome is Outcome.NEEDS_REVIEW for f in self.findings)

    def is_within(self, later: Exercise) -> bool:
        """Whether a person has all that does not hold of it, because it stands in the later exercise's own section, or nowhere.

        It was charged nowhere then, and what is wrong with it is wrong with the later answer.
        """
        wrong = [f for f in self.findings if f.outcome is not Outcome.PASSED]
        if not self.matching.active or not wrong or any(f.outcome is not Outcome.NEEDS_REVIEW for f in wrong):
            return False
        found = [name for name, match in self.matching.resolved.items() if match is not None]
        if not found:
            return len(wrong) == len(self.findings) and not self.matching.attempted
        places = [self.matching.apart((name,)) for name in found]
        return all(place is not None and place[1] == later.id for place in places)

    @property
    def missing(self) -> bool:
        return all(f.outcome is Outcome.MISSING for f in self.findings)

    @property
    def named(self) -> tuple[Edit, ...]:
        """The edits that make our answer the student's: of its form, and of the mistakes which were named."""
        found = {f.misconception.id for f in self.findings if f.misconception}
        mistakes = tuple(edit for v in self.exercise.misconceptions if v.id in found for edit in v.edits)
        return () if self.wrong and not mistakes else self.style + mistakes


def is_hollow(exchanges: Iterable[list[Exchange]]) -> bool:
    """Whether all values are a constant, the identity or an argument: nothing can be seen through such a part."""
    replies = [
        ([v for v in flatten(e.value if e.raw is None else e.raw) if isinstance(v, Tensor)], e)
        for asked in exchanges
        for e in asked
    ]
    # One number alone is one number everywhere, of a right answer too.
    seen = [(found[0], flatten(e.request.get("args", ()))) for found, e in replies if found and found[0].numel() > 1]
    return bool(seen) and all(is_plain(value) or any(is_taken(value, a) for a in args) for value, args in seen)


def is_plain(value: Tensor) -> bool:
    """Whether a tensor is one number everywhere, or ones on the diagonal and zeros elsewhere."""
    diagonal = (
        value.dim() == 2
        and not value.is_complex()
        and torch.equal(value.double(), torch.eye(*value.shape, dtype=torch.float64))
    )
    return diagonal or bool((value == value.flatten()[0]).all() or value.isnan().all())


def is_taken(value: Tensor, given: Any) -> bool:
    """Whether nothing was computed: an argument, or a piece of it, cut out, repeated, reordered or padded."""
    if not isinstance(given, Tensor) or not value.is_floating_point():
        return same(value, given)
    numbers = value[value != 0].double()  # zeros may be padding
    return len(set(numbers.tolist())) > 1 and bool(torch.isin(numbers, given.double()).all())
