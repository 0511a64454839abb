"""Known mistakes that give the student's values by chance, and are not the student's.

    def attention(q, k, v): ...   # uniform weights; a mask upside down hides everything and gives the same

What a form does not take is left out of the questions, and a mistake has to give the student's values then as well. Where a
mistake makes all parameters count for nothing, or gives NaN throughout, its values are those of anything else that does: it has
to explain the other checks, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from inspect import Parameter, signature
from typing import Any

from torch import Tensor

from grader.checks.exchange import Exchange
from grader.judge.known.attempts import Attempt, MatchingChoice, Replay, attempt_answer, is_alike, numbers_in
from grader.judge.known.candidates import UNEXPLAINED, Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.known.parameters import behaviour
from grader.model import Variant
from grader.sandbox.guest.codec import Handle
from grader.sandbox.guest.operations import quiet


def heard(found: Candidates, known: KnownAnswers, exchanges: list[Exchange], unheard: frozenset[str]) -> Candidates:
    """The candidates without those that give other values where these arguments are handed to nobody.

    What cannot be asked without them is not told apart.
    """
    if not unheard or not found.mistakes:
        return found

    def holds(scope: dict[str, Any] | None) -> bool:
        replay = UnheardReplay(scope or {}, unheard, found.way)
        with quiet():
            attempted = Attempt(replay.run(exchanges))
        return not replay.changed or attempted.agrees(exchanges)

    mistakes = tuple(v for v in found.mistakes if holds(known.scope(found.base + v.edits, double=False)))
    return replace(found, mistakes=mistakes) if mistakes else UNEXPLAINED


def confirmed(
    mistakes: tuple[Variant, ...],
    found: Candidates,
    known: KnownAnswers,
    exchanges: list[Exchange],
    others: Sequence[list[Exchange]],
    foreign: bool,
) -> tuple[Variant, ...]:
    """Those of the candidates' mistakes whose values tell something, or that give those of the other checks as well.

    others: what the other checks saw that did not hold. foreign: nobody was handed our notebook, and NaN may come of anything.
    """

    numbered = not foreign or differs_in_numbers(known.scope(found.base, double=False), found.way, exchanges)

    def tells(variant: Variant) -> bool:
        if not numbered:
            return False
        if exchanges and exchanges[-1].refused is not None:
            return True  # the words of a crash are none that anything else gives
        replay = StirredReplay(known.scope(found.base + variant.edits, double=False) or {}, found.way)
        with quiet():
            attempted = Attempt(replay.run(exchanges))
        return not (replay.stirred and attempted.agrees(exchanges))

    def explains_all(variant: Variant) -> bool:
        told = numbered or any(map(holds_numbers, others))
        return told and len(known.explained(variant, found, list(others))) == len(others)

    return tuple(variant for variant in mistakes if tells(variant) or explains_all(variant))


def is_crash(exchange: Exchange) -> bool:
    """Whether the student's code raised, and no reply came that a check then refused."""
    return exchange.refused is not None and exchange.raw is None


def differs_in_numbers(right: dict[str, Any] | None, way: MatchingChoice, exchanges: list[Exchange]) -> bool:
    """Whether a number or a crash is among the replies that are not those of the right answer in this scope."""
    if all(holds_numbers([exchange]) for exchange in exchanges):
        return True  # whichever they are
    ours = attempt_answer(right, exchanges, way).answered
    return holds_numbers(
        exchanges if ours is None else [e for e, mine in zip(exchanges, ours, strict=True) if not is_alike(e, mine)]
    )


def holds_numbers(exchanges: Sequence[Exchange]) -> bool:
    """Whether a crash or a number is among the replies: those that are NaN throughout are like any other that are."""
    values = [exchange.value if exchange.raw is None else exchange.raw for exchange in exchanges]
    found = [numbers for value in values for numbers in numbers_in(value)]
    return any(map(is_crash, exchanges)) or not found or any(bool(one.isfinite().any()) for one in found)


class StirredReplay(Replay):
    """A pass in which every parameter that the check set has another value. stirred: whether it set any."""

    def __init__(self, scope: dict[str, Any], way: MatchingChoice) -> None:
        super().__init__(scope, double=False, way=way)
        self.stirred = False

    def parameters(self, number: int, loaded: dict[str, Tensor]) -> dict[str, Tensor] | None:
        matched = super().parameters(number, loaded)
        if not matched or self.built[number].lent:
            return matched
        self.stirred = True
        return {name: behaviour.stir_parameter(weight) for name, weight in matched.items()}


class UnheardReplay(Replay):
    """A pass in which no question hands over the arguments of these names. changed: whether any would have been."""

    def __init__(self, scope: dict[str, Any], unheard: frozenset[str], way: MatchingChoice) -> None:
        super().__init__(scope, double=False, way=way)
        self.unheard, self.changed = unheard, False

    def translate(self, exchange: Exchange) -> dict[str, Any] | None:
        request = super().translate(exchange)
        if request is None or request["op"] != "call":
            return request
        taken = self.parameters_of(request)
        names = list(taken)
        unheard = {name for name in self.unheard & taken.keys() if taken[name].default is not Parameter.empty}
        kept = min(map(names.index, unheard), default=len(request["args"]))
        args, rest = request["args"][:kept], zip(names[kept:], request["args"][kept:], strict=False)
        kwargs = {n: v for n, v in (*rest, *request["kwargs"].items()) if n not in unheard}
        self.changed = self.changed or len(args) + len(kwargs) < len(request["args"]) + len(request["kwargs"])
        return {**request, "args": args, "kwargs": kwargs}

    def parameters_of(self, request: dict[str, Any]) -> Mapping[str, Parameter]:
        """The parameters of what is asked; none where that cannot be told."""
        target, asked = request["target"], None
        if isinstance(target, str):
            asked = self.namespace.names.get(target)
        elif isinstance(target, Handle):
            asked = getattr(self.namespace.objects.get(target.number), request.get("method") or "forward", None)
        with suppress(TypeError, ValueError):
            return signature(asked).parameters if asked is not None else {}
        return {}
