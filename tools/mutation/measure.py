"""Put mutants of a reference answer to the exercise's checks, and tell those that nothing can tell from the reference."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import torch

from grader.authoring.demands import names_with_groundwork
from grader.authoring.mutants import TooLong, at_most, judged, scope_of
from grader.authoring.operators import Mutant
from grader.checks.draw import Draw
from grader.checks.exchange import Exchange
from grader.checks.student import Student
from grader.errors import Failure, GraderError
from grader.judge.known import choose_answer_key
from grader.judge.known.attempts import MatchingChoice, attempt_answer, is_alike
from grader.lessons import source
from grader.matching import Matching
from grader.model import Exercise, Lesson
from grader.sandbox.local import LocalSandbox

DRAWN = 1000  # exchanges in which a mutant that passes everything is compared with the reference
PATIENCE = 240  # CPU seconds for those


@dataclass(frozen=True)
class Measured:
    """What became of a mutant. verdict: caught, review, or survived; compared: exchanges that were the reference's."""

    mutant: Mutant
    verdict: str
    by: str = ""  # the first check that it failed
    compared: int = 0
    differs: bool = False  # in some exchange, by more than rounding


def measure(lesson: Lesson, exercise: Exercise, mutant: Mutant, before: str = "", proved: bool = True) -> Measured:
    """Judge the mutant, and where nothing is lost, compare it with the reference in DRAWN exchanges.

    before: the check that it failed when it was measured last. That one is asked first, and mostly it alone.
    proved: whether it matters if it is the reference's function; of one that is allowed to be another it does not.
    """
    if before in {check.id for check in exercise.checks} and judged(lesson, alone(exercise, before), mutant) == (
        "caught",
        before,
    ):
        return Measured(mutant, "caught", before)
    verdict, by = judged(lesson, exercise, mutant)
    if verdict != "survived":
        return Measured(mutant, verdict, by)
    compared, differs = compare(exercise, mutant) if proved else (0, False)
    return Measured(mutant, verdict, "", compared, differs)


def alone(exercise: Exercise, name: str) -> Exercise:
    """The exercise with one check, those that have to hold before it is asked, and those that wait for it.

    What waits costs nothing where the check fails, and shows that the check is groundwork, which is asked more carefully.
    """
    needed = names_with_groundwork(exercise.checks, {name})
    waiting = {check.id for check in exercise.checks if name in check.after}
    kept = [
        c if c.id in needed else dataclasses.replace(c, after=(name,))
        for c in exercise.checks
        if c.id in needed | waiting
    ]
    return dataclasses.replace(exercise, checks=tuple(kept))


def compare(exercise: Exercise, mutant: Mutant) -> tuple[int, bool]:
    """In how many drawn exchanges a mutant gave what the reference gives, and whether it differed in one."""
    reference = source.namespace(exercise.answered_in, exercise.id)
    answers, compared = choose_answer_key(exercise), 0
    try:
        with at_most(PATIENCE):
            for seed in range(1, DRAWN):
                for check in exercise.checks:
                    exchanges = exchanges_of(exercise, mutant, check.function, Draw(seed, "mutant", check.id), answers)
                    answered = attempt_answer(reference, exchanges, MatchingChoice()).answered
                    if answered is None or not all(map(is_alike, exchanges, answered)):
                        return compared, True
                    compared += len(exchanges)
                if compared >= DRAWN:
                    break
    except TooLong:
        pass  # told by the number, which is then below DRAWN
    return compared, False


def exchanges_of(exercise: Exercise, mutant: Mutant, function: Any, draw: Draw, answers: Any) -> list[Exchange]:
    scope = scope_of(exercise, mutant)
    assert scope is not None, "it has passed its checks"
    with LocalSandbox(scope) as sandbox, sandbox.branch() as branch, torch.random.fork_rng():
        student = Student(branch, exercise.id, draw.seed % 2**31, answers, Matching(exercise.id, active=False))
        try:
            function(student, draw)
        except (Failure, GraderError):
            return []  # with another seed it does not pass: the exchanges until then are told by `judged`
        return student.exchanges
