"""Known answers, right and wrong, put to the same questions as the student.

A check keeps its exchanges with the student. Here the same requests go to the reference answer, to the other accepted
answers and to the misconceptions, in our own process; a module gets the student's parameters, matched by shape, name
and behaviour. Their replies tell the right numbers, and which mistake produces exactly the student's, or which two at
once. All limits count replays, never seconds: the same submission gets the same findings on any machine.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from itertools import product
from typing import Any

from grader.checks.compare import same
from grader.checks.exchange import Exchange, names_asked
from grader.judge.known import pairs
from grader.judge.known.attempts import (
    MISFIT,
    NOTHING,
    Attempt,
    Layouts,
    LeftOut,
    MatchingChoice,
    attempt_answer,
    is_heavy,
    is_settled,
)
from grader.judge.known.candidates import NO_MISTAKE, RIGHT, UNEXPLAINED, Candidates, Edits
from grader.judge.known.identification import IdentifiedParameters, find_inert, identify_parameters
from grader.judge.known.parameters import Recipe
from grader.lessons import source
from grader.lessons.running_text import building_text, running_text
from grader.model import Exercise, Text, Variant

WAYS = 64  # matchings of parameters that are tried where behaviour does not tell; the likeliest come first
PATIENCE = 240  # replays with unlikely matchings in search of one right answer, or of one name
NEAREST = 3  # right answers in which mistakes are looked for by behaviour
LOOSE = {"rtol": 3e-3, "atol": 1e-3}  # two values of one function, in float32 and float64


class KnownAnswers:
    """The answer key of one exercise whose answers are run again, with the questions that the student was asked."""

    unmatched: Text | None = None  # why nothing fits, where there is more to say than that
    limited = False
    most: int | None = None  # answers that are run in search of one mistake; None: all of them
    given: source.Given = ()  # edits of the answers of earlier exercises

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.bases: list[Edits] = [(), *(variant.edits for variant in exercise.accepted)]
        self.left = PATIENCE * 2  # for names, over all checks
        self.pairs_left = pairs.MOST
        self.learned: dict[Layouts, Recipe] = {}  # matchings that turned out to be right, for the other checks
        self.inert: LeftOut = frozenset()  # the student's parameters that move nothing
        self.cleared = set[LeftOut]()  # what may be left out, as no known mistake made it in vain
        self.asked, self.answer = tuple[Exchange, ...](), NO_MISTAKE  # the last exchanges that were asked about at once
        self.tried: dict[tuple[Edits, str], Attempt] = {}  # the replies of each answer to them
        self.scopes: dict[tuple[Edits, bool], dict[str, Any] | None] = {}  # of this grading, and no other's

    @property
    def replayed(self) -> KnownAnswers:
        """These answers themselves: they can be run again on other earlier parts."""
        return self

    def scope(self, edits: Edits, double: bool) -> dict[str, Any] | None:
        """The definitions of the solution file after these edits, or None where they do not apply."""
        if (edits, double) not in self.scopes:
            self.scopes[edits, double] = source.namespace(self.exercise.answered_in, self.exercise.id, edits, double)
        return self.scopes[edits, double]

    @property
    def likely(self) -> MatchingChoice:
        """The matching that comes first."""
        return MatchingChoice(told=self.learned, left_out=self.inert)

    # -- right answers --------------------------------------------------------------------------

    def accepted(self, exchanges: list[Exchange]) -> Iterator[Any]:
        """For each accepted answer, and each way its parameters fit: its value in the last exchange, in float64.

        The likeliest way of all answers comes first; answers that give the same value then are not tried in others.
        Then the ways that behaviour leaves, and only where it does not tell, one way after the other. What a known mistake
        gives as well, with more of the student's parameters, is no right answer: a last norm was made and not used.
        """
        for value, left_out in self.right_values(exchanges):
            unused = left_out and same(exchanges[-1].value, value, **LOOSE) and self.is_mistake(exchanges, left_out)
            if not unused:
                yield value

    def is_mistake(self, exchanges: list[Exchange], left_out: LeftOut) -> bool:
        """Whether a known mistake gives the student's values, in an answer that itself needs some of these parameters."""
        way = MatchingChoice(told=self.learned, left_out=left_out)
        for base in self.bases if left_out not in self.cleared else ():
            right = self.attempt(base, RIGHT, exchanges, way)
            if right.filled and not right.agrees(exchanges):
                found = (self.attempt(base, v, exchanges, way) for v in self.exercise.misconceptions)
                if any(attempted.agrees(exchanges) for attempted in found):
                    return True
        self.cleared.add(left_out)  # what explains one check only is no mistake
        return False

    def right_values(self, exchanges: list[Exchange]) -> Iterator[tuple[Any, LeftOut]]:
        """The values of `accepted`, and what was left out of the student's parameters."""
        self.limited = False
        fitting = yield from self.first(exchanges)
        heavy = is_heavy(exchanges)
        layers, inert = (self.inert, self.inert) if fitting and heavy else find_inert(exchanges, self.inert)
        # All may be given to something by chance, a layer that nobody uses too: it has the shape of one that is used.
        ways = (NOTHING, layers) if fitting else (NOTHING, layers, inert)
        for left_out in dict.fromkeys(way for way in ways if way != self.inert):
            self.inert = left_out
            fitting.update((yield from self.first(exchanges)))
        self.inert = inert if fitting and all(left_out > layers for _, left_out in fitting) else layers
        others = [] if is_settled(exchanges) else [key for key, found in fitting.items() if not found.last]
        if not others or heavy:
            self.limited = bool(others)
            return
        unsure = []
        for base, left_out in others:
            identified = identify_parameters(self.scope(base, double=True), exchanges, left_out)
            unsure += [] if identified.sure else [(base, left_out)]
            yield from self.identified(base, identified, exchanges)
        yield from self.one_by_one(unsure, exchanges)

    def first(
        self, exchanges: list[Exchange]
    ) -> Generator[tuple[Any, LeftOut], None, dict[tuple[Edits, LeftOut], Attempt]]:
        """The likeliest way of each answer. Returns those that fit and differ from each other, with how they did."""
        found, values = dict[tuple[Edits, LeftOut], Attempt](), list[Any]()
        for base in self.bases:
            attempted = attempt_answer(self.scope(base, double=True), exchanges, self.likely, double=True)
            if not attempted.answered or attempted.answered[-1].refused is not None:
                continue
            value = attempted.answered[-1].value
            if attempted.last or not any(same(value, other) for other in values):
                found[base, self.inert] = attempted
            values.append(value)
            yield value, self.inert
        return found

    def identified(
        self, base: Edits, identified: IdentifiedParameters, exchanges: list[Exchange]
    ) -> Iterator[tuple[Any, LeftOut]]:
        """The ways that behaviour leaves. One that gives the student's value is known from now on."""
        for way in identified.ways:
            attempted = attempt_answer(self.scope(base, double=True), exchanges, way, double=True)
            if attempted.answered and attempted.answered[-1].refused is None:
                value = attempted.answered[-1].value
                if same(exchanges[-1].value, value, **LOOSE):
                    self.learned.update(way.told)
                yield value, way.left_out

    def one_by_one(
        self, bases: list[tuple[Edits, LeftOut]], exchanges: list[Exchange]
    ) -> Iterator[tuple[Any, LeftOut]]:
        """Further ways, one after the other; only of the answer in which a known mistake explains everything."""
        likely = self.likeliest(exchanges) if bases else NO_MISTAKE
        left, bases = PATIENCE, [one for one in bases if not likely.mistakes or one[0] == likely.base]
        for number in range(1, WAYS):
            for base, left_out in tuple(bases):
                if left <= 0:
                    break
                way = MatchingChoice(number, left_out=left_out)
                attempted, left = attempt_answer(self.scope(base, double=True), exchanges, way, double=True), left - 1
                if attempted.last:
                    bases.remove((base, left_out))
                    self.limited = self.limited or not attempted.complete
                if attempted.answered and attempted.answered[-1].refused is None:
                    yield attempted.answered[-1].value, left_out
        self.limited = bool(self.limited or bases)

    # -- mistakes -------------------------------------------------------------------------------

    def candidates(self, exchanges: list[Exchange]) -> Candidates:
        """The misconceptions whose answers are the student's in all these exchanges, where a right answer's are not.

        A mistake may be made in the reference or in another accepted answer, and the parameters may match in several
        ways: the likeliest come first. Where no mistake explains the values, two at once may.
        """
        if not self.exercise.misconceptions:
            return NO_MISTAKE
        found = self.likeliest(exchanges)
        if found is UNEXPLAINED and not is_heavy(exchanges) and not is_settled(exchanges):
            found = self.by_behaviour(exchanges) or self.in_other_ways(exchanges) or UNEXPLAINED
        return pairs.find_pairs(self, exchanges) if found is UNEXPLAINED else found

    def likeliest(self, exchanges: list[Exchange]) -> Candidates:
        """The same with the likeliest matchings. NO_MISTAKE: a right answer agrees; UNEXPLAINED: none does."""
        alike: dict[Any, Attempt] = {}
        if len(self.asked) != len(exchanges) or any(a is not b for a, b in zip(self.asked, exchanges, strict=True)):
            self.asked, self.answer = tuple(exchanges), self.at_once(exchanges, self.likely, alike)
            if self.answer is UNEXPLAINED and self.inert:
                # A parameter that moves nothing in the student's model may be one that a known mistake leaves unused.
                alike = {running: found for running, found in alike.items() if not found.spared}
                self.answer = self.at_once(exchanges, MatchingChoice(told=self.learned), alike)
        return self.answer

    def at_once(self, exchanges: list[Exchange], way: MatchingChoice, alike: dict[Any, Attempt]) -> Candidates:
        """alike: what is known of texts that run; what becomes known is added."""
        self.tried, misfits = {}, set[tuple[str, ...]]()
        names = names_asked(exchanges)
        unbuilt = len(exchanges) == 1 and exchanges[0].refused is not None  # of which design it is, nothing tells
        for base in (self.bases[:1] if unbuilt else self.bases) if exchanges else ():
            if self.most is not None and len(alike) >= self.most:
                break
            fitting = []
            for variant in (RIGHT, *self.exercise.misconceptions):
                running = self.running_text(base + variant.edits, names)
                if running not in alike:
                    built = building_text(running or ())
                    alike[running] = MISFIT if built in misfits else self.attempt(base, variant, exchanges, way)
                    if running and alike[running].answered is None:
                        misfits.add(built)
                found = self.tried[base, variant.id] = alike[running]
                if found.agrees(exchanges) and variant is RIGHT:
                    return NO_MISTAKE
                fitting += [variant] if found.agrees(exchanges) else []
            if fitting:
                return Candidates(tuple(fitting), base, way)
        return UNEXPLAINED if exchanges else NO_MISTAKE

    def running_text(self, edits: Edits, names: Collection[str]) -> tuple[str, ...] | None:
        """What of an answer runs when it is asked for these names; the same text gives the same replies."""
        return running_text(self.exercise.answered_in, self.exercise.id, edits, names, self.given)

    def attempt(self, base: Edits, variant: Variant, exchanges: list[Exchange], way: MatchingChoice) -> Attempt:
        return attempt_answer(self.scope(base + variant.edits, double=False), exchanges, way, while_alike=True)

    def by_behaviour(self, exchanges: list[Exchange]) -> Candidates | None:
        """The same with the matchings that behaviour leaves, where the check asked for it, in the nearest answers."""
        # Not a set: answers that are equally near are tried in their own order, whatever Python's hash seed is.
        more = dict.fromkeys(key for key, tried in self.tried.items() if not tried.last)
        bases = dict.fromkeys(base for base, _ in more)
        far = {b: identify_parameters(self.scope(b, double=True), exchanges, self.inert).far for b in bases}
        near = sorted(far, key=lambda base: far[base])[:NEAREST] if exchanges[-1].rehearsal else []
        for base, variant in product(near, (RIGHT, *self.exercise.misconceptions)):
            if (base, variant.id) not in more:
                continue
            for way in identify_parameters(self.scope(base + variant.edits, double=True), exchanges, self.inert).ways:
                if self.attempt(base, variant, exchanges, way).agrees(exchanges):
                    self.learned.update(way.told)
                    return NO_MISTAKE if variant is RIGHT else self.suspects_in(base, variant, exchanges, way)
        return None

    def suspects_in(self, base: Edits, first: Variant, exchanges: list[Exchange], way: MatchingChoice) -> Candidates:
        """All mistakes that explain the same with this matching."""
        others = (v for v in self.exercise.misconceptions if v is not first)
        found = [v for v in others if self.attempt(base, v, exchanges, way).agrees(exchanges)]
        return Candidates((first, *found), base, way)

    def in_other_ways(self, exchanges: list[Exchange]) -> Candidates | None:
        """The same with one further matching after the other, where behaviour was not asked for."""
        if exchanges[-1].rehearsal is not None:
            return None
        left = min(PATIENCE, self.left)
        more = [key for key, tried in self.tried.items() if not tried.last]
        bases = list(dict.fromkeys(base for base, _ in more))
        for number, base in product(range(1, WAYS), bases):
            fitting = []
            for variant in (RIGHT, *self.exercise.misconceptions):
                if left <= 0 or (base, variant.id) not in more:
                    continue
                found = self.attempt(base, variant, exchanges, MatchingChoice(number))
                left, self.left = left - 1, self.left - 1
                if found.last:
                    more.remove((base, variant.id))
                if found.agrees(exchanges) and variant is RIGHT:
                    return NO_MISTAKE
                fitting += [variant] if found.agrees(exchanges) else []
            if fitting:
                return Candidates(tuple(fitting), base, MatchingChoice(number))
        return None

    # -- which of them --------------------------------------------------------------------------

    def name(
        self, candidates: Candidates, others: list[list[Exchange]], passed: Collection[int] = ()
    ) -> tuple[Variant, ...]:
        """The one of them that explains the most of the exchanges of the exercise's other checks.

        Where several explain as much, all of these. All, too, where none explains everything that is not right in
        them: then there is a second mistake, and the others are no evidence about the first. passed: the numbers of
        others that passed, by any right answer.
        """
        if not candidates.mistakes[1:]:
            return candidates.mistakes
        explained = {v: self.explained(v, candidates, others) for v in candidates.mistakes}
        most = max(map(len, explained.values()))
        best = tuple(v for v, found in explained.items() if len(found) == most)
        right = self.explained(RIGHT, candidates, others) | set(passed)
        whole = any(explained[v] | right == set(range(len(others))) for v in best)
        return best if whole else candidates.mistakes

    def explained(self, variant: Variant, candidates: Candidates, others: list[list[Exchange]]) -> set[int]:
        """The numbers of the other checks that saw just the values of this answer."""
        scope = self.scope(candidates.base + variant.edits, double=False)
        attempts = (attempt_answer(scope, other, candidates.way, while_alike=True) for other in others)
        return {i for i, (found, other) in enumerate(zip(attempts, others, strict=True)) if found.agrees(other)}
