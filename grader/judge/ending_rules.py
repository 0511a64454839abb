"""How a check ended, as an ordered list of small rules: what was seen of the answer, before anything speaks against it.

A rule says yes with a finding, or passes on to the next. `verdict` decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grader.checks.answers import Unmatched
from grader.errors import Failure, ReplyRefused, SandboxDied
from grader.judge import misread
from grader.judge.case import CheckEnd
from grader.judge.wording import (
    ENDED,
    NOT_ATTEMPTED,
    NOWHERE,
    TOO_LARGE,
    crashed_text,
    make_finding,
    refused_text,
    unread_text,
)
from grader.model import Finding, Named, Outcome

EndRule = Callable[[CheckEnd], Finding | None]


def read_end(end: CheckEnd) -> Finding:
    """The end of a check as a finding, before anything speaks against it."""
    return next(found for found in (rule(end) for rule in END_RULES) if found is not None)


# --- how a check ended -------------------------------------------------------------------------


def pass_what_holds(end: CheckEnd) -> Finding | None:
    """A check that raises nothing has passed, perhaps with advice."""
    if end.error is not None:
        return None
    return make_finding(end.check, Outcome.PASSED, advice=(end.advice,) if end.advice else ())


def fail_what_differs(end: CheckEnd) -> Finding | None:
    """A value that is not as it should be fails the check, with the mistake's name where the check can tell it."""
    failure = end.error
    if not isinstance(failure, Failure):
        return None
    variant = next((v for v in end.context.exercise.misconceptions if v.id == failure.misconception), None)
    named = Named(variant.id, variant.explanation) if variant and variant.explanation else None
    told = {"help": failure.help, "evidence": failure.evidence, "misconception": named}
    return make_finding(end.check, Outcome.FAILED, failure.rationale, **told)


def review_what_is_nowhere(end: CheckEnd) -> Finding | None:
    """Where an exercise is answered and no code does this part of it, nobody may have asked for that part: a person says."""
    fault, matching = end.raised, end.context.matching
    if fault is None or fault.kind != "missing" or fault.message not in end.context.nowhere:
        return None
    answered = matching.attempted or matching.signed()
    return make_finding(end.check, Outcome.NEEDS_REVIEW, NOWHERE) if answered else None


def excuse_environment(end: CheckEnd) -> Finding | None:
    """A fault that a package, a file or a removed call has caused is for a person to decide."""
    if end.raised is None or end.excuse is None:
        return None
    return make_finding(end.check, Outcome.NEEDS_REVIEW, end.excuse, place=end.raised.place)


def review_unclear_section(end: CheckEnd) -> Finding | None:
    """A section that does something but defines nothing to be called is not understood, rather than not attempted."""
    unclear = end.context.find_unclear(end.absent) if end.absent else None
    at_top = end.context.matching.written.trains_at_top(end.context.exercise.id) if unclear else False
    broken = end.context.find_broken_cell() if unclear is not None else None
    excused = broken is not None and broken[0] is Outcome.NEEDS_REVIEW
    if unclear is None or excused or not (at_top or broken is None):
        return None
    return make_finding(end.check, Outcome.NEEDS_REVIEW, unclear)


def blame_broken_cell(end: CheckEnd) -> Finding | None:
    """A definition is missing because of the cell of its section that did not run through."""
    broken = end.context.find_broken_cell() if end.absent else None
    return make_finding(end.check, *broken) if broken else None


def count_as_not_attempted(end: CheckEnd) -> Finding | None:
    """A definition that is missing for no other reason was not attempted."""
    return make_finding(end.check, Outcome.MISSING, NOT_ATTEMPTED) if end.absent else None


def review_unread_output(end: CheckEnd) -> Finding | None:
    """A loop whose output we could not read is for a person to read."""
    if end.fault is None or end.fault.type != "Unread":
        return None
    return make_finding(end.check, Outcome.NEEDS_REVIEW, unread_text(end.fault.message))


def fail_too_large(end: CheckEnd) -> Finding | None:
    """A value too large to be sent is wrong."""
    return make_finding(end.check, Outcome.FAILED, TOO_LARGE) if end.fault and end.fault.type == "TooLarge" else None


def report_crash(end: CheckEnd) -> Finding | None:
    """Any other exception of the student's code is a crash, told with its line."""
    if end.fault is None:
        return None
    outcome = Outcome.OUT_OF_MEMORY if end.fault.kind == "memory" else Outcome.CRASHED
    return make_finding(end.check, outcome, crashed_text(end.fault), place=end.fault.place)


def review_unmatched_parameters(end: CheckEnd) -> Finding | None:
    """Parameters that are laid out like those of no known answer are for a person to compare."""
    if not isinstance(end.error, Unmatched):
        return None
    return make_finding(end.check, Outcome.NEEDS_REVIEW, end.error.reason or end.context.unmatched)


def fail_refused_reply(end: CheckEnd) -> Finding | None:
    """A reply that breaks the agreement fails the check; in a notebook of somebody's own we may have asked for something else."""
    if not isinstance(end.error, ReplyRefused):
        return None
    outcome = Outcome.FAILED if end.context.handed_out else Outcome.NEEDS_REVIEW
    return make_finding(end.check, outcome, refused_text(end.error))


def report_ended_process(end: CheckEnd) -> Finding | None:
    """A process that ended in the middle is told by how it ended."""
    return (
        make_finding(end.check, end.error.cause, ENDED[end.error.cause]) if isinstance(end.error, SandboxDied) else None
    )


def trace_own_exception(end: CheckEnd) -> Finding | None:
    """An exception of the check itself is no mark, unless the check holds for our own answer."""
    if end.error is None:
        return None
    found = misread.judge_exception(end.check, end.context.exercise, end.context.seed, end.error)
    if found.outcome is Outcome.FAILED and not end.context.handed_out:  # right, maybe, in a form that nobody thought of
        return replace(found, outcome=Outcome.NEEDS_REVIEW, help=None)
    return found


END_RULES: tuple[EndRule, ...] = (
    pass_what_holds,
    fail_what_differs,
    review_what_is_nowhere,
    excuse_environment,
    review_unclear_section,
    blame_broken_cell,
    count_as_not_attempted,
    review_unread_output,
    fail_too_large,
    report_crash,
    review_unmatched_parameters,
    fail_refused_reply,
    report_ended_process,
    trace_own_exception,
)
