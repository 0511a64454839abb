"""A mistake in one name of an exercise is not charged again in another name that runs it: that of LayerNorm in EncoderBlock.

The check of the second name follows through where its values are exactly those of the reference with the mistake that a check of the
first one was charged for, and only where it still decides: the second name's own mistakes must differ from that as they do otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from grader.checks.exchange import Exchange
from grader.judge.case import CheckRun
from grader.judge.follow_through import answers_differ, paid_for
from grader.judge.known.attempts import attempt_answer
from grader.judge.known.candidates import Candidates
from grader.judge.known.known_answers import KnownAnswers
from grader.lessons.uses import names_run
from grader.model import Finding, Outcome, Variant

if TYPE_CHECKING:
    from grader.judge.examination import Examination


def follows_from_above(asked: Examination, run: CheckRun, before: Mapping[str, Finding]) -> Finding | None:
    """The finding of a check that does not hold, where a mistake charged above in another name explains it; else None."""
    known, found = asked.answers.replayed, run.finding
    if known is None or found.outcome is not Outcome.FAILED:
        return None
    mine = set(run.asked)
    reached = names_run(asked.exercise, mine) or set()
    for name, earlier in before.items():
        other = asked.runs.get(name)
        if other is None or earlier.outcome is not Outcome.FAILED:
            continue
        theirs = set(other.asked)
        if not theirs or theirs & mine or not theirs <= reached:
            continue
        mistake = same_mistake(asked, run, other)
        if mistake is not None and still_decides(known, asked.recognition.candidates[found.check], mistake, run, other):
            return paid_for(found, tuple(sorted(theirs)))
    return None


def same_mistake(asked: Examination, run: CheckRun, other: CheckRun) -> Variant | None:
    """The mistake that gives the values of both checks."""
    seen = asked.recognition
    if not all(seen.is_recognised(each.finding, each, each.exchanges) for each in (other, run)):
        return None
    both = [seen.candidates.get(each.finding.check) for each in (other, run)]
    first, second = (found.mistakes if found is not None else () for found in both)
    return next((mistake for mistake in second if mistake in first), None)


def still_decides(known: KnownAnswers, found: Candidates, mistake: Variant, run: CheckRun, other: CheckRun) -> bool:
    """Whether the other mistakes of the exercise show in these values beside this one, as they do without it.

    Those of the name that was charged above are not looked for here.
    """

    def replies(run: CheckRun, *more: Variant) -> list[Exchange] | None:
        edits = found.base + tuple(edit for variant in more for edit in variant.edits)
        return attempt_answer(known.scope(edits, double=False), run.exchanges, found.way).answered

    usual, there, with_it = replies(run), replies(other), replies(run, mistake)
    for variant in known.exercise.misconceptions:
        both = found.base + mistake.edits + variant.edits
        if (
            variant is mistake
            or known.scope(both, double=False) is None
            or answers_differ(there, replies(other, variant))
        ):
            continue
        if answers_differ(usual, replies(run, variant)) and not answers_differ(with_it, replies(run, mistake, variant)):
            return False
    return True
