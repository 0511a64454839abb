"""judge(submission, sandbox) -> Report. Everything that decides a mark happens here, never in the student's process."""

from __future__ import annotations

import platform
from collections.abc import Callable

import torch

import grader
from grader.judge.execution import execute_cells, remark_on_run
from grader.judge.explanation_work import ExplanationWork
from grader.judge.known import choose_answer_key
from grader.judge.known.protocol import AnswerKey
from grader.judge.saved_outputs import read_log
from grader.judge.submission_examinations import SubmissionExaminations
from grader.judge.wording import EXPLAINS
from grader.matching import Map
from grader.model import (
    Cell,
    Exercise,
    ExerciseReport,
    Finding,
    Lesson,
    Limits,
    Notes,
    Outcome,
    Provenance,
    Report,
    Run,
    Submission,
    Text,
    total,
)
from grader.notebook.legacy_code import environment_remarks
from grader.notebook.outputs import LONGEST
from grader.sandbox import Sandbox, judge_lock

OnStep = Callable[[Text], None]


def judge(
    submission: Submission,
    sandbox: Sandbox,
    lesson: Lesson,
    seed: int,
    limits: Limits | None = None,
    only: tuple[str, ...] = (),
    on_step: OnStep = lambda _text: None,
    by_hand: Map | None = None,
    known: Callable[[Exercise], AnswerKey] | None = None,
) -> Report:
    """Run the notebook in `sandbox`, put every check's questions to it, and report the findings.

    seed: the inputs are drawn from it; the student must not know it beforehand. only: exercise ids, all if empty.
    by_hand: a person's word on the student's names, by exercise. known: the answers known beforehand.
    """
    limits = limits or Limits()
    run = execute_cells(submission, sandbox, limits, lambda cell: on_step(describe_progress(cell, submission)))
    key, bound = known or choose_answer_key, ExplanationWork.of(submission, limits)
    examinations = SubmissionExaminations(submission, run, sandbox, seed, by_hand or {}, key, limits, bound)
    reports = [
        report_exercise(exercise, examinations, on_step)
        for exercise in lesson.exercises
        if not only or exercise.id in only
    ]
    if lesson.notes and (not only or "notes" in only):
        reports.append(read_notes(lesson.notes, submission))
    return Report(
        submission=submission.name,
        sha256=submission.sha256,
        lesson=lesson.id,
        title=lesson.title,
        score=total(tuple(f for r in reports for f in r.findings)),
        exercises=tuple(reports),
        run=run,
        provenance=record_provenance(seed, sandbox),
        remarks=(*collect_remarks(submission, run, limits), *remark_on_forgeable(lesson, only)),
        language=submission.language,
    )


def report_exercise(exercise: Exercise, examinations: SubmissionExaminations, on_step: OnStep) -> ExerciseReport:
    """Examine one exercise, while no other thread of this process judges."""
    on_step(Text(en=f"checking {exercise.id}", ja=f"{exercise.id} を確認しています"))
    with judge_lock.judging():
        part, assumed = examinations.examined(exercise)
    return ExerciseReport(exercise.id, exercise.title, total(part.findings), part.findings, assumed)


def collect_remarks(submission: Submission, run: Run, limits: Limits) -> tuple[Text, ...]:
    """The remarks on the notebook, its run, its packages and its saved outputs, in this order."""
    return (
        *submission.remarks,
        *remark_on_run(run, limits),
        *environment_remarks(submission, run),
        *read_log(submission, run),
    )


def remark_on_forgeable(lesson: Lesson, only: tuple[str, ...]) -> tuple[Text, ...]:
    """How many points are of tests that the student's own code could make pass."""
    asked = [exercise for exercise in lesson.exercises if not only or exercise.id in only]
    points = sum(check.points for exercise in asked for check in exercise.checks if check.forgeable)
    if not points:
        return ()
    return (
        Text(
            en=f"{points:g} points are of tests that ran in the student's own process: code there can make them pass and read what is "
            "hidden in them, so they say less than a value that was compared outside.",
            ja=f"{points:g} 点分は、受講者のプロセスの中で動いたテストによるものです。そのコードはテストを通ったことにしたり、隠しテストを"
            "読んだりできるため、外で値を比べた結果より証拠として弱いものです。",
        ),
    )


def read_notes(notes: Notes, submission: Submission) -> ExerciseReport:
    """The student's own words on the code: a person reads and scores them."""
    written = [cell.source.strip() for cell in submission.cells if cell.role == "notes" and not cell.pristine]
    answer = "\n\n".join(text for text in written if text)[:LONGEST]
    outcome = Outcome.NEEDS_REVIEW if answer else Outcome.MISSING
    found = Finding(
        "reading_notes",
        notes.asks or EXPLAINS,
        outcome,
        notes.points,
        help=rubric_text(notes),
        answer=answer,
    )
    return ExerciseReport("notes", notes.title, total((found,)), (found,))


def rubric_text(notes: Notes) -> Text:
    return Text(en=" / ".join(line.en for line in notes.rubric), ja="／".join(line.ja for line in notes.rubric))


def describe_progress(cell: Cell, submission: Submission) -> Text:
    last = len(submission.cells)
    return Text(en=f"running cell {cell.index + 1} of {last}", ja=f"セルを実行しています（{cell.index + 1} / {last}）")


def record_provenance(seed: int, sandbox: Sandbox) -> Provenance:
    return Provenance(seed, sandbox.isolation, grader.__version__, platform.python_version(), str(torch.__version__))
