"""A mistake that an earlier exercise was charged for is not charged again: the check of a later one, judged once
more.

`follow_through` says how; here are the steps. Values are lent for missing parts; then the student's answer is
compared with answers that are built on their own earlier part; and a check that cannot be decided with that part in
place is pending.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from grader.errors import ReplyRefused, SandboxDied
from grader.judge.answers_on_parts import AnswersOnStudentParts
from grader.judge.case import CheckRun
from grader.judge.follow_through import FollowThrough, mark_followed, with_raw_values
from grader.judge.judged import JudgedExercise
from grader.judge.known.by_chance import differs_in_numbers
from grader.judge.known.candidates import Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.lending import Lending, OneMoreLent
from grader.judge.naming import with_names
from grader.judge.wording import TOO_LONG_TO_EXPLAIN, later_text, make_finding, waits_text
from grader.matching import Unresolved
from grader.model import Check, Fault, Finding, Outcome

if TYPE_CHECKING:
    from grader.judge.examination import Examination

LOOKED_AT = (Outcome.FAILED, Outcome.CRASHED, Outcome.MISSING)


@dataclass
class Charging:
    """The follow-through of one examination."""

    examination: Examination
    followings: dict[tuple[str, ...], FollowThrough] = field(default_factory=dict)

    def charge_once(self, check: Check, run: CheckRun) -> Finding | None:
        """The finding of a check that does not hold, where an earlier part explains it or leaves it open; else None."""
        asked, found = self.examination, run.finding
        looked_at = found.outcome in LOOKED_AT or asked.recognition.is_unmatched(found)
        parts = asked.earlier(asked.exercise) if looked_at else ()
        if not parts:
            return None
        if asked.answers.replayed is None:
            return replace(found, advice=(*found.advice, later_text(list_exercises(parts))))
        if asked.explanation.is_over:
            return make_finding(check, Outcome.NEEDS_REVIEW, TOO_LONG_TO_EXPLAIN)
        with asked.explanation.counted():
            verdict = self.explain(check, run, parts, asked.answers.replayed)
        if verdict is not None and not (verdict.outcome is Outcome.NEEDS_REVIEW and self.is_uncharged(run, parts)):
            return verdict
        asked.restore(run)
        waits = is_stopped_by(parts, run.fault or run.absent) or self.is_in_doubt(run, parts)
        return self.wait(check, parts) if waits else None

    def wait(self, check: Check, parts: tuple[JudgedExercise, ...]) -> Finding | None:
        """A pending finding; None where no earlier exercise pays for what is wrong, so that this one's own finding stands."""
        return wait_for_parts(check, parts) if self.awaited(parts) else None

    def awaited(self, parts: tuple[JudgedExercise, ...]) -> list[JudgedExercise]:
        """The parts that were charged, or may be: not those that are this answer's own, in a notebook not ours."""
        asked = self.examination
        return [p for p in parts if p.wrong and (asked.context.handed_out or not p.is_within(asked.exercise))]

    def is_uncharged(self, run: CheckRun, parts: tuple[JudgedExercise, ...]) -> bool:
        """Whether a known mistake gives exactly these values, and no earlier part has been charged for one.

        In a notebook not ours, where the parts that the mistake may stand in wait for a person themselves.
        """
        asked, wrong = self.examination, [part for part in parts if part.wrong]
        if asked.context.handed_out or run.finding.outcome is not Outcome.FAILED:
            return False
        if not any(part.in_doubt for part in wrong) or any(part.named for part in wrong):
            return False
        asked.restore(run)
        return asked.recognition.is_recognised(run.finding, run, run.exchanges)

    def is_in_doubt(self, run: CheckRun, parts: tuple[JudgedExercise, ...]) -> bool:
        """Whether a failure without a name stands on a part of which a person has to tell what it is, in a notebook not ours.

        Values that are those of no known answer may be right in a form that nobody knows, wherever the part stands.
        """
        asked = self.examination
        doubted = parts if run.unlike else self.awaited(parts)
        if asked.context.handed_out or not any(part.wrong and part.in_doubt for part in doubted):
            return False
        return not asked.recognition.is_recognised(run.finding, run, run.exchanges)

    def explain(
        self, check: Check, run: CheckRun, parts: tuple[JudgedExercise, ...], known: KnownAnswers
    ) -> Finding | None:
        """Put the check with values for missing parts, then with the student's own parts, then with all values."""
        found = run.finding
        data = Lending.of(parts, known.scope((), False) or {})
        missing = Lending.of(tuple(p for p in parts if p.missing), data.ours)
        verdict = None if found.outcome is Outcome.FAILED else self.with_lent(check, parts, missing)
        if verdict is None and found.outcome is not Outcome.MISSING:
            verdict = self.with_their_own(check, found, self.following(parts), set(run.asked))
        if verdict is None or verdict.outcome is Outcome.NEEDS_REVIEW:
            verdict = self.with_lent(check, parts, data) or verdict
        return verdict

    def following(self, parts: tuple[JudgedExercise, ...]) -> FollowThrough:
        key, asked = tuple(part.exercise.id for part in parts), self.examination
        if key not in self.followings:
            self.followings[key] = FollowThrough(asked.exercise, parts, asked.sandbox, asked.seed)
        return self.followings[key]

    def with_lent(self, check: Check, parts: tuple[JudgedExercise, ...], lending: Lending) -> Finding | None:
        """Put the check with values in place of earlier parts: an answer that holds with them is right."""
        while lending.known:
            try:
                again = self.examination.put(check, lending=lending).finding
            except OneMoreLent:
                continue
            except (SandboxDied, Unresolved):
                self.examination.bring_back()
                return None
            return mark_followed(again, parts) if again.outcome is Outcome.PASSED else None
        return None

    def with_their_own(
        self, check: Check, found: Finding, following: FollowThrough, targets: set[str]
    ) -> Finding | None:
        """Put the check against answers on the student's own earlier parts; None where that explains nothing.

        targets: what the check asked for.
        """
        if not following.changes(targets):
            return None
        unknown = following.is_out_of_reach(targets)
        for foundation in following.foundations():
            try:
                with foundation() as built:
                    verdict = self.built_on(check, found, following, built)
                    unknown |= built.stand_ins.failed
            except (SandboxDied, Unresolved, ReplyRefused):
                self.examination.bring_back()
                unknown, verdict = True, None
            if verdict is not None:
                return verdict
        if not unknown or not any(part.wrong for part in following.parts):
            return None
        # A mistake that the check itself can name needs nothing else to explain it.
        return (self.wait if found.misconception else wait_for_parts)(check, following.parts)

    def built_on(
        self, check: Check, found: Finding, following: FollowThrough, built: AnswersOnStudentParts
    ) -> Finding | None:
        run = self.examination.put(check, answers=built)
        again, exchanges, parts = run.finding, run.exchanges, following.parts
        came = with_raw_values(exchanges)
        right = built.right(came)
        if built.stand_ins.failed:
            return None
        if right is not None and following.is_about_arguments(check, again, built, exchanges):
            return again
        if right is not None:
            decided = following.explains(check, again, built, came) and following.decides(check, built, came, *right)
            return self.settled(check, found, parts, decided)
        named = built.candidates(exchanges)
        ours = self.examination.context.handed_out
        if named.mistakes and (ours or differs_in_numbers(built.fresh(named.base), named.way, exchanges)):
            return self.called(again, built, named)
        if not following.fails_alike(check, again, built):
            return None
        return self.settled(check, found, parts, following.still_tells(check, built))

    def settled(self, check: Check, found: Finding, parts: tuple[JudgedExercise, ...], decided: bool) -> Finding | None:
        """It follows, if the check can tell with these parts in place, and they are more than a constant.

        On parts that are right, if in another form than ours, it is simply right.
        """
        wrong = [part for part in parts if part.wrong]
        decided = not wrong or (decided and not any(part.hollow for part in wrong))
        return mark_followed(found, parts) if decided else self.wait(check, parts)

    def called(self, found: Finding, built: AnswersOnStudentParts, named: Candidates) -> Finding | None:
        """A mistake of this exercise's own, made on top of the earlier one."""
        called = with_names(found, built.name(named, []))
        return None if called == found else called


def wait_for_parts(check: Check, parts: tuple[JudgedExercise, ...]) -> Finding:
    return make_finding(
        check, Outcome.NEEDS_REVIEW, waits_text(list_exercises(tuple(part for part in parts if part.wrong)))
    )


def is_stopped_by(parts: tuple[JudgedExercise, ...], fault: Fault | None) -> bool:
    """Whether a check was stopped because an earlier part is not there."""
    names = {name for part in parts if part.missing for name in part.exercise.names}
    if fault is None or not names:
        return False
    within = fault.place.function.partition(".")[0] if fault.place is not None else ""
    undefined = fault.type == "NameError" and any(f"'{name}'" in fault.message for name in names)
    return within in names or undefined


def list_exercises(parts: tuple[JudgedExercise, ...]) -> str:
    return ", ".join(f"`{part.exercise.id}`" for part in parts)
