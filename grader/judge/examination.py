"""One exercise of one submission: its checks are put to the sandbox, and the replies are collected for the verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from grader.checks.draw import Draw
from grader.checks.exchange import CallFailed, Exchange, names_asked
from grader.checks.own_part import OwnPartRead
from grader.checks.recompute import KEPT, RANDOM
from grader.checks.student import Student
from grader.errors import ReplyRefused, SandboxDied, UnlikeAnyAnswer
from grader.judge.case import Case, CheckEnd, CheckRun, ExerciseContext, fails_without_reason
from grader.judge.charged_above import follows_from_above
from grader.judge.charging import Charging
from grader.judge.ending_rules import read_end
from grader.judge.execution import revive_sandbox
from grader.judge.explanation_work import ExplanationWork
from grader.judge.judged import JudgedExercise
from grader.judge.known.protocol import AnswerKey
from grader.judge.lending import Lending, OneMoreLent
from grader.judge.locate import point_at_mistake
from grader.judge.recognition import Recognition
from grader.judge.verdict import count_blank_as_missing, follow_groundwork, judge_finding
from grader.judge.wording import UNMATCHED
from grader.matching import Matching, Unresolved, refuses
from grader.model import Check, Exercise, Finding, Outcome, Run, Submission
from grader.sandbox import Branch, Sandbox
from grader.sandbox.lazy import lazy
from grader.sandbox.patience import busy

T = TypeVar("T")
UNSTEADY = (KEPT, RANDOM)  # names of mistakes that a check gives when the same question gets two answers


@dataclass
class Examination:
    """One exercise of one submission.

    known: gives the answer key of an exercise. earlier: the exercises that one builds on and that are not as ours.
    exhausted: whether the judge's own time for this submission is used up. explanation: the part of it for explanations.
    """

    exercise: Exercise
    submission: Submission
    run: Run
    sandbox: Sandbox
    seed: int
    known: Callable[[Exercise], AnswerKey]
    matching: Matching = field(default_factory=lambda: Matching(active=False))
    earlier: Callable[[Exercise], tuple[JudgedExercise, ...]] = lambda _exercise: ()
    exhausted: Callable[[], bool] = lambda: False
    explanation: ExplanationWork = field(default_factory=ExplanationWork)
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)  # of each check, as it was last put
    runs: dict[str, CheckRun] = field(default_factory=dict)  # the same, where it came to an end
    answered: bool = False  # whether some check held that had asked something

    @lazy
    def answers(self) -> AnswerKey:
        return self.known(self.exercise)

    @lazy
    def recognition(self) -> Recognition:
        return Recognition(self.answers, self.exhausted, self.explanation, self.unheard, not self.context.handed_out)

    def unheard(self, exchanges: list[Exchange]) -> frozenset[str]:
        """The contract's arguments that never reach the student's code in these questions."""
        matches = (self.matching.match(name) for name in names_asked(exchanges))
        return frozenset[str]().union(*(match.unheard for match in matches if match is not None))

    @lazy
    def charging(self) -> Charging:
        return Charging(self)

    @lazy
    def context(self) -> ExerciseContext:
        unmatched = self.answers.unmatched or UNMATCHED
        return ExerciseContext(self.exercise, self.submission, self.run, self.matching, self.seed, unmatched)

    # -- findings -----------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        found: dict[str, Finding] = {}
        for check in self.exercise.checks:
            began = time.monotonic()
            result = judge_finding(self.case(check, found))
            found[check.id] = replace(result, seconds=time.monotonic() - began)
        return tuple(map(self.locate, self.name_mistakes(found)))

    def case(self, check: Check, before: dict[str, Finding]) -> Case:
        return Case(
            self.context,
            check,
            ask=partial(self.ask_until_clear, check),
            before=before,
            out_of_time=self.exhausted,
            follow_through=lambda run: follows_from_above(self, run, before) or self.charging.charge_once(check, run),
            recognise=lambda run: self.recognition.is_recognised(run.finding, run, run.exchanges),
            leaves_out=lambda run: self.recognition.leaves_out(run.finding, run, run.exchanges),
        )

    def may_stand_elsewhere(self, found: Finding, run: CheckRun | None) -> bool:
        """Whether what is missing for a right answer may stand in other code of a notebook that is not ours."""
        asked = run.exchanges if run is not None else []
        return not self.context.handed_out and self.recognition.leaves_out(found, run, asked)

    def name_mistakes(self, found: dict[str, Finding]) -> tuple[Finding, ...]:
        """The findings with the names of mistakes.

        A doubtful one is wrong where it has a name, and so are those that need it.
        """
        passed = {name for name, finding in found.items() if finding.outcome is Outcome.PASSED}
        unsteady = self.unsteady(found)
        named: dict[str, Finding] = {}
        for check in self.exercise.checks:
            again = follow_groundwork(check, named) if follow_groundwork(check, found) else None
            if again is None:
                before, run = found[check.id], self.runs.get(check.id)
                asked = run.asked if run is not None else ()
                doubtful = before.outcome is Outcome.NEEDS_REVIEW and (
                    self.context.is_foreign(asked) or self.may_stand_elsewhere(before, run)
                )
                by_values = not doubtful and not unsteady & {*asked}
                found_name = self.recognition.name(before, run, self.exchanges, passed) if by_values else before
                named[check.id] = found_name
            else:
                named[check.id] = count_blank_as_missing(self.context, again)
        return tuple(named.values())

    def unsteady(self, found: Mapping[str, Finding]) -> set[str]:
        """What was seen to answer otherwise the second time: its values depend on what was asked before, and resemble any mistake's."""
        seen = {
            check for check, finding in found.items() if finding.misconception and finding.misconception.id in UNSTEADY
        }
        return {name for check in seen & self.runs.keys() for name in self.runs[check].asked}

    def locate(self, found: Finding) -> Finding:
        """The finding with the line of the mistake, where it can be told."""
        section = (c for c in self.submission.cells if c.kind == "code" and c.serves(self.exercise.id))
        return point_at_mistake(self.exercise, found, section)

    # -- asking, until the definition is known ------------------------------------------------

    def ask_until_clear(self, check: Check) -> CheckRun:
        """Put one check's questions; where a name has to be looked for first, look, and begin again."""
        while True:
            try:
                run = self.ask(check)
                run = self.ask_by_contract(check, run) or run
            except Unresolved as unresolved:
                self.look(partial(self.matching.look, unresolved.name))
                self.matching.resolved.setdefault(unresolved.name, None)
                continue
            if not self.look_again(check, run):
                return run

    def ask_by_contract(self, check: Check, run: CheckRun) -> CheckRun | None:
        """The crash of a function of the contract's name in our own notebook, as it comes when asked by the contract.

        With arguments that we guessed in vain something else may be raised, which says nothing about the answer. None
        where no guess is in it, or where the contract's arguments are not taken at all.
        """
        match = self.matching.unproved(set(run.asked)) if run.finding.outcome is Outcome.CRASHED else None
        if match is None or match.own != match.wanted or not self.context.handed_out:
            return None
        self.matching.resolved[match.wanted] = None
        again = self.ask(check)
        fault = again.fault if again.finding.outcome is Outcome.CRASHED else None
        if fault is not None and not refuses(match.wanted, fault):
            return again
        self.matching.resolved[match.wanted] = match
        return self.ask(check)

    def look_again(self, check: Check, run: CheckRun) -> bool:
        """Look for a better match of definitions that fail without a reason. Whether there is one."""
        fails = fails_without_reason(self.exercise, check, run.finding)
        names = tuple(dict.fromkeys((*self.exercise.names, *run.asked))) if fails else ()
        if not any(map(self.matching.may_look, names)):
            return False
        return bool(self.look(partial(self.matching.second_look, names)))

    def look(self, looking: Callable[[Branch], T]) -> T | None:
        """Look for something in a branch of its own, whatever the student's code does there."""
        try:
            with self.sandbox.branch() as branch:
                return looking(branch)
        except (SandboxDied, ReplyRefused):
            return None
        finally:
            self.bring_back()

    # -- asking once --------------------------------------------------------------------------

    def ask(self, check: Check) -> CheckRun:
        """Put one check's questions. Whatever happens becomes a finding, except Unresolved.

        A check that only the wall clock ended, on a machine that has much else to do, is put once more.
        """
        try:
            return self.put(check)
        except SandboxDied as error:
            self.bring_back()
            if not (error.by_wall and busy()):
                return self.keep(CheckEnd(self.context, check, error))
        try:
            return self.put(check)
        except SandboxDied as error:
            self.bring_back()
            return self.keep(CheckEnd(self.context, check, error))

    def bring_back(self) -> None:
        """Make a sandbox that ended with a check anew, so that it cost that check only."""
        if not self.sandbox.alive:
            revive_sandbox(self.submission, self.sandbox, self.run)

    def put(
        self, check: Check, answers: AnswerKey | None = None, lending: Lending | None = None, backed: bool = False
    ) -> CheckRun:
        """Put one check's questions on a branch of its own. Raises Unresolved, OneMoreLent, or SandboxDied.

        answers: the known ones to compare with, where they are not those of the exercise. lending: values in place of
        earlier parts. backed: what is lent has what it lacks from the student's own objects.
        """
        self.forget(check)
        draw, aside = Draw(self.seed, self.exercise.id, check.id), list[Exchange]()
        try:
            with self.sandbox.branch() as branch:
                told = lending.branch(branch) if lending is not None else branch
                student = Student(told, self.exercise.id, draw.seed % 2**31, answers or self.answers, self.matching)
                student.exchanges, student.aside, student.backed = self.exchanges[check.id], aside, backed
                advice = check.function(student, draw)
                end = CheckEnd(self.context, check, advice=advice, backed=backed, aside=tuple(aside))
                self.require_answer(student)
                if answers is None:
                    self.matching.prove(student.agreed)
        except OwnPartRead:
            return self.put(check, answers, lending, backed=True)
        except (Unresolved, SandboxDied, OneMoreLent):
            raise
        except Exception as error:  # the rules tell a failure of the student's from a fault of ours
            if isinstance(error, UnlikeAnyAnswer) and not error.misconception and answers is None and lending is None:
                self.gather(check, backed)
            return self.keep(CheckEnd(self.context, check, error, backed=backed, aside=tuple(aside)))
        return self.keep(end)

    def gather(self, check: Check, backed: bool) -> None:
        """Ask the rest of a check that ended with a value that differs: alone it could be that of another mistake by chance.

        Of functions only: the parameters of a model hold so many numbers that no two mistakes give the same.
        """
        asked = self.exchanges[check.id]
        if any(exchange.request["op"] == "load" for exchange in asked):
            return
        draw, more = Draw(self.seed, self.exercise.id, check.id), list[Exchange]()
        try:
            with self.sandbox.branch() as branch:
                student = Student(branch, self.exercise.id, draw.seed % 2**31, self.answers, self.matching)
                student.exchanges, student.backed, student.gathering = more, backed, True
                check.function(student, draw)
        except Exception:  # it has said already what it has to say
            self.bring_back()
        if [e.request["target"] for e in more[: len(asked)]] == [e.request["target"] for e in asked]:
            asked[:] = more

    def require_answer(self, student: Student) -> None:
        """A check that asked nothing holds only where the exercise has an answer. Raises CallFailed, Unresolved.

        What another check has asked is there; before that, some definition of the exercise's names has to be.
        """
        self.answered = self.answered or student.answered
        if self.answered:
            return
        for number, name in enumerate(self.exercise.names, start=1):
            try:
                student.describe(name)
                return
            except CallFailed:
                if number == len(self.exercise.names):
                    raise

    def forget(self, check: Check) -> None:
        """Forget an earlier run of a check."""
        self.runs.pop(check.id, None)
        self.recognition.candidates.pop(check.id, None)
        self.exchanges[check.id] = []

    def keep(self, end: CheckEnd) -> CheckRun:
        """Read the end of a check at once, while a traceback is at hand, and keep the run."""
        run = CheckRun.of(end, read_end(end), self.exchanges[end.check.id])
        self.runs[end.check.id] = run
        return run

    def restore(self, run: CheckRun) -> None:
        """Put an earlier run of a check in the place of later ones, which told nothing."""
        self.runs[run.finding.check], self.exchanges[run.finding.check] = run, run.exchanges
        self.recognition.candidates.pop(run.finding.check, None)
