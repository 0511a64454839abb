"""Which known mistakes explain what a check saw."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.judge.known.attempts import MatchingChoice
from grader.model import Edit, Text, Variant

RIGHT = Variant("", ())
Edits = tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class MistakePair(Variant):
    """Two mistakes at once: `id` is the commoner one, `also` the other."""

    also: str = ""


@dataclass(frozen=True)
class Candidates:
    """The mistakes that explain what one check saw, made in the answer `base` with one matching of the parameters."""

    mistakes: tuple[Variant, ...] = ()
    base: Edits = ()
    way: MatchingChoice = field(default_factory=MatchingChoice)


NOBODY, UNKNOWN = Candidates(), Candidates()  # a right answer says the same; nothing does, yet


def pair_of(one: Variant, other: Variant) -> MistakePair:
    first, second = one.explanation or Text("", ""), other.explanation or Text("", "")
    words = Text(
        en=f"Two mistakes at once. First: {first.en} Second: {second.en}",
        ja=f"間違いが 2 つ重なっています。1 つ目: {first.ja} 2 つ目: {second.ja}",
    )
    return MistakePair(one.id, one.edits + other.edits, words, also=other.id)
