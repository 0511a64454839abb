"""One exercise of one submission: its checks are put to the room, and what came of each becomes a finding."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TypeVar

from grader.checks.draw import Draw
from grader.checks.student import TOO_MANY_WAYS, CallFailed, Exchange, Student, Unmatched
from grader.errors import Failure, ReplyRefused, SandboxDied, UnlikeAnyAnswer
from grader.judge import misread
from grader.judge.charging import Charging
from grader.judge.execution import revive
from grader.judge.follow_through import JudgedExercise
from grader.judge.known.candidates import NOBODY
from grader.judge.known.known_answers import Candidates, KnownAnswers
from grader.judge.known.recorded import RecordedAnswers
from grader.judge.lending import Lending, OneMoreLent
from grader.judge.locate import pointed
from grader.judge.naming import maybe_two, with_names
from grader.judge.wording import (
    ENDED,
    NOT_ATTEMPTED,
    TOO_LARGE,
    TOO_LONG_TO_JUDGE,
    UNMATCHED,
    cell_words,
    finding,
    guessed_text,
    not_asked_text,
    read_text,
    refused_text,
    still_blank,
    unlike_text,
    unread_text,
    unsure_text,
)
from grader.lessons import source
from grader.matching import REFUSED, Matching, Unresolved, refuses
from grader.model import (
    Check,
    Ending,
    Exercise,
    Fault,
    Finding,
    Named,
    Outcome,
    Run,
    Submission,
    Text,
    handed_out,
)
from grader.notebook.environment_faults import EnvironmentFaults
from grader.notebook.placeholders import Blanks, blanks, decisive, definitions
from grader.sandbox import Branch, Sandbox
from grader.sandbox.patience import busy

T = TypeVar("T")
Known = KnownAnswers | RecordedAnswers
FAILING = (Outcome.FAILED, Outcome.CRASHED, Outcome.TIMED_OUT)


@dataclass
class Examination:
    """One exercise of one submission."""

    exercise: Exercise
    submission: Submission
    run: Run
    sandbox: Sandbox
    seed: int
    matching: Matching = field(default_factory=lambda: Matching(active=False))
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    candidates: dict[str, Candidates] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)  # checks
    unlike: set[str] = field(default_factory=set)  # checks that saw another value than any known answer gives
    known: Callable[[Exercise], Known] = lambda exercise: answers_known(exercise)
    earlier: Callable[[Exercise], tuple[JudgedExercise, ...]] = lambda _exercise: ()
    absent: dict[str, Fault] = field(default_factory=dict)  # what a check found not to be there
    exhausted: Callable[[], bool] = lambda: False  # whether the judge's own time for this submission is used up

    @cached_property
    def charged(self) -> Charging:
        return Charging(self)

    @cached_property
    def excuses(self) -> EnvironmentFaults:
        return EnvironmentFaults(self.submission, self.run)

    def findings(self) -> tuple[Finding, ...]:
        self.answers = self.known(self.exercise)
        section = [cell for cell in self.submission.cells if cell.exercise == self.exercise.id and not cell.pristine]
        unparsed = {cell.index for cell in self.run.cells if cell.ending is Ending.UNPARSED}
        self.blanks = Blanks(tuple(blanks(section)), frozenset(definitions(section)), frozenset(unparsed))
        found: dict[str, Finding] = {}
        for check in self.exercise.checks:
            began = time.monotonic()
            result = self.unanswered(self.skipped(check, found) or self.given_up(check) or self.examine(check))
            found[check.id] = replace(result, seconds=time.monotonic() - began)
        self.passed = {name for name, finding in found.items() if finding.outcome is Outcome.PASSED}
        return tuple(map(self.with_location, self.settled(found)))

    def given_up(self, check: Check) -> Finding | None:
        """A check that is not put any more: this hand-in has had more of the judge's time than any we know."""
        return finding(check, Outcome.NEEDS_REVIEW, TOO_LONG_TO_JUDGE) if self.exhausted() else None

    def settled(self, found: dict[str, Finding]) -> tuple[Finding, ...]:
        """The findings with the names of mistakes. What was doubtful is wrong where it has a name, and so is what needs it."""
        named: dict[str, Finding] = {}
        for check in self.exercise.checks:
            before = found[check.id]
            again = self.skipped(check, named) if self.skipped(check, found) else None
            named[check.id] = self.named(check, before) if again is None else self.unanswered(again)
        return tuple(named.values())

    def unanswered(self, found: Finding) -> Finding:
        """Where the answer still has a blank, what does not hold is not wrong but missing."""
        wrong = (Outcome.FAILED, Outcome.CRASHED, Outcome.NEEDS_REVIEW)
        own = {match.own for match in self.matching.resolved.values() if match is not None}
        blank = decisive(self.blanks, {*self.exercise.names, *own}) if found.outcome in wrong else None
        if blank is None:
            return found
        return replace(
            found,
            outcome=Outcome.MISSING,
            rationale=still_blank(blank),
            help=None,
            evidence=(),
            misconception=None,
            place=None,
        )

    def skipped(self, check: Check, found: dict[str, Finding]) -> Finding | None:
        """A check whose groundwork did not hold is not asked."""
        for needed in check.after:
            before = found[needed]
            if before.outcome in (Outcome.MISSING, Outcome.NEEDS_REVIEW):
                return finding(check, before.outcome, before.rationale)
            if before.outcome is not Outcome.PASSED:
                words = before.text
                return finding(
                    check,
                    Outcome.SKIPPED,
                    Text(en=f"Checked as soon as this passes: {words.en}", ja=f"「{words.ja}」ができたら確認します。"),
                )
        return None

    def examine(self, check: Check) -> Finding:
        """Put one check's questions; where a name has to be looked for first, look, and begin again."""
        while True:
            try:
                found = self.ask(check)
                found = self.by_contract(check, found) or found
            except Unresolved as unresolved:
                self.look(partial(self.matching.look, unresolved.name))
                self.matching.resolved.setdefault(unresolved.name, None)
                continue
            names = (*self.exercise.names, *self.asked(check)) if self.fails(check, found) else ()
            if any(map(self.matching.may_look, names)) and self.look(
                partial(self.matching.second_look, tuple(dict.fromkeys(names)))
            ):
                continue
            return self.charged.once(check, found) or self.defer_to_human(check, found)

    def by_contract(self, check: Check, found: Finding) -> Finding | None:
        """The crash of a function of the contract's name in our own notebook, as it comes when asked by the contract.

        With arguments that we guessed in vain something else may be raised, which says nothing of theirs. None where no
        guess is in it, or where the contract's arguments are not taken at all.
        """
        match = self.matching.unproved(set(self.asked(check))) if found.outcome is Outcome.CRASHED else None
        if match is None or match.own != match.wanted or not self.handed_out:
            return None
        self.matching.resolved[match.wanted] = None
        again, fault = self.ask(check), self.faults.get(check.id)
        if again.outcome is Outcome.CRASHED and fault is not None and not refuses(match.wanted, fault):
            return again
        self.matching.resolved[match.wanted] = match
        return self.ask(check)

    def asked(self, check: Check) -> tuple[str, ...]:
        """The contract's names that a check has asked for, in this order."""
        targets = (e.request["target"] for e in self.exchanges[check.id])
        return tuple(dict.fromkeys(target for target in targets if isinstance(target, str)))

    def look(self, looking: Callable[[Branch], T]) -> T | None:
        """Look for something in a branch of its own, whatever the student's code does there."""
        try:
            with self.sandbox.branch() as branch:
                return looking(branch)
        except (SandboxDied, ReplyRefused):
            return None
        finally:
            self.bring_back()

    def fails(self, check: Check, found: Finding) -> bool:
        """Whether what other checks build on does not hold, and the check itself cannot say why."""
        groundwork = any(check.id in other.after for other in self.exercise.checks) or not check.after
        return groundwork and not found.misconception and found.outcome in FAILING

    def defer_to_human(self, check: Check, found: Finding) -> Finding:
        """What fails because of a guess of ours is a person's to decide, unless the mistake has a name."""
        is_recognised = partial(self.is_recognised, check, found)  # the dearest question of all: asked last
        if found.outcome is Outcome.FAILED and self.reads_prints(check) and not is_recognised():
            return finding(
                check, Outcome.NEEDS_REVIEW, read_text(found.rationale or found.text), evidence=found.evidence
            )
        fault = self.faults.get(check.id) if found.outcome is Outcome.CRASHED else None
        if fault is not None and self.not_theirs(fault):
            return finding(check, Outcome.NEEDS_REVIEW, not_asked_text(fault))
        elsewhere = not self.exercise.series and not self.handed_out
        if fault is not None and elsewhere and not is_recognised():
            # Nobody handed out these names: what a function of theirs cannot do with our arguments need not be wrong.
            return finding(check, Outcome.NEEDS_REVIEW, not_asked_text(fault), place=found.place)
        asked = set(self.asked(check))
        guess = self.matching.uncertain(asked)
        if (
            check.id in self.unlike
            and not self.handed_out
            and self.matching.has_many_designs(asked)
            and not is_recognised()
        ):
            return finding(
                check,
                Outcome.NEEDS_REVIEW,
                unlike_text(found.rationale or found.text),
                evidence=found.evidence,
                place=found.place,
            )
        half = guess is not None and bool(self.matching.incomplete(guess)) and found.outcome in FAILING
        unproved = self.matching.unproved(asked) if found.outcome is Outcome.CRASHED else None
        guess = guess if guess is not None and (half or self.fails(check, found)) else unproved
        if guess is None or is_recognised():
            return found
        seen = found.rationale or found.text
        crashed = found.outcome is Outcome.CRASHED
        exact = guess.own == guess.wanted
        words = unsure_text(guess.wanted, seen) if exact else guessed_text(guess.own, guess.wanted, seen, crashed)
        return finding(check, Outcome.NEEDS_REVIEW, words, place=found.place)

    def reads_prints(self, check: Check) -> bool:
        """Whether a value that differs was read off what a loop at the top level shows: the reading may be what is wrong."""
        if check.id.startswith("history"):  # it compares with what the model then does: the reading came earlier
            return any(match is not None and match.is_loop for match in self.matching.resolved.values())
        last = self.exchanges[check.id][-1] if self.exchanges[check.id] else None
        if last is None or not isinstance(last.value, dict):
            return False
        match = self.matching.match(str(last.request["target"]))
        return match is not None and match.is_loop

    # -- asking -------------------------------------------------------------------------------

    def ask(self, check: Check) -> Finding:
        """Ask one check's questions. Whatever happens becomes a finding, except Unresolved.

        What only the wall clock ended, on a machine that has much else to do, is asked once more.
        """
        try:
            return self.put(check)
        except SandboxDied as error:
            self.bring_back()
            if not (error.by_wall and busy()):
                return finding(check, error.cause, ENDED[error.cause])
        try:
            return self.put(check)
        except SandboxDied as error:
            self.bring_back()
            return finding(check, error.cause, ENDED[error.cause])

    def bring_back(self) -> None:
        """A room that ended with a check is made anew, so that it cost that check only."""
        if not self.sandbox.alive:
            revive(self.submission, self.sandbox, self.run)

    def put(self, check: Check, answers: Known | None = None, lending: Lending | None = None) -> Finding:
        """Put one check's questions on a branch of its own. Raises Unresolved, Lent, or BoxDied where the room ended.

        answers: the known ones to compare with, where it is not those of the exercise. lending: what earlier parts lack.
        """
        self.faults.pop(check.id, None)
        self.absent.pop(check.id, None)
        self.candidates.pop(check.id, None)
        self.unlike.discard(check.id)
        draw = Draw(self.seed, self.exercise.id, check.id)
        exchanges = self.exchanges[check.id] = []
        try:
            with self.sandbox.branch() as branch:
                told = lending.branch(branch) if lending is not None else branch
                student = Student(told, self.exercise.id, draw.seed % 2**31, answers or self.answers, self.matching)
                student.exchanges = exchanges
                advice = check.function(student, draw)
            return finding(check, Outcome.PASSED, advice=(advice,) if advice else ())
        except Failure as failure:
            self.unlike |= {check.id} if isinstance(failure, UnlikeAnyAnswer) else set()
            return self.failed(check, failure)
        except CallFailed as error:
            return self.faulted(check, error)
        except Unmatched as error:
            return finding(check, Outcome.NEEDS_REVIEW, error.reason or self.answers.unmatched or UNMATCHED)
        except (Unresolved, SandboxDied, OneMoreLent):
            raise
        except ReplyRefused as error:
            return finding(check, Outcome.FAILED, refused_text(error))
        except Exception as error:  # a reply that cannot be read, or a fault of ours: that is never a mark
            self.candidates[check.id] = NOBODY  # nor has it a name
            return misread.judged(check, self.exercise, self.seed, error)

    def failed(self, check: Check, failure: Failure) -> Finding:
        known = {v.id: v for v in self.exercise.misconceptions}
        variant = known.get(failure.misconception or "")
        named = Named(variant.id, variant.explanation) if variant and variant.explanation else None
        return finding(
            check, Outcome.FAILED, failure.rationale, help=failure.help, evidence=failure.evidence, misconception=named
        )

    def faulted(self, check: Check, error: CallFailed) -> Finding:
        """The student's code raised, or there is nothing to call."""
        fault = error.fault
        if fault.type == "TypeError" and "object is not callable" in fault.message and fault.place is None:
            fault = replace(fault, type="LookupError", kind="missing")  # a tensor, say, that happens to have the name
        # Asked first, because a language package without its data says LookupError too.
        excuse = self.excuses.of(f"{fault.type}: {fault.message}")
        if fault.kind == "missing" and excuse is None:
            self.absent[check.id] = fault
            broken_cell = self.broken_cell()
            asked = fault.message if fault.message in self.exercise.names else self.exercise.names[0]
            unclear = self.matching.unclear(asked) if fault.type == "LookupError" else None
            if unclear is not None and (broken_cell is None or self.matching.written.trains_at_top(self.exercise.id)):
                return finding(check, Outcome.NEEDS_REVIEW, unclear)
            return broken_cell(check) if broken_cell else finding(check, Outcome.MISSING, NOT_ATTEMPTED)
        if excuse is not None:
            return finding(check, Outcome.NEEDS_REVIEW, excuse, place=fault.place)
        self.faults[check.id] = fault
        if fault.type == "Unread":
            return finding(check, Outcome.NEEDS_REVIEW, unread_text(fault.message))
        outcome = Outcome.OUT_OF_MEMORY if fault.kind == "memory" else Outcome.CRASHED
        if fault.type == "TooLarge":
            return finding(check, Outcome.FAILED, TOO_LARGE)
        words = Text(
            en=f"Your code raised {fault.type}: {fault.message}", ja=f"{fault.type} が発生しました: {fault.message}"
        )
        return finding(check, outcome, words, place=fault.place)

    def broken_cell(self) -> Callable[[Check], Finding] | None:
        """If a cell of this section did not run through, that is why a name is not there."""
        section = {c.index for c in self.submission.cells if c.exercise == self.exercise.id}
        for cell in self.run.cells:
            excuse = self.excuses.told(cell.index) if cell.index in section else None
            if excuse is not None and cell.ending is Ending.RAISED:
                return lambda check: finding(check, Outcome.NEEDS_REVIEW, excuse)
            if cell.index in section and cell.ending not in (Ending.OK, Ending.LEFT_OUT):
                return lambda check: finding(check, *cell_words(cell.index, cell.ending, cell.error))
        return None

    @property
    def handed_out(self) -> bool:
        return handed_out(self.submission.cells, self.exercise.id)

    def not_theirs(self, fault: Fault) -> bool:
        """Whether a fault is of how we asked, and not of what they wrote.

        In somebody's own notebook nobody promised the contract's arguments: a call that is refused before any line of
        theirs is reached says nothing of the answer.
        """
        refused = fault.type == "AttributeError" or (fault.type == "TypeError" and REFUSED.search(fault.message))
        return bool(refused) and fault.place is None and not self.handed_out

    def named(self, check: Check, found: Finding) -> Finding:
        """Look for the mistake that gives exactly the student's numbers."""
        if found.misconception or not self.is_recognised(check, found):
            return maybe_two(found) if check.id in self.unlike or found.help is None else found
        others = {name: exchanges for name, exchanges in self.exchanges.items() if name != check.id and exchanges}
        passed = {number for number, name in enumerate(others) if name in self.passed}
        return with_names(found, self.answers.name(self.candidates[check.id], list(others.values()), passed))

    def is_recognised(self, check: Check, found: Finding) -> bool:
        """Whether some known mistake gives exactly the student's numbers; which one, the other checks help to tell."""
        looked_at = (Outcome.FAILED, Outcome.CRASHED, Outcome.NEEDS_REVIEW)
        undecided = found.outcome is Outcome.NEEDS_REVIEW
        nothing_asked = undecided and not self.is_unmatched(found)
        if found.misconception or found.outcome not in looked_at or nothing_asked:
            return found.misconception is not None
        if check.id not in self.candidates and not self.exhausted():
            self.candidates[check.id] = self.answers.candidates(self.exchanges.get(check.id, []))
        return bool(self.candidates.get(check.id, NOBODY).mistakes)

    def is_unmatched(self, found: Finding) -> bool:
        """Whether a person decides because the parameters could not be matched with those of any answer."""
        reasons = (UNMATCHED, TOO_MANY_WAYS, self.answers.unmatched)
        return found.outcome is Outcome.NEEDS_REVIEW and found.rationale in reasons

    def with_location(self, found: Finding) -> Finding:
        section = (c for c in self.submission.cells if c.kind == "code" and c.exercise == self.exercise.id)
        return pointed(self.exercise, found, section)


def answers_known(exercise: Exercise) -> Known:
    """The solutions' answers, or in a package without solutions what they gave to the public questions."""
    return KnownAnswers(exercise) if source.installed("solutions") else RecordedAnswers(exercise)
