"""Mutants of a reference answer, put to the exercise's checks: what one changed line may do without anybody noticing."""

from __future__ import annotations

import signal
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from grader import lessons
from grader.authoring.operators import Mutant, mutants
from grader.judge.judging import judge
from grader.lessons import source
from grader.model import Cell, Exercise, Lesson, Outcome, Submission
from grader.sandbox.local import LocalSandbox

LOST = (Outcome.FAILED, Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.MISSING)
LONGEST = 40  # CPU seconds of one check of a mutant, which may well loop for ever
SLOWER = 30  # times what the reference takes, and a few seconds: nothing that ends takes longer
FEW = 5
SEED = 7
MOST_MEMORY = 3 << 30  # bytes that one mutant may take
STATM = Path("/proc/self/statm")


class TooLong(BaseException):
    """The mutant did not come to an end. No Exception, so that no answer and no check takes it for its own."""


def mutants_of(exercise: Exercise) -> tuple[Mutant, ...]:
    return mutants_in("".join(source.answer_cells(exercise.answered_in, exercise.id)))


@cache
def mutants_in(answer: str) -> tuple[Mutant, ...]:
    """Made once a process: each is asked for by its number, one after the other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of a mutant that calls a number, say
        return tuple(mutants(answer))


def judged(lesson: Lesson, exercise: Exercise, mutant: Mutant) -> tuple[str, str]:
    """The verdict (caught, review or survived) on the mutant in a notebook, and the first check that lost its points.

    There a name is the exercise's: without the cell, a definition that crashes would be looked for elsewhere in the file.
    Names of mistakes are not asked for at first: they decide only where a person would have to look, or where nothing is lost, for a layer that
    nothing uses may have been left lying about, or be the mistake.
    """
    as_cell = (Cell(0, "code", mutant.text, exercise.id, "answer"),)
    nameless = replace(exercise, misconceptions=())
    verdict, by = judged_as(lesson, nameless, mutant, as_cell)
    return judged_as(lesson, exercise, mutant, as_cell) if verdict in ("review", "survived") else (verdict, by)


def judged_as(lesson: Lesson, exercise: Exercise, mutant: Mutant, cells: tuple[Cell, ...]) -> tuple[str, str]:
    """The verdict on what the mutant defines. cells: those of the notebook in which it stands."""
    scope = scope_of(exercise, mutant)
    if scope is None:
        return "caught", "it does not run"
    alone = replace(lesson, exercises=(exercise,))
    try:
        with at_most(patience_for(exercise.id)), LocalSandbox(scope) as sandbox:
            submission = Submission("mutant", "0" * 64, "en", lesson.id, cells)
            findings = judge(submission, sandbox, alone, seed=SEED).exercises[0].findings
    except TooLong:
        return "caught", "it does not end"
    lost = next((f.check for f in findings if f.outcome in LOST), "")
    undecided = next((f.check for f in findings if f.outcome is not Outcome.PASSED), "")
    return ("caught", lost) if lost else ("review", undecided) if undecided else ("survived", "")


@cache
def patience_for(exercise: str) -> float:
    """CPU seconds after which a mutant of its answer will not come to an end any more."""
    asked = lessons.exercise(exercise)
    lesson = replace(lessons.lesson(asked.lesson), exercises=(replace(asked, misconceptions=()),))
    began = time.process_time()
    with LocalSandbox(source.namespace(asked.answered_in) or {}) as sandbox:
        judge(Submission("reference", "0" * 64, "en", lesson.id, ()), sandbox, lesson, seed=SEED)
    return min(LONGEST * len(asked.checks), FEW + SLOWER * (time.process_time() - began))


def scope_of(exercise: Exercise, mutant: Mutant) -> dict[str, Any] | None:
    """What the solution file defines with the mutant in place of the answer; None where it stops with an error."""
    answers = source.answer_cells(exercise.answered_in, exercise.id)
    cells = source.split(source.text_of(exercise.answered_in))
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
    """Raise TooLong in the block after this CPU time, which other work on the machine does not use up. Main thread only.

    And MemoryError where it wants much more memory: a loop that never ends may fill a list.
    """

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1)
    try:
        with little_memory(MOST_MEMORY):
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def little_memory(more: int) -> Iterator[None]:
    """Let the block have so many bytes of address space beside those in use; only Linux says how many these are."""
    if not STATM.exists():
        yield
        return
    import resource  # not on Windows

    used = int(STATM.read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = used + more if hard == resource.RLIM_INFINITY else min(used + more, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
