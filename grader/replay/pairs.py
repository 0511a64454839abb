"""Two mistakes at once, where no single one explains what was seen.

Two mistakes that do not touch each other show one by one: each of them alone changes the first value that is not right,
or one of them alone gives that value and the other a later one. So most pairs need not be replayed. What one of the
two does not change alone, it is not accused of.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, Any

from torch import Tensor

from grader.lessons import source
from grader.likeness import distance
from grader.model import Variant
from grader.replay.attempts import Way, alike, attempt
from grader.replay.suspects import RIGHT, UNKNOWN, Edits, Suspects, pair_of
from grader.student import Exchange

if TYPE_CHECKING:
    from grader.replay import KnownAnswers

MOST = 600  # replays of pairs for one exercise
EACH = 200  # for one check
OF_ONE = 80  # for one check and one right answer in which pairs are made
TELLING = (
    6  # what a check has to see, whole numbers and names counted once and others six times: less may agree by chance
)


def suspects(known: KnownAnswers, exchanges: list[Exchange]) -> Suspects:
    """The pairs that give the student's answers in all these exchanges, in the nearest right answer in which there is one."""
    if not exchanges or exchanges[-1].refused is not None or not telling(exchanges):
        return UNKNOWN
    left = min(EACH, known.pairs_left)
    for base in nearest(known, exchanges):
        found = []
        for one, other in islice(likely(known, base), min(OF_ONE, left)):
            left, known.pairs_left = left - 1, known.pairs_left - 1
            if explains(known, base, one, other, exchanges):
                found.append(pair_of(one, other))
        if found:
            return Suspects(tuple(found), base, known.likely)
    return UNKNOWN


def explains(known: KnownAnswers, base: Edits, one: Variant, other: Variant, exchanges: list[Exchange]) -> bool:
    """Whether both together give the student's answers, and each of them alone changes something."""
    together = known.attempt(base, pair_of(one, other), exchanges, known.likely)
    return together.agrees(exchanges) and all(changes(known, base, part, exchanges) for part in (one, other))


def telling(exchanges: list[Exchange]) -> bool:
    return sum(weight(exchange.value) for exchange in exchanges) >= TELLING


def weight(value: Any) -> int:
    """How much a value tells."""
    if isinstance(value, Tensor):
        return value.numel() * (TELLING if value.is_floating_point() else 1)
    if isinstance(value, dict):
        return len(value) + sum(map(weight, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(weight, value))
    return TELLING if isinstance(value, float) else int(value is not None)


def nearest(known: KnownAnswers, exchanges: list[Exchange]) -> list[Edits]:
    """The right answers, those first that agree the longest with the student's, and of these the nearest."""

    def rank(base: Edits) -> tuple[int, float]:
        answered = known.tried[base, RIGHT.id].answered or []
        mine = exchanges[len(answered) - 1]
        return -len(answered), distance(mine.value, answered[-1].value) if answered else 0.0

    fitting = [base for base, name in known.tried if name == RIGHT.id and known.tried[base, name].answered]
    return sorted(fitting, key=rank)


def likely(known: KnownAnswers, base: Edits) -> Iterator[tuple[Variant, Variant]]:
    """The pairs that may explain it, the commonest first."""
    right = known.tried[base, RIGHT.id].answered or []
    place = {v.id: i for i, v in enumerate(known.exercise.misconceptions)}
    alone = {v: known.tried[base, v.id].answered for v in known.exercise.misconceptions}
    answers = {v: answered for v, answered in alone.items() if answered}
    ahead = [v for v, answered in answers.items() if len(answered) > len(right)]
    level = [v for v, found in answers.items() if len(found) == len(right) and not alike(found[-1], right[-1])]
    pairs = {tuple(sorted(two, key=lambda v: place[v.id])) for two in combinations(level, 2)}
    pairs |= {tuple(sorted((a, b), key=lambda v: place[v.id])) for a, b in product(ahead, answers) if a is not b}
    raises = {v.id for v, answered in answers.items() if answered[-1].refused is not None}

    def rank(two: tuple[Variant, ...]) -> tuple[bool, int, int]:
        one, other = (place[v.id] for v in two)
        return any(v.id in raises for v in two), one + other, one

    for one, other in sorted(pairs, key=rank):
        if independent(known, base, one, other):
            yield one, other


def independent(known: KnownAnswers, base: Edits, one: Variant, other: Variant) -> bool:
    """Whether both can be made, in either order, with the same result."""
    text, exercise = source.text_of(known.exercise.answered_in), known.exercise.id
    made = source.apply(text, exercise, base + one.edits + other.edits)
    return made == source.apply(text, exercise, base + other.edits + one.edits) and source.runs(
        known.exercise.answered_in, exercise, base + one.edits + other.edits
    )


def changes(known: KnownAnswers, base: Edits, variant: Variant, exchanges: list[Exchange]) -> bool:
    """Whether the mistake alone shows anywhere in these exchanges."""
    way: Way = known.likely
    right = attempt(known.scope(base, double=False), exchanges, way).answered or []
    wrong = attempt(known.scope(base + variant.edits, double=False), exchanges, way).answered or []
    return len(right) != len(wrong) or not all(map(alike, right, wrong))
