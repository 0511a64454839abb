"""Two mistakes at once, where no single one explains the values.

Two mistakes that do not touch each other show one by one: each of them alone changes the first value that is not right,
or one of them alone gives that value and the other a later one. Such pairs are tried first, and few others after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from grader.checks.compare import INSIDE, distance, inside
from grader.checks.exchange import Exchange
from grader.judge.known.attempts import MatchingChoice, attempt_answer, is_alike
from grader.judge.known.candidates import RIGHT, UNEXPLAINED, Candidates, Edits, pair_of
from grader.lessons import source
from grader.model import Variant

if TYPE_CHECKING:
    from grader.judge.known.known_answers import KnownAnswers

MOST = 480  # replays of pairs for one exercise
EACH = 200  # for one check
OF_ONE = 60  # for one check and one right answer in which pairs are made
TRAINING = 4  # how many replays one counts for where a data set is handed over, to learn from
TELLING = (
    6  # what a check has to see, whole numbers and names counted once and others six times: less may agree by chance
)


def find_pairs(known: KnownAnswers, exchanges: list[Exchange]) -> Candidates:
    """The pairs that give the student's answers in all these exchanges, in the nearest right answer in which there is
    one.

    A mistake that shows nothing alone is taken for one of the two only where no other pair explains it.
    """
    if not exchanges or exchanges[-1].refused is not None or not tells_enough(exchanges):
        return UNEXPLAINED
    cost, hidden = TRAINING if hands_over_examples(exchanges) else 1, UNEXPLAINED
    left = min(EACH, known.pairs_left) // cost
    for base in nearest_answers(known, exchanges):
        found = []
        for one, other in islice(likely_pairs(known, base), min(OF_ONE // cost, left)):
            left, known.pairs_left = left - 1, known.pairs_left - cost
            pair = pair_of(one, other)
            if known.attempt(base, pair, exchanges, known.likely).agrees(exchanges):
                found.append((pair, all(shows_alone(known, base, part, exchanges) for part in (one, other))))
        seen = tuple(pair for pair, shows in found if shows)
        if seen:
            return Candidates(seen, base, known.likely)
        hidden = hidden if hidden.mistakes else Candidates(tuple(pair for pair, _ in found), base, known.likely)
    return hidden if hidden.mistakes else UNEXPLAINED


def tells_enough(exchanges: list[Exchange]) -> bool:
    return sum(weigh_value(exchange.value) for exchange in exchanges) >= TELLING


def hands_over_examples(exchanges: list[Exchange]) -> bool:
    """Whether a list of examples, each with its label, is among the arguments of a question."""
    handed = [item for e in exchanges for item in (*e.request.get("args", ()), *e.request.get("kwargs", {}).values())]
    return any(
        isinstance(item, list | tuple) and any(isinstance(part, list | tuple) for part in item) for item in handed
    )


def weigh_value(value: Any) -> int:
    """How much a value tells."""
    if isinstance(value, Tensor):
        return value.numel() * (TELLING if value.is_floating_point() else 1)
    if isinstance(value, np.ndarray):
        return value.size * (TELLING if value.dtype.kind == "f" else 1)
    if type(value) in INSIDE:  # a table, a figure
        return weigh_value(inside(value))
    if isinstance(value, dict):
        return len(value) + sum(map(weigh_value, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(weigh_value, value))
    return TELLING if isinstance(value, float) else int(value is not None)


def nearest_answers(known: KnownAnswers, exchanges: list[Exchange]) -> list[Edits]:
    """The right answers, those first that agree the longest with the student's, and of these the nearest.

    Last those that do not fit, but do with a mistake in them. The reference is the second at the latest: a distance
    is a weak sign, and most people write what it writes. Behind it stand those that give its values with other words: a
    mistake in `out[:, -1]` is another than in `h_n[-1]`.
    """

    def rank(base: Edits) -> tuple[int, float]:
        answered = known.tried[base, RIGHT.id].answered or []
        far = distance(exchanges[len(answered) - 1].value, answered[-1].value) if answered else 0.0
        return -len(answered), far

    found = sorted(dict.fromkeys(base for base, _ in known.tried), key=rank)
    if () not in found:
        return found
    alike = [base for base in found[1:] if base and rank(base) == rank(())]
    return [*dict.fromkeys([*found[:1], (), *alike, *found])]


def likely_pairs(known: KnownAnswers, base: Edits) -> Iterator[tuple[Variant, Variant]]:
    """The pairs that may explain it: those first of which each part shows alone, and of these the commonest."""
    order = {v: i for i, v in enumerate(known.exercise.misconceptions)}
    alone = {v: known.tried[base, v.id].answered or [] for v in order if (base, v.id) in known.tried}
    right = known.tried[base, RIGHT.id].answered or []
    shows = {
        v for v, found in alone.items() if len(found) == len(right) and found and not is_alike(found[-1], right[-1])
    }
    ahead = {v for v, found in alone.items() if len(found) > len(right)}  # with the right answer unfit, all that fit

    def rank(two: tuple[Variant, Variant]) -> tuple[int, int, int]:
        one, other = two
        if set(two) <= shows | ahead or set(two) & ahead:
            tier = 1 if any(alone[v] and alone[v][-1].refused is not None for v in two) else 0
        else:
            tier = 2 if set(two) & shows else 3
        return tier, order[one] + order[other], order[one]

    for one, other in sorted(combinations(alone, 2), key=rank):
        if rank((one, other))[0] < 3 and are_independent(known, base, one, other):
            yield one, other


def are_independent(known: KnownAnswers, base: Edits, one: Variant, other: Variant) -> bool:
    """Whether both can be made, in either order, with the same result."""
    text, exercise = source.text_of(known.exercise.answered_in), known.exercise.id
    made = source.apply(text, exercise, base + one.edits + other.edits)
    return made == source.apply(text, exercise, base + other.edits + one.edits) and source.runs(
        known.exercise.answered_in, exercise, base + one.edits + other.edits
    )


def shows_alone(known: KnownAnswers, base: Edits, variant: Variant, exchanges: list[Exchange]) -> bool:
    """Whether the mistake alone shows anywhere in these exchanges."""
    way: MatchingChoice = known.likely
    right = attempt_answer(known.scope(base, double=False), exchanges, way).answered or []
    wrong = attempt_answer(known.scope(base + variant.edits, double=False), exchanges, way).answered or []
    return len(right) != len(wrong) or not all(map(is_alike, right, wrong))
