"""Known answers, right and wrong, put to the same questions as the student.

A check keeps its exchanges with the student. Here the same requests go to the reference answer, to the other accepted
answers and to the misconceptions, in our own process; a module gets the student's parameters, matched by shape. What
comes back tells what the right numbers were, and which mistake produces exactly the student's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import product
from typing import Any

import torch
from torch import Tensor

from grader.box.inside import probe
from grader.box.inside.letters import copied
from grader.box.inside.probe import Handle
from grader.box.wire import reply_of
from grader.errors import Failure
from grader.lessons import source
from grader.model import Edit, Exercise, Reply, Text, Variant
from grader.student import Exchange, crash, same
from grader.weights import assignments

WAYS = 64  # matchings of parameters that are tried; the likeliest come first
PATIENCE = 1600  # replays with unlikely matchings in search of one right answer, or of one name: ten seconds at most
FEW = 2  # further matchings that are tried before anybody asks for a mistake
HEAVY = 500_000  # parameters
RIGHT = Variant("", ())
ROOMY = 256 << 20  # bytes of a reply


@dataclass(frozen=True)
class Suspects:
    """The mistakes that explain what one check saw, made in the answer `base` with its `way`-th matching of parameters."""

    mistakes: tuple[Variant, ...] = ()
    base: tuple[Edit, ...] = ()
    way: int = 0


NOBODY, UNKNOWN = Suspects(), Suspects()  # a right answer says the same; nothing does, yet


class KnownAnswers:
    """The answers known beforehand for one exercise."""

    unmatched: Text | None = None  # why nothing fits, where there is more to say than that

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.bases: list[tuple[Edit, ...]] = [(), *(variant.edits for variant in exercise.accepted)]
        self.different = self.bases  # those that do not give the same values as an earlier one
        self.left = PATIENCE * 2  # for names, over all checks
        self.asked, self.answer = tuple[Exchange, ...](), NOBODY  # the last exchanges that were asked about at once
        self.hopeless: set[tuple[tuple[Edit, ...], str]] = set()  # what has no further way to fit these
        self.scopes: dict[tuple[tuple[Edit, ...], bool], dict[str, Any] | None] = {}  # of this grading, and no other's

    def scope(self, edits: tuple[Edit, ...], double: bool) -> dict[str, Any] | None:
        """What the solution file defines after these edits, or None where they do not apply."""
        if (edits, double) not in self.scopes:
            self.scopes[edits, double] = source.namespace(self.exercise.answered_in, self.exercise.id, edits, double)
        return self.scopes[edits, double]

    def accepted(self, exchanges: list[Exchange]) -> Iterator[Any]:
        """For each accepted answer, and each way its parameters fit: its value in the last exchange, in float64.

        The likeliest way of all answers comes first; answers that give the same value then are not tried in others. Where
        a known mistake explains everything as likely, only the answer it was made in is tried in more ways: names may
        be swapped and the numbers right.
        """
        bases, first, left = list(self.bases), list[Any](), PATIENCE
        for way in range(1 if settled(exchanges) else WAYS):
            for base in tuple(bases):
                if left <= 0:
                    return
                answered, last = replay(self.scope(base, double=True), exchanges, way, double=True)
                if last:
                    bases.remove(base)
                if not answered or answered[-1].refused is not None:
                    continue
                value, left = answered[-1].value, left - 1
                if way == 0 and not last and any(same(value, other) for other in first):
                    bases.remove(base)
                first += [value] if way == 0 else []
                yield value
            self.different = list(bases) if way == 0 else self.different
            if way == FEW and bases:
                likely = self.likeliest(exchanges)
                bases = [base for base in bases if base == likely.base] if likely.mistakes else bases

    def suspects(self, exchanges: list[Exchange]) -> Suspects:
        """The misconceptions whose answers are the student's in all these exchanges, where a right answer's are not.

        A mistake may be made in the reference or in another accepted answer, and the parameters may match in several
        ways: the likeliest come first, and the search ends where one explains everything or patience does.
        """
        likely = self.likeliest(exchanges)
        if likely is not UNKNOWN or heavy(exchanges) or settled(exchanges):
            return likely
        left = min(PATIENCE, self.left)
        for way, base in product(range(1, WAYS), self.different):
            fitting = []
            for variant in (RIGHT, *self.exercise.misconceptions):
                if left <= 0 or (base, variant.id) in self.hopeless:
                    continue
                agrees, fits = self.attempt(base, variant, exchanges, way)
                left, self.left = left - fits, self.left - fits
                if agrees and variant is RIGHT:
                    return NOBODY
                fitting += [variant] if agrees else []
            if fitting:
                return Suspects(tuple(fitting), base, way)
        return NOBODY

    def likeliest(self, exchanges: list[Exchange]) -> Suspects:
        """The same with the likeliest matchings alone; NOBODY where a right answer agrees, UNKNOWN where nothing does."""
        if len(self.asked) != len(exchanges) or any(a is not b for a, b in zip(self.asked, exchanges, strict=True)):
            self.asked, self.answer = tuple(exchanges), self.at_once(exchanges)
        return self.answer

    def at_once(self, exchanges: list[Exchange]) -> Suspects:
        self.hopeless = set()
        for base in self.bases if exchanges else ():
            fitting = []
            for variant in (RIGHT, *self.exercise.misconceptions):
                agrees, _ = self.attempt(base, variant, exchanges, 0)
                if agrees and variant is RIGHT:
                    return NOBODY
                fitting += [variant] if agrees else []
            if fitting:
                return Suspects(tuple(fitting), base, 0)
        return UNKNOWN if exchanges else NOBODY

    def attempt(
        self, base: tuple[Edit, ...], variant: Variant, exchanges: list[Exchange], way: int
    ) -> tuple[bool, bool]:
        """Whether this answer gives the student's in every exchange, and whether its parameters fit at all."""
        agrees, fits, last = attempt(self.scope(base + variant.edits, double=False), exchanges, way)
        if last:
            self.hopeless.add((base, variant.id))
        return agrees, fits

    def name(self, suspects: Suspects, others: list[list[Exchange]]) -> Variant | None:
        """The one of them that explains the most of the exchanges of the exercise's other checks."""
        if not suspects.mistakes[1:]:
            return next(iter(suspects.mistakes), None)
        return max(suspects.mistakes, key=lambda v: self.explained(v, suspects, others))

    def explained(self, variant: Variant, suspects: Suspects, others: list[list[Exchange]]) -> int:
        """How many of the other checks the mistake explains too."""
        scope = self.scope(suspects.base + variant.edits, double=False)
        return sum(attempt(scope, other, suspects.way)[0] for other in others)


def attempt(scope: dict[str, Any] | None, exchanges: list[Exchange], way: int) -> tuple[bool, bool, bool]:
    """Whether this answer gives the student's in every exchange, whether it fits at all, and whether it was the last way."""
    answered, last = replay(scope, exchanges, way, while_alike=True)
    if answered is None:
        return False, False, last
    return len(answered) == len(exchanges) and all(map(alike, exchanges, answered)), True, last


def alike(mine: Exchange, theirs: Exchange) -> bool:
    if mine.refused is not None or theirs.refused is not None:
        return mine.refused == theirs.refused
    return same(mine.value, theirs.value)


def replay(
    scope: dict[str, Any] | None,
    exchanges: list[Exchange],
    way: int,
    double: bool = False,
    while_alike: bool = False,
) -> tuple[list[Exchange] | None, bool]:
    """The exchanges as the answer in `scope` would have them with the `way`-th matching of the student's parameters to its own.

    None where it does not fit. Beside it, whether there is no further way.
    """
    if scope is None:
        return None, True
    attempted = Replay(scope, double, way)
    with source.default_dtype(torch.float64) if double else nullcontext():
        answered = attempted.run(exchanges, while_alike)
    return answered, answered is None or way + 1 >= attempted.ways


class Replay:
    """One pass through the exchanges, with the `way`-th matching of parameters."""

    def __init__(self, scope: dict[str, Any], double: bool, way: int) -> None:
        self.room = probe.Room(scope)
        self.double = double
        self.way = way
        self.ways = 1
        self.built: dict[int, tuple[dict[str, Tensor], dict[str, Tensor]]] = {}  # handle -> student's, own parameters

    def run(self, exchanges: list[Exchange], while_alike: bool = False) -> list[Exchange] | None:
        """None where the parameters do not fit, or where a reply cannot be read.

        while_alike: end with the first answer that is not the student's, for who asks for no more.
        """
        answered = []
        for exchange in exchanges:
            request = self.translate(exchange)
            if request is None:
                return None
            reply = self.ask(request)
            if (request.get("keep") or request["op"] == "define") and reply.fault is None:
                handle: Handle = reply.extras["handle"]
                self.built[handle.number] = (exchange.weights, reply.extras["weights"])
            answered.append(self.read(exchange, request, reply))
            if while_alike and not alike(exchange, answered[-1]):
                break
        return answered

    def ask(self, request: dict[str, Any]) -> Reply:
        """As a room is asked, with values copied instead of packed: whoever answers here is one of ours and does not lie."""
        return reply_of(probe.answer(self.room, copied(request, ROOMY, order=True), ROOMY, copied))

    def translate(self, exchange: Exchange) -> dict[str, Any] | None:
        """The request in this answer's terms: its own parameter names, float64 where asked."""
        request: dict[str, Any] = {**exchange.request, "section": None}
        if request["op"] == "load":
            students, own = self.built.get(request["target"].number, ({}, {}))
            matched = self.match({**students, **request["weights"]}, own)
            if matched is None:
                return None
            request["weights"] = matched
        return to_double(request) if self.double else request

    def match(self, students: dict[str, Tensor], own: dict[str, Tensor]) -> dict[str, Tensor] | None:
        found = assignments(students, own)
        self.ways = max(self.ways, len(found))
        return found[min(self.way, len(found) - 1)] if found else None

    def read(self, exchange: Exchange, request: dict[str, Any], reply: Reply) -> Exchange:
        if reply.fault is not None:
            return Exchange(request, refused=crash(reply.fault))
        if request.get("keep") or request["op"] in ("define", "load"):
            return Exchange(request)
        try:
            return Exchange(request, exchange.view(reply.value) if exchange.view else reply.value)
        except Failure as failure:
            return Exchange(request, refused=failure.rationale.en)


def to_double(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.double() if value.is_floating_point() else value
    if isinstance(value, list | tuple):
        return type(value)(to_double(item) for item in value)
    if isinstance(value, dict):
        return {key: to_double(item) for key, item in value.items()}
    return value


def settled(exchanges: list[Exchange]) -> bool:
    """Whether parameters of one shape hold the same numbers, so that any matching by shape is the right one."""
    return any(exchange.settled for exchange in exchanges)


def heavy(exchanges: list[Exchange]) -> bool:
    """Whether a model is so large (an encoder as wide as BERT) that only the likeliest matching of parameters is tried."""
    return sum(w.numel() for exchange in exchanges for w in exchange.weights.values()) > HEAVY
