"""The search for known mistakes that give exactly the student's values, and for their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.checks.answers import TOO_MANY_WAYS
from grader.checks.exchange import Exchange
from grader.judge.case import CheckRun
from grader.judge.explanation_work import ExplanationWork
from grader.judge.known.by_chance import confirmed, heard
from grader.judge.known.candidates import UNEXPLAINED, Candidates
from grader.judge.known.protocol import AnswerKey
from grader.judge.naming import maybe_two, with_names
from grader.judge.wording import UNMATCHED
from grader.model import Finding, Outcome

RECOGNISABLE = (Outcome.FAILED, Outcome.CRASHED)


@dataclass
class Recognition:
    """The candidates of each check of one exercise. A search is the dearest question of all, and done once for a check.

    out_of_time: whether the judge's own time for this hand-in is used up. explanation: the part of it for searches like these.
    unheard: the contract's arguments that never reach the student's code. foreign: it may be wrong in ways that nobody here knows.
    """

    answers: AnswerKey
    out_of_time: Callable[[], bool]
    explanation: ExplanationWork = field(default_factory=ExplanationWork)
    unheard: Callable[[list[Exchange]], frozenset[str]] = lambda _asked: frozenset()
    foreign: bool = False
    candidates: dict[str, Candidates] = field(default_factory=dict)
    unexplained: set[tuple[str, ...]] = field(default_factory=set)  # crashes that no known mistake ends in

    def is_unmatched(self, found: Finding) -> bool:
        """Whether a person decides because the parameters could not be matched with those of any answer."""
        reasons = (UNMATCHED, TOO_MANY_WAYS, self.answers.unmatched)
        return found.outcome is Outcome.NEEDS_REVIEW and found.rationale in reasons

    def is_recognised(self, found: Finding, run: CheckRun | None, exchanges: list[Exchange]) -> bool:
        """Whether some known mistake gives exactly the student's numbers; which one, the other checks help to tell."""
        if found.misconception is not None:
            return True
        if not (found.outcome in RECOGNISABLE or self.is_unmatched(found)) or (run is not None and run.nameless):
            return False
        if found.check not in self.candidates and not self.out_of_time() and not self.explanation.is_over:
            self.candidates[found.check] = self.search(crash_of(run), exchanges)
        return found.check in self.candidates and bool(self.candidates[found.check].mistakes)

    def search(self, crash: tuple[str, ...], exchanges: list[Exchange]) -> Candidates:
        """The candidates of a check. Where the search has a bound, a crash that nothing explained is not searched for again.

        A training that stops at its first batch does so in every check, and known answers train to the end each time.
        """
        bounded = self.explanation.most is not None
        if bounded and crash in self.unexplained:
            return UNEXPLAINED
        with self.explanation.counted():
            found = self.answers.candidates(exchanges)
            if self.answers.replayed is not None:
                found = heard(found, self.answers.replayed, exchanges, self.unheard(exchanges))
        if bounded and crash and not found.mistakes:
            self.unexplained.add(crash)
        return found

    def leaves_out(self, found: Finding, run: CheckRun | None, exchanges: list[Exchange]) -> bool:
        """Whether what explains the numbers is a piece that is not here and may stand in other code."""
        if not self.is_recognised(found, run, exchanges) or found.check not in self.candidates:
            return False
        return all(one.elsewhere for one in self.candidates[found.check].mistakes)

    def name(
        self, found: Finding, run: CheckRun | None, exchanges: dict[str, list[Exchange]], passed: set[str]
    ) -> Finding:
        """The finding with the mistake that gives exactly the student's numbers.

        exchanges: of every check. passed: the ids of the checks that passed.
        """
        if found.misconception or not self.is_recognised(found, run, exchanges.get(found.check, [])):
            all_asked = self.answers.replayed is not None
            return maybe_two(found, all_asked) if (run is not None and run.unlike) or found.help is None else found
        others = {name: asked for name, asked in exchanges.items() if name != found.check and asked}
        numbers = {number for number, name in enumerate(others) if name in passed}
        candidates, known = self.candidates[found.check], self.answers.replayed
        with self.explanation.counted():
            mistakes = self.answers.name(candidates, list(others.values()), numbers)
            if known is not None:
                failed = [asked for name, asked in others.items() if name not in passed]
                mistakes = confirmed(mistakes, candidates, known, exchanges[found.check], failed, self.foreign)
        return with_names(found, mistakes)


def crash_of(run: CheckRun | None) -> tuple[str, ...]:
    """What tells one crash from another: its words, its place and what was asked. Empty for what is no crash."""
    if run is None or run.fault is None:
        return ()
    return (run.fault.type, run.fault.message, repr(run.fault.place), *run.asked)
