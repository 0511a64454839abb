"""An exception within a check: a fault of ours, or a reply in a form that the check cannot read.

A student's code can take a lent model apart, give parameters other shapes, or answer in a form that nobody thought
of. The same check with the same draw is then put to our own answer. Where it passes there, what differs is the reply.
"""

from __future__ import annotations

import traceback

from grader.checks.draw import Draw
from grader.checks.student import Student
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.wording import MISREAD_HELP, broken_text, make_finding, misread_text, puzzled_text
from grader.lessons import source
from grader.model import Check, Exercise, Finding, Outcome
from grader.sandbox.local import LocalSandbox

SEARCHES = (
    "/grader/judge/known/",
    "/grader/judge/known/parameters/",
    "/grader/matching/",
    "/grader/checks/rehearsal.py",
)  # for a right answer


def judge_exception(check: Check, exercise: Exercise, seed: int, error: Exception) -> Finding:
    """The finding of a check that raised this error itself."""
    if not (passes_with_ours(check, exercise, seed) if source.has_answers(exercise.lesson) else while_reading(error)):
        return make_finding(check, Outcome.BROKEN, broken_text(error, check))
    if while_searching(error):  # it may be as right as it is unusual
        return make_finding(check, Outcome.NEEDS_REVIEW, puzzled_text(error))
    return make_finding(check, Outcome.FAILED, misread_text(error), help=MISREAD_HELP)


def passes_with_ours(check: Check, exercise: Exercise, seed: int) -> bool:
    """Whether the check holds for the reference answer, in this process. An exception here is a fault of ours."""
    draw = Draw(seed, exercise.id, check.id)
    try:
        with LocalSandbox(source.namespace(exercise.answered_in, exercise.id)) as sandbox, sandbox.branch() as branch:
            check.function(Student(branch, exercise.id, draw.seed % 2**31, KnownAnswers(exercise)), draw)
    except Exception:  # whatever it is: the check cannot be relied on
        return False
    return True


def while_reading(error: Exception) -> bool:
    """Whether a view raised it that was reading a reply, without anything of ours to compare with."""
    names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    return any(name == "exchange" and below != "send" for name, below in zip(names, [*names[1:], ""], strict=True))


def while_searching(error: Exception) -> bool:
    """Whether it was raised in the search for a known answer that fits."""
    return any(part in f.filename for f in traceback.extract_tb(error.__traceback__) for part in SEARCHES)
