"""Put mutants of a reference answer to the exercise's checks, and tell those that nothing can tell from the reference."""

from __future__ import annotations

import dataclasses
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from grader.checks.draw import Draw
from grader.checks.exchange import Exchange
from grader.checks.student import Student
from grader.errors import Failure, GraderError
from grader.judge.judging import judge
from grader.judge.known import choose_answer_key
from grader.judge.known.attempts import MatchingChoice, attempt_answer, is_alike
from grader.lessons import source
from grader.matching import Matching
from grader.model import Cell, Exercise, Lesson, Outcome, Submission
from grader.sandbox.local import LocalSandbox
from tools.mutation.operators import Mutant, mutants

LOST = (Outcome.FAILED, Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.MISSING)
LONGEST = 20  # CPU seconds of one check of a mutant, which may well loop for ever
DRAWN = 1000  # exchanges in which a mutant that passes everything is compared with the reference
PATIENCE = 240  # CPU seconds for those
SEED = 7


class TooLong(BaseException):
    """The mutant did not come to an end. No Exception, so that no answer and no check takes it for its own."""


@dataclass(frozen=True)
class Measured:
    """What became of a mutant. verdict: caught, review, or survived; compared: exchanges that were the reference's."""

    mutant: Mutant
    verdict: str
    by: str = ""  # the first check that it failed
    compared: int = 0
    differs: bool = False  # in some exchange, by more than rounding


def answer_of(exercise: Exercise) -> str:
    """The text of the exercise's answer cells."""
    return "".join(cells_of(exercise)[1])


def cells_of(exercise: Exercise) -> tuple[list[str], list[str]]:
    cells = source.split(source.text_of(exercise.answered_in))
    return cells, [cell for cell in cells if source.is_answer(cell, exercise.id)]


def mutants_of(exercise: Exercise) -> tuple[Mutant, ...]:
    return mutants_in(answer_of(exercise))


@cache
def mutants_in(answer: str) -> tuple[Mutant, ...]:
    """Made once a process: each is asked for by its number, one after the other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of a mutant that calls a number, say
        return tuple(mutants(answer))


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
    needed = {name}
    for check in reversed(exercise.checks):
        needed |= set(check.after) if check.id in needed else set()
    waiting = {check.id for check in exercise.checks if name in check.after}
    kept = [
        c if c.id in needed else dataclasses.replace(c, after=(name,))
        for c in exercise.checks
        if c.id in needed | waiting
    ]
    return dataclasses.replace(exercise, checks=tuple(kept))


def judged(lesson: Lesson, exercise: Exercise, mutant: Mutant) -> tuple[str, str]:
    """The verdict on the mutant in a notebook of ours, and the first check that lost its points.

    There a name is the contract's: without the cell, a definition that crashes would be looked for elsewhere in the file.
    Names of mistakes are not asked for at first: they decide only where a person would have to look.
    """
    as_cell = (Cell(0, "code", mutant.text, exercise.id, "answer"),)
    nameless = dataclasses.replace(exercise, misconceptions=())
    verdict, by = judged_as(lesson, nameless, mutant, as_cell)
    return judged_as(lesson, exercise, mutant, as_cell) if verdict == "review" else (verdict, by)


def judged_as(lesson: Lesson, exercise: Exercise, mutant: Mutant, cells: tuple[Cell, ...]) -> tuple[str, str]:
    """The verdict on what the mutant defines. cells: those of a notebook of ours, in which it stands."""
    scope = scope_of(exercise, mutant)
    if scope is None:
        return "caught", "it does not run"
    alone = dataclasses.replace(lesson, exercises=(exercise,))
    try:
        with at_most(LONGEST * len(exercise.checks)), LocalSandbox(scope) as sandbox:
            submission = Submission("mutant", "0" * 64, "en", lesson.id, cells)
            findings = judge(submission, sandbox, alone, seed=SEED).exercises[0].findings
    except TooLong:
        return "caught", "it does not end"
    lost = next((f.check for f in findings if f.outcome in LOST), "")
    undecided = next((f.check for f in findings if f.outcome is not Outcome.PASSED), "")
    return ("caught", lost) if lost else ("review", undecided) if undecided else ("survived", "")


def scope_of(exercise: Exercise, mutant: Mutant) -> dict[str, Any] | None:
    """What the solution file defines with the mutant in place of the answer; None where it stops with an error."""
    cells, answers = cells_of(exercise)
    changed = [mutant.text if cell is answers[0] else "" if cell in answers else cell for cell in cells]
    scope: dict[str, Any] = {"__name__": f"solutions.{exercise.answered_in}"}
    try:
        with at_most(LONGEST), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile("\n".join(changed), f"{exercise.answered_in}.py", "exec"), scope)  # ours, changed by us
    except (Exception, TooLong):
        return None
    return scope


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooLong in the block after this CPU time, which other work on the machine does not use up. Main thread only."""

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


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
