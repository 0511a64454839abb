"""The law of evidence: how a check becomes a finding, as ordered lists of small rules.

`ending_rules` read how a check ended. `RULES` decide the finding: a rule says yes with a finding, or passes on to the
next; on top of them, a blank makes an answer missing. The order is part of the law: a rule may rely on all rules
before it, and the dearest question, whether a known mistake gives exactly these values, is asked by as few cases as
possible.

    a guess never accuses        doubt_printed_values ... doubt_guessed_definition
    "not attempted" is a claim   review_what_is_nowhere, review_unclear_section ... count_as_not_attempted, count_blank_as_missing
    a fault has its cause        excuse_environment, blame_broken_cell
    a mistake costs once         charge_once
    doubt does not cascade       wait_for_groundwork
    pending is not passed        each doubt is NEEDS_REVIEW, never PASSED
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from grader.judge.case import FAILING, Case, ExerciseContext
from grader.judge.wording import (
    TOO_LARGE,
    TOO_LONG_TO_JUDGE,
    UNLIKE,
    borrowed_text,
    costly_text,
    elsewhere_piece_text,
    elsewhere_text,
    groundwork_text,
    guessed_text,
    make_finding,
    not_asked_text,
    read_text,
    still_blank,
    unlike_text,
    unsure_text,
)
from grader.matching import REFUSED
from grader.model import Check, Finding, Outcome

Rule = Callable[[Case], Finding | None]


def judge_finding(case: Case) -> Finding:
    """The finding of one check: that of the first rule which applies, or missing where the answer still has a blank."""
    found = next(found for found in (rule(case) for rule in RULES) if found is not None)
    return count_blank_as_missing(case.context, found)


# --- before a check is asked -------------------------------------------------------------------


def wait_for_groundwork(case: Case) -> Finding | None:
    """A check is skipped, pending or missing with the one that it builds on."""
    return follow_groundwork(case.check, case.before)


def follow_groundwork(check: Check, before: Mapping[str, Finding]) -> Finding | None:
    """The finding of a check whose groundwork did not hold; None where it may be asked."""
    for found in (before[needed] for needed in check.after):
        if found.outcome in (Outcome.MISSING, Outcome.NEEDS_REVIEW):
            return make_finding(check, found.outcome, found.rationale)
        if found.outcome is not Outcome.PASSED:
            return make_finding(check, Outcome.SKIPPED, groundwork_text(found.text))
    return None


def stop_when_out_of_time(case: Case) -> Finding | None:
    """A hand-in that took more of the judge's time than any we know is for a person to finish."""
    return make_finding(case.check, Outcome.NEEDS_REVIEW, TOO_LONG_TO_JUDGE) if case.out_of_time() else None


def doubt_unverified_crash(case: Case) -> Finding | None:
    """A crash of a foreign notebook's definition that no trial could ask says only that we do not know how to ask it."""
    guess, context = case.unverified, case.context
    if case.crash is None or guess is None or context.handed_out:
        return None
    words = guessed_text(guess.own, guess.wanted, case.found.rationale or case.found.text, crashed=True)
    if guess.own == guess.wanted:
        words = unsure_text(guess.wanted, case.found.rationale or case.found.text)
    return make_finding(case.check, Outcome.NEEDS_REVIEW, words, place=case.found.place)


def doubt_other_edition(case: Case) -> Finding | None:
    """What does not hold in a hand-in that seems to answer another edition's problems is for a person to decide."""
    found = case.found
    if not case.context.submission.other_edition or found.outcome not in FAILING:
        return None
    return make_finding(case.check, Outcome.NEEDS_REVIEW, found.rationale or found.text, place=found.place)


# --- what an earlier exercise has paid for -----------------------------------------------------


def charge_once(case: Case) -> Finding | None:
    """A failure that follows from an earlier exercise's mistake is not charged again; pending where nobody can tell."""
    return case.follow_through(case.run)


# --- what may be our own guess -----------------------------------------------------------------


def doubt_printed_values(case: Case) -> Finding | None:
    """A value read off a loop's output may have been read wrongly, unless a known mistake explains it."""
    found = case.found
    if found.outcome is not Outcome.FAILED or not case.is_read_from_prints or case.recognised:
        return None
    return make_finding(
        case.check, Outcome.NEEDS_REVIEW, read_text(found.rationale or found.text), evidence=found.evidence
    )


def doubt_borrowed_part(case: Case) -> Finding | None:
    """A failure of code that reads its own class's attributes off a fake of ours may come of the fake, unless a known mistake explains it."""
    found, fault = case.found, case.crash
    own_lacks_it = fault is not None and fault.type == "AttributeError"
    if not case.run.backed or found.outcome not in FAILING or own_lacks_it or case.recognised:
        return None
    words = borrowed_text(found.rationale or found.text)
    return make_finding(case.check, Outcome.NEEDS_REVIEW, words, evidence=found.evidence, place=found.place)


def doubt_refused_call(case: Case) -> Finding | None:
    """A call refused before any line of a foreign notebook was reached says nothing about the answer."""
    fault = case.crash
    if fault is None or fault.place is not None or case.context.handed_out:
        return None
    refused = fault.type == "TypeError" and REFUSED.search(fault.message)
    if not (refused or fault.type in ("AttributeError", "NotImplementedError")):  # a class without `forward` is a part
        return None
    return make_finding(case.check, Outcome.NEEDS_REVIEW, not_asked_text(fault))


def doubt_crash_elsewhere(case: Case) -> Finding | None:
    """A crash with our arguments in a foreign notebook need not be wrong, unless a known mistake explains it."""
    fault, context = case.crash, case.context
    of_types = fault is not None and fault.type in (
        "AttributeError",
        "TypeError",
    )  # our data are not of the type of theirs
    elsewhere = (not context.exercise.series or of_types) and not context.handed_out
    if fault is None or not elsewhere or case.recognised:
        return None
    return make_finding(case.check, Outcome.NEEDS_REVIEW, not_asked_text(fault), place=case.found.place)


def doubt_costly_call(case: Case) -> Finding | None:
    """Code of a foreign notebook that takes too long, or gives back too much, with our arguments may be made for others."""
    found = case.found
    costly = found.outcome in (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY) or found.rationale == TOO_LARGE
    if not costly or case.context.handed_out:
        return None
    return make_finding(case.check, Outcome.NEEDS_REVIEW, costly_text(found.rationale or found.text), place=found.place)


def doubt_missing_piece(case: Case) -> Finding | None:
    """A piece that an answer of somebody's own leaves out may stand in the code around it: BERT's projection in the layer."""
    found = case.found
    if found.outcome is not Outcome.FAILED or case.context.handed_out or not case.leaves_out(case.run):
        return None
    words = elsewhere_piece_text(found.rationale or found.text)
    return make_finding(case.check, Outcome.NEEDS_REVIEW, words, evidence=found.evidence, place=found.place)


def doubt_unknown_design(case: Case) -> Finding | None:
    """A model built in one of many right ways may differ from all known answers, unless a known mistake explains it."""
    found, context = case.found, case.context
    # The other checks do not know its design either: a norm that only its decoder uses learns nothing without one.
    unlike = any(
        before.rationale is not None and before.rationale.en.startswith(UNLIKE.en) for before in case.before.values()
    )
    if (
        not (case.run.unlike or (unlike and found.outcome is Outcome.FAILED))
        or context.handed_out
        or not context.matching.has_many_designs(case.run.asked)
        or case.recognised
    ):
        return None
    words = unlike_text(found.rationale or found.text)
    return make_finding(case.check, Outcome.NEEDS_REVIEW, words, evidence=found.evidence, place=found.place)


def doubt_definition_elsewhere(case: Case) -> Finding | None:
    """A definition that stands in another exercise's section, and is not used in this one, may not be meant for it."""
    found, apart = case.found, case.apart
    if apart is None or found.outcome not in FAILING:
        return None
    words = elsewhere_text(*apart, found.rationale or found.text)
    return make_finding(case.check, Outcome.NEEDS_REVIEW, words, place=found.place)


def doubt_guessed_definition(case: Case) -> Finding | None:
    """A failure that our own guess may have caused is in doubt, unless a known mistake explains it."""
    guess, found = case.guess, case.found
    if guess is None or case.recognised:
        return None
    seen, crashed = found.rationale or found.text, found.outcome is Outcome.CRASHED
    exact = guess.own == guess.wanted
    words = unsure_text(guess.wanted, seen) if exact else guessed_text(guess.own, guess.wanted, seen, crashed)
    return make_finding(case.check, Outcome.NEEDS_REVIEW, words, place=found.place)


def take_as_it_is(case: Case) -> Finding | None:
    """A finding that nothing speaks against stands."""
    return case.found


RULES: tuple[Rule, ...] = (
    wait_for_groundwork,
    stop_when_out_of_time,
    doubt_unverified_crash,
    doubt_other_edition,
    charge_once,
    doubt_printed_values,
    doubt_borrowed_part,
    doubt_refused_call,
    doubt_crash_elsewhere,
    doubt_costly_call,
    doubt_missing_piece,
    doubt_unknown_design,
    doubt_definition_elsewhere,
    doubt_guessed_definition,
    take_as_it_is,
)


# --- on top of all rules -----------------------------------------------------------------------


def count_blank_as_missing(context: ExerciseContext, found: Finding) -> Finding:
    """An answer that does not hold and still has a blank is not wrong but missing."""
    wrong = (Outcome.FAILED, Outcome.CRASHED, Outcome.NEEDS_REVIEW)
    blank = context.find_blank() if found.outcome in wrong else None
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
