"""A later answer is judged with the student's own earlier part in place of ours: so a mistake costs once, and a right
part in another form than ours costs nothing.

    named    the reference with the same known mistake, or in the same accepted form, in the earlier exercise
    asked    the reference with the student's own earlier part, which stays in the sandbox and is asked there
    lent     an earlier part that is not there at all, where it is plain data: a mask, a table of positions, as values

A check follows through where an accepted answer, built on that part, gives exactly what the student's gives, or fails
it in the same way. And only where it still decides: with that part in place, the later exercise's own known mistakes
must differ from a right answer as they do otherwise. Else the check is pending: nothing is lost by it and nothing is
earned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from grader.checks.draw import Draw
from grader.checks.exchange import CallFailed, Exchange
from grader.checks.student import Student
from grader.errors import Failure, GraderError
from grader.judge.answers_on_parts import AnswersOnStudentParts, given_of
from grader.judge.judged import JudgedExercise
from grader.judge.known.attempts import MatchingChoice, attempt_answer, is_alike
from grader.judge.known.candidates import RIGHT
from grader.judge.stand_ins import StandIns
from grader.lessons import source
from grader.lessons.uses import names_read, names_run, reached_from
from grader.model import Check, Edit, Exercise, Finding, Outcome, Variant
from grader.sandbox import Sandbox, judge_lock
from grader.sandbox.lazy import lazy
from grader.sandbox.local import LocalSandbox

# "The loss of step 3 is 0.693 and should be 7.1e-05": the numbers of a sentence
NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:e[-+]?\d+)?")


def with_raw_values(exchanges: list[Exchange]) -> list[Exchange]:
    """The exchanges with a value everywhere: NaN in a row that no check reads still leaves the others to compare."""
    return [e if e.raw is None else replace(e, value=e.raw, refused=None, view=None, raw=None) for e in exchanges]


def replay_answer(
    answers: AnswersOnStudentParts, edits: tuple[Edit, ...], exchanges: list[Exchange], way: MatchingChoice
) -> list[Exchange] | None:
    """The replies of an answer to the same questions; None where it does not fit."""
    return attempt_answer(answers.fresh(edits), exchanges, way).answered


def answers_differ(one: list[Exchange] | None, other: list[Exchange] | None) -> bool:
    if one is None or other is None:
        return one is not other
    return len(one) != len(other) or not all(map(is_alike, one, other))


class Shows(Enum):
    """Where a known mistake shows: on top of the student's earlier parts, on right ones only, or never."""

    HERE = auto()
    ELSEWHERE = auto()
    NEVER = auto()


@dataclass
class FollowThrough:
    """The follow-through of one exercise. `parts`: the earlier exercises that it builds on and that are not as ours."""

    exercise: Exercise
    parts: tuple[JudgedExercise, ...]
    sandbox: Sandbox
    seed: int
    sentences: dict[tuple[str, str, AnswersOnStudentParts], str] = field(default_factory=dict)

    @lazy
    def plain(self) -> AnswersOnStudentParts:
        """The known answers as they are, on top of our own earlier parts."""
        return AnswersOnStudentParts(self.exercise, ())

    @lazy
    def own_mistakes(self) -> list[Variant]:
        """The known mistakes that are made in this exercise's own cells, and not in an earlier part."""
        cells = [c for c in source.split(source.text_of(self.exercise.answered_in)) if self.owns(c)]
        return [v for v in self.exercise.misconceptions if all(any(e.old in c for c in cells) for e in v.edits)]

    def owns(self, cell: str) -> bool:
        return source.is_answer(cell, self.exercise.id)

    # -- the foundations  --------------------------------------------------------------------

    @lazy
    def renamed(self) -> AnswersOnStudentParts | None:
        """The known answers with the earlier mistakes made in them, where all of these have a name."""
        if not all(part.named for part in self.parts):
            return None
        return AnswersOnStudentParts(self.exercise, given_of(self.parts), bare=self.plain)

    def foundations(self) -> Iterator[Callable[[], Any]]:
        """The ways to put the student's earlier parts in place, the cheapest first; each opens as a context."""
        named = tuple(part for part in self.parts if part.named)
        if self.renamed is not None:
            yield lambda: nullcontext(self.renamed)
        if not any(self.mentions(part) for part in self.parts if part.wrong):
            return
        if named and self.renamed is None:
            yield lambda: self.asked(named)
        yield self.asked

    def changes(self, targets: set[str]) -> bool:
        """Whether our answer runs any of these parts when it is asked for these names."""
        reached = reached_from(self.exercise, targets)
        return any(part.exercise.id in reached for part in self.parts)

    def is_out_of_reach(self, targets: set[str]) -> bool:
        """Whether a part with mistakes without a name is run by a helper of its own alone, in whose place nothing of theirs can stand.

        fine_tune calls `learn`, which stands beside train_batches; with another `learn` of the student's nobody can say what it gives.
        """
        reached, run = reached_from(self.exercise, targets), names_run(self.exercise, targets)
        wrong = [part for part in self.parts if part.wrong and not part.named and part.exercise.id in reached]
        return run is not None and any(not part.missing and not run & set(part.exercise.names) for part in wrong)

    def mentions(self, part: JudgedExercise) -> bool:
        """Whether our answer takes it by a name of the contract, so that the student's can stand there."""
        return not part.missing and bool(set(part.exercise.names) & names_read(self.exercise))

    @contextmanager
    def asked(self, named: tuple[JudgedExercise, ...] = ()) -> Iterator[AnswersOnStudentParts]:
        """The answers on the student's own parts, asked in a branch that stays open as long as the answers are used.

        named: parts whose known mistakes are made in ours instead.
        """
        ours = self.plain.scope((), False) or {}
        stand_ins = StandIns()
        with self.sandbox.branch() as branch:
            for part in self.parts:
                if part.missing or part in named:
                    continue
                student = Student(branch, part.exercise.id, self.seed % 2**31, None, part.matching)
                for name in part.exercise.names:
                    stand_ins.add(name, ours[name], student)
            with judge_lock.kept():  # a replay sets state of the whole process
                yield AnswersOnStudentParts(
                    self.exercise, given_of(named), stand_ins, AnswersOnStudentParts(self.exercise, (), stand_ins)
                )

    # -- whether it follows -----------------------------------------------------------------------

    def decides(
        self,
        check: Check,
        built: AnswersOnStudentParts,
        exchanges: list[Exchange],
        base: tuple[Edit, ...],
        way: MatchingChoice,
    ) -> bool:
        """Whether the exercise's own mistakes still show in these exchanges, as they do with right earlier parts.

        One that does the same as the earlier mistake which was named is no further mistake: a mask that shows one too
        many may be cut once more by the model, and nothing changes.
        """

        def replayed(answers: AnswersOnStudentParts, edits: tuple[Edit, ...]) -> list[Exchange] | None:
            return replay_answer(answers, edits, exchanges, way)

        right, usual = replayed(built, base), replayed(self.plain, base)

        def shows(variant: Variant) -> Shows:
            edits = base + variant.edits
            if built.scope(edits, double=False) is None:
                return Shows.NEVER
            if answers_differ(right, replayed(built, edits)):
                return Shows.HERE
            if built.given and built.bare and not answers_differ(replayed(built.bare, edits), right):
                return Shows.NEVER
            if usual is None:
                return self.shows_alone(check, variant)
            return Shows.ELSEWHERE if answers_differ(usual, replayed(self.plain, edits)) else Shows.NEVER

        return self.none_is_hidden(shows)

    def shows_alone(self, check: Check, variant: Variant) -> Shows:
        """Whether a mistake fails the check on right earlier parts."""
        return Shows.ELSEWHERE if self.said(check, self.plain, variant) != PASSED else Shows.NEVER

    def none_is_hidden(self, shows: Callable[[Variant], Shows]) -> bool:
        """Whether some of the exercise's own mistakes show here, and none that shows elsewhere is hidden here."""
        here = False
        for variant in self.own_mistakes:
            shown = shows(variant)
            if shown is Shows.ELSEWHERE:
                return False
            here |= shown is Shows.HERE
        return here

    def explains(self, check: Check, found: Finding, built: AnswersOnStudentParts, exchanges: list[Exchange]) -> bool:
        """Whether equal exchanges are all that a check goes by.

        Gradients are not among them, so there the reference, built on the same parts, has to fail the check too, and
        the exercise's own mistakes otherwise.
        """
        if not any(e.request.get("cotangents") for e in exchanges) or found.outcome is Outcome.PASSED:
            return True
        return self.said(check, built, RIGHT) != PASSED and self.still_tells(check, built)

    def is_about_arguments(
        self, check: Check, found: Finding, built: AnswersOnStudentParts, exchanges: list[Exchange]
    ) -> bool:
        """Whether a check is failed by what became of its arguments, `x += y`: no value shows that, and no earlier part does it.

        The reference, built on the same parts, passes the check then.
        """
        echoed = any(e.request.get("echo") for e in exchanges)
        return echoed and found.outcome is Outcome.FAILED and self.said(check, built, RIGHT) == PASSED

    def fails_alike(self, check: Check, found: Finding, built: AnswersOnStudentParts) -> bool:
        """Whether the reference, built on the same parts, fails a check with the same sentence."""
        return found.outcome is not Outcome.PASSED and mask_sentence(found) == self.said(check, built, RIGHT)

    def still_tells(self, check: Check, built: AnswersOnStudentParts) -> bool:
        """As `decides`, by the sentence that a check ends with: for trainings, whose numbers nobody has twice."""
        right = self.said(check, built, RIGHT)

        def shows(variant: Variant) -> Shows:
            if built.scope(variant.edits, double=False) is None:
                return Shows.NEVER
            return Shows.HERE if self.said(check, built, variant) != right else self.shows_alone(check, variant)

        return self.none_is_hidden(shows)

    def said(self, check: Check, answers: AnswersOnStudentParts, variant: Variant) -> str:
        """How a check ends for one of our own answers, in this process."""
        key = (check.id, variant.id, answers)
        if key not in self.sentences:
            self.sentences[key] = self.run(check, answers, variant)
        return self.sentences[key]

    def run(self, check: Check, answers: AnswersOnStudentParts, variant: Variant) -> str:
        draw = Draw(self.seed, self.exercise.id, check.id)
        scope = answers.fresh(variant.edits)
        try:
            with LocalSandbox(dict(scope or {})).branch() as branch:
                check.function(Student(branch, self.exercise.id, draw.seed % 2**31, answers), draw)
        except Failure as failure:
            return mask_numbers(Outcome.FAILED, failure.rationale.en)
        except CallFailed as error:
            return mask_numbers(Outcome.CRASHED, str(error))
        except GraderError as error:
            return mask_numbers(Outcome.NEEDS_REVIEW, str(error))
        return PASSED


PASSED = str(Outcome.PASSED.value)


def mask_numbers(outcome: Outcome, words: str) -> str:
    """A sentence without its numbers, which differ from one training to the next."""
    return f"{outcome.value}: {NUMBER.sub('#', words)}"


def mask_sentence(found: Finding) -> str:
    words = found.rationale.en if found.rationale else ""
    return mask_numbers(found.outcome, words.removeprefix("Your code raised "))


def mark_followed(found: Finding, parts: tuple[JudgedExercise, ...]) -> Finding:
    """The finding of a check that follows through: it holds, and its cause was paid for in the earlier exercise."""
    return paid_for(found, tuple(part.exercise.id for part in parts if part.wrong))


def paid_for(found: Finding, follows: tuple[str, ...]) -> Finding:
    """The finding of a check that holds but for what was paid for elsewhere: in these exercises, or names of its own."""
    return replace(
        found,
        outcome=Outcome.PASSED,
        rationale=None,
        help=None,
        evidence=(),
        misconception=None,
        place=None,
        follows=follows,
    )
