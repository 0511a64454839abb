"""One known answer, put to the questions that a student was asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Size, Tensor

from grader.checks.compare import same
from grader.checks.exchange import Exchange, crash_signature
from grader.errors import Failure
from grader.judge.known.parameters import Assignments, Recipe, assignments
from grader.judge.known.parameters.names import layer_of
from grader.lessons import source
from grader.model import Reply
from grader.sandbox.channel import reply_of
from grader.sandbox.copies import copied
from grader.sandbox.guest.codec import Handle
from grader.sandbox.guest.namespace import Namespace
from grader.sandbox.guest.operations import answer, quiet

ROOMY = 256 << 20  # bytes of a reply
HEAVY = 500_000  # parameters
Layouts = tuple[tuple[str, ...], tuple[str, ...]]  # the names of the student's parameters and of the answer's
# The student's parameters that are given to nothing: the names of all parameters of its module, and its own.
LeftOut = frozenset[tuple[tuple[str, ...], str]]
NOTHING: LeftOut = frozenset()


@dataclass(frozen=True)
class MatchingChoice:
    """Which matching of parameters: one that is known for these names, else the `number`-th in order of likeliness."""

    number: int = 0
    told: Mapping[Layouts, Recipe] = field(default_factory=dict)
    left_out: LeftOut = NOTHING  # they move nothing

    def without(self, students: dict[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The student's parameters that are given to the answer's own.

        The answer may have a layer that moves nothing, too: the pooler of a BERT of which each position is read. What
        is left out is given to it all the same, and which one decides nothing; and where a gain was made and not used
        while ours moves the output, the values tell.
        """
        names = tuple(students)
        left = [name for name in names if (names, name) in self.left_out]
        used = {name for name in names if name not in left}
        wanted = shapes(own.values()) - shapes(students[name] for name in used)
        unused_layers = {layer_of(name) for name in left if students[name].dim() > 1}
        for name in sorted(left, key=lambda name: name not in own):
            # the bias of a layer that is left out comes with it, and stands for no other
            alone = layer_of(name) not in unused_layers
            if wanted[students[name].shape] > 0 and (alone or students[name].dim() > 1):
                found = {name} if alone else {n for n in names if layer_of(n) == layer_of(name)} - used
                used |= found
                wanted -= shapes(students[n] for n in found)
        return {name: tensor for name, tensor in students.items() if name in used}


def shapes(tensors: Iterable[Tensor]) -> Counter[Size]:
    return Counter(tensor.shape for tensor in tensors)


@dataclass(frozen=True)
class Attempt:
    """The replies of an answer: as far as it was asked, or None where it does not fit. last: there is no further way
    to fit.

    complete: whether the ways that there are were all looked for. filled: whether it was given what is left out otherwise.
    spared: whether it was not given something that is left out.
    """

    answered: list[Exchange] | None
    last: bool = True
    complete: bool = True
    filled: bool = False
    spared: bool = True

    def agrees(self, exchanges: list[Exchange]) -> bool:
        """Whether these are the student's answers, every one."""
        found = self.answered
        return found is not None and len(found) == len(exchanges) and all(map(is_alike, exchanges, found))


MISFIT = Attempt(None)


class Asked(threading.local):
    """How many questions this thread has put to known answers."""

    questions = 0


ASKED = Asked()


@dataclass
class KeptModule:
    """A kept module: the student's parameters and the answer's own, as both were when it was built."""

    students: Exchange
    own: dict[str, Tensor]
    kinds: dict[str, str]
    lent: bool  # it is ours on both sides


def is_alike(mine: Exchange, theirs: Exchange) -> bool:
    if mine.refused is not None or theirs.refused is not None:
        return mine.refused == theirs.refused
    return same(mine.value, theirs.value)


def attempt_answer(
    scope: dict[str, Any] | None,
    exchanges: list[Exchange],
    way: MatchingChoice,
    double: bool = False,
    while_alike: bool = False,
) -> Attempt:
    """The exchanges as the answer in `scope` would have them.

    while_alike: only up to the first that is not the student's.
    """
    if scope is None:
        return MISFIT
    replay = Replay(scope, double, way)
    with quiet(), source.default_dtype(torch.float64) if double else nullcontext():
        answered = replay.run(exchanges, while_alike)
    return Attempt(
        answered, answered is None or way.number + 1 >= replay.ways, replay.complete, replay.filled, replay.spared
    )


class Replay:
    """One pass through the exchanges."""

    def __init__(self, scope: dict[str, Any], double: bool, way: MatchingChoice) -> None:
        self.namespace = Namespace(scope)
        self.double = double
        self.way = way
        self.ways, self.complete, self.filled, self.spared = 1, True, False, False
        self.built: dict[int, KeptModule] = {}
        self.desks: dict[int, Callable[[Any], Any]] = {}
        self.namespace.ask_judge = lambda desk, value: copied(self.desks[desk](copied(value)))

    def run(self, exchanges: list[Exchange], while_alike: bool = False) -> list[Exchange] | None:
        """None where the parameters do not fit, or where a reply cannot be read.

        while_alike: end with the first answer that is not the student's, where no more is asked for.
        """
        answered = []
        for exchange in exchanges:
            request = self.translate(exchange)
            if request is None:
                return None
            answered.append(self.put(exchange, request))
            if while_alike and not is_alike(exchange, answered[-1]):
                break
        return answered

    def put(self, exchange: Exchange, request: dict[str, Any]) -> Exchange:
        ASKED.questions += 1
        if exchange.desk is not None:
            self.desks[request["desk"]] = exchange.desk()
        reply = self.ask(request)
        lent = request["op"] == "define"
        if (request.get("keep") or lent) and reply.fault is None:
            handle: Handle = reply.extras["handle"]
            self.built[handle.number] = KeptModule(exchange, reply.extras["weights"], reply.extras["kinds"], lent)
        return self.read(exchange, request, reply)

    def ask(self, request: dict[str, Any]) -> Reply:
        """As a sandbox is asked, with values copied instead of packed: our own answers do not lie.

        Loaded values are copied into the parameters anyhow.
        """
        message = request if request["op"] == "load" else copied(request, ROOMY, order=True)
        return reply_of(answer(self.namespace, message, ROOMY, copied))

    def translate(self, exchange: Exchange) -> dict[str, Any] | None:
        """The request in this answer's terms: its own parameter names, float64 where asked."""
        request: dict[str, Any] = {**exchange.request, "section": None}
        if request["op"] == "load":
            matched = self.parameters(request["target"].number, request["weights"])
            if matched is None:
                return None
            request["weights"] = matched
        return to_double(request) if self.double else request

    def parameters(self, number: int, loaded: dict[str, Tensor]) -> dict[str, Tensor] | None:
        """The student's parameters under the names of the answer's own."""
        built = self.built.get(number)
        if built is None:
            return {}
        students = {**built.students.weights, **loaded}
        if built.lent:
            return students if students.keys() == built.own.keys() else None
        names, students = tuple(students), self.way.without(students, built.own)
        self.spared = self.spared or len(students) < len(names)
        self.filled = self.filled or any((names, name) in self.way.left_out for name in students)
        known = self.way.told.get((tuple(students), tuple(built.own)))
        found = ways_of(built, students)
        self.ways, self.complete = max(self.ways, len(found)), self.complete and found.complete
        if not found:
            return None
        if known is not None and not self.way.number and found.can(known):
            return found.by(known)
        matched: dict[str, Tensor] = found[min(self.way.number, len(found) - 1)]
        return matched

    def read(self, exchange: Exchange, request: dict[str, Any], reply: Reply) -> Exchange:
        if reply.fault is not None:
            return Exchange(request, refused=crash_signature(reply.fault))
        if request.get("keep") or request["op"] in ("define", "load"):
            return Exchange(request)
        try:
            return Exchange(request, exchange.view(reply.value) if exchange.view else reply.value)
        except Failure as failure:
            return Exchange(request, refused=failure.rationale.en)


def ways_of(built: KeptModule, students: dict[str, Tensor]) -> Assignments:
    return assignments(students, built.own, built.students.kinds, built.kinds)


def to_double(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.double() if value.is_floating_point() else value
    if isinstance(value, list | tuple):
        return type(value)(to_double(item) for item in value)
    if isinstance(value, dict):
        return {key: to_double(item) for key, item in value.items()}
    return value


def numbers_in(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value.detach().double().flatten()
    elif isinstance(value, int | float):
        yield torch.tensor([float(value)], dtype=torch.float64)
    elif isinstance(value, dict):
        for item in value.values():
            yield from numbers_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers_in(item)


def is_settled(exchanges: list[Exchange]) -> bool:
    """Whether parameters of one shape hold the same numbers, so that any matching by shape is the right one."""
    return any(exchange.settled for exchange in exchanges)


def is_heavy(exchanges: list[Exchange]) -> bool:
    """Whether a model is so large (an encoder as wide as BERT) that only the likeliest matching is tried."""
    return sum(w.numel() for exchange in exchanges for w in exchange.weights.values()) > HEAVY
