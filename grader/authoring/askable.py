"""Checks put to the solution, before anything else is asked: what is wrong with a check itself is said once, with the author's own line.

A check that the solution does not pass says nothing about any mistake or other answer, so nothing else is worth asking then.
"""

from __future__ import annotations

import difflib
import traceback
from dataclasses import dataclass
from pathlib import Path

from grader.checks.draw import Draw
from grader.checks.exchange import CallFailed
from grader.checks.student import Student
from grader.errors import Failure, GraderError, UnlikeAnyAnswer
from grader.judge.known.known_answers import KnownAnswers
from grader.lessons import source
from grader.model import Check, Exercise, Text
from grader.model.run import error_words
from grader.sandbox import judge_lock
from grader.sandbox.local import LocalSandbox


@dataclass(frozen=True)
class CheckFault:
    """What is wrong with a check. line: the author's own that was reached last; 0 where none was."""

    check: str
    file: Path | None
    line: int
    text: Text


def faults_of_checks(exercise: Exercise, folder: Path, seeds: tuple[int, ...]) -> list[CheckFault]:
    """At most one for each check: its first. Checks that wait for a faulty one are not asked."""
    found: dict[str, CheckFault] = {}
    for check in exercise.checks:
        if found.keys() & set(check.after):
            continue
        fault = next(filter(None, (fault_of(check, exercise, folder, seed) for seed in seeds)), None)
        if fault is not None:
            found[check.id] = fault
    return list(found.values())


def fault_of(check: Check, exercise: Exercise, folder: Path, seed: int) -> CheckFault | None:
    """What keeps the solution from passing the check with this seed; None where it passes."""
    draw, scope = Draw(seed, exercise.id, check.id), source.namespace(exercise.answered_in, exercise.id)
    with judge_lock.judging(), LocalSandbox(scope) as sandbox, sandbox.branch() as branch:
        student = Student(branch, exercise.id, draw.seed % 2**31, KnownAnswers(exercise))
        try:
            check.function(student, draw)
        except Exception as error:  # an author's code may raise anything
            return CheckFault(check.id, *own_line(error, folder), sentence(check, exercise, student, error))
    return None


def sentence(check: Check, exercise: Exercise, student: Student, error: Exception) -> Text:
    if isinstance(error, CallFailed):
        fault = error.fault
        missing = (fault.kind, fault.type) == MISSING
        return unknown_name(check, exercise, fault.message) if missing else raised(check, str(error))
    if isinstance(error, Failure):
        by_chance = isinstance(error, UnlikeAnyAnswer) and any(one.weights for one in student.exchanges)
        return differs_by_chance(check, error) if by_chance else not_passed(check, error.rationale)
    if isinstance(error, GraderError):
        return not_passed(check, Text(en=str(error), ja=error.in_("ja")))
    return broken(check, error_words(type(error).__name__, str(error)))


def broken(check: Check, seen: str) -> Text:
    first = seen.partition("\n")[0]
    return Text(
        en=f"the check {check.id} itself breaks when it is put to the solution: {first}",
        ja=f"チェック {check.id} 自体が、模範解答に対して壊れます。{first}",
    )


def raised(check: Check, seen: str) -> Text:
    first = seen.partition("\n")[0]
    return Text(
        en=f"the solution raises an error when the check {check.id} asks it: {first}",
        ja=f"チェック {check.id} の質問に対して、模範解答がエラーになります。{first}",
    )


def not_passed(check: Check, why: Text) -> Text:
    return Text(
        en=f"the solution does not pass the check {check.id}: {why.en}",
        ja=f"模範解答がチェック {check.id} を通りません。{why.ja}",
    )


MISSING = ("missing", "LookupError")  # of a name that is asked for, not of one that the solution's own code reads


def unknown_name(check: Check, exercise: Exercise, name: str) -> Text:
    known = sorted(
        {*source.names_in(exercise.answered_in), *exercise.names, *(one.name for one in exercise.interfaces)}
    )
    near = difflib.get_close_matches(name, known, 1)
    return Text(
        en=f"the check {check.id} asks for {name}, which the solution does not define."
        + (f" Is {near[0]} meant?" if near else ""),
        ja=f"チェック {check.id} は {name} を呼び出しますが、模範解答に定義がありません。"
        + (f"{near[0]} のことでしょうか。" if near else ""),
    )


def differs_by_chance(check: Check, error: Failure) -> Text:
    return Text(
        en=f"in the check {check.id} the solution does not agree with itself: {error.rationale.en} Where a model begins with random "
        "weights, give it some of your own before it is asked: model.randomise(draw).",
        ja=f"チェック {check.id} で、模範解答が自分自身と一致しません。{error.rationale.ja} モデルの重みが乱数で始まるなら、"
        "呼び出す前に model.randomise(draw) で設定してください。",
    )


def own_line(error: Exception, folder: Path) -> tuple[Path | None, int]:
    """The innermost line in the lesson's folder that an exception went through."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    return (Path(frames[-1].filename), frames[-1].lineno or 1) if frames else (None, 0)
