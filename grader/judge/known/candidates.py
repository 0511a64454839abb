"""The known mistakes that explain the values which a check saw."""

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


@dataclass(frozen=True, eq=False)
class Candidates:
    """The mistakes that explain the values of one check, made in the answer `base` with one matching of the parameters.

    Compared by identity: NO_MISTAKE and UNEXPLAINED hold the same and mean different things.
    """

    mistakes: tuple[Variant, ...] = ()
    base: Edits = ()
    way: MatchingChoice = field(default_factory=MatchingChoice)


NO_MISTAKE = Candidates()  # a right answer gives the same values, or nothing was asked
UNEXPLAINED = Candidates()  # no known answer gives these values so far


def pair_of(one: Variant, other: Variant) -> MistakePair:
    first, second = one.explanation or Text("", ""), other.explanation or Text("", "")
    words = Text(
        en=f"Two mistakes at once. First: {first.en} Second: {second.en}",
        ja=f"間違いが 2 つ重なっています。1 つ目: {first.ja} 2 つ目: {second.ja}",
    )
    elsewhere = one.elsewhere or other.elsewhere
    return MistakePair(one.id, one.edits + other.edits, words, elsewhere=elsewhere, also=other.id)
