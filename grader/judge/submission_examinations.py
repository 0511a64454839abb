"""The examinations of one submission: each exercise once, in its edition, after the earlier ones that it builds on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from grader.errors import ReplyRefused, SandboxDied
from grader.judge import editions
from grader.judge.answers_on_parts import AnswersOnStudentParts, given_of
from grader.judge.examination import Examination
from grader.judge.execution import revive_sandbox
from grader.judge.explanation_work import ExplanationWork
from grader.judge.judged import JudgedExercise, is_hollow
from grader.judge.known.protocol import AnswerKey
from grader.judge.known.style import nearest_style
from grader.lessons import source
from grader.lessons.uses import uses
from grader.matching import Map, Matching
from grader.model import Edit, Edition, Exercise, Limits, Outcome, Run, Submission, Text
from grader.sandbox import Sandbox


@dataclass
class SubmissionExaminations:
    """The exercises of one submission, each examined once, when it is first asked about.

    limits: how long all of them may take, of the judge's own time and of the student's code; explanation: the part of the
    judge's that explanations may take.
    """

    submission: Submission
    run: Run
    sandbox: Sandbox
    seed: int
    by_hand: Map
    known: Callable[[Exercise], AnswerKey]
    limits: Limits
    explanation: ExplanationWork = field(default_factory=ExplanationWork)
    began: float = field(default_factory=time.thread_time)
    before: float = field(init=False)  # what the sandbox had answered already, for others
    parts: dict[str, tuple[JudgedExercise, tuple[Text, ...]]] = field(default_factory=dict)
    examinations: dict[str, Examination] = field(default_factory=dict)
    styled: dict[str, JudgedExercise] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = self.sandbox.answered

    def examined(self, exercise: Exercise) -> tuple[JudgedExercise, tuple[Text, ...]]:
        """The exercise as it was judged, and the assumptions about the student's definitions."""
        if exercise.id not in self.parts:
            self.parts[exercise.id] = self.examine(exercise)
        return self.parts[exercise.id]

    def examine(self, exercise: Exercise) -> tuple[JudgedExercise, tuple[Text, ...]]:
        said = self.by_hand.get(exercise.id)
        form = None if said else find_edition(exercise, self.submission, self.run, self.sandbox)
        if form is not None:  # its names are there already, so nothing has to be looked for
            examination = self.examination(form.asks, Matching(active=False))
            judged = examine_part(examination)
            if not may_be_chance(judged):
                return judged, (editions.remark_on_edition(form),)
        matching = Matching.of(exercise, self.submission.cells, said, self.submission.headed)
        found = examine_part(self.examination(exercise, matching))
        if form is not None and not any(finding.outcome is Outcome.PASSED for finding in found.findings):
            self.examinations[form.asks.id] = examination
            return judged, (editions.remark_on_edition(form),)
        return found, matching.assumptions()

    def examination(self, exercise: Exercise, matching: Matching) -> Examination:
        made = Examination(
            exercise,
            self.submission,
            self.run,
            self.sandbox,
            self.seed,
            known=self.known,
            matching=matching,
            earlier=self.earlier,
            exhausted=self.is_exhausted,
            explanation=self.explanation,
        )
        self.examinations[exercise.id] = made
        return made

    def is_exhausted(self) -> bool:
        """Whether the judge's own time for this submission is used up, or that of its code to answer."""
        judged = time.thread_time() - self.began
        answered = self.sandbox.answered - self.before
        return judged > self.limits.judge_cpu or answered > self.limits.total_check_wall

    def earlier(self, exercise: Exercise) -> tuple[JudgedExercise, ...]:
        """Those of the exercises that this one builds on which are not right, or right in another form than ours."""
        parts = (self.in_its_style(other) for other in uses(exercise))
        return tuple(part for part in parts if part.wrong or part.style)

    def in_its_style(self, exercise: Exercise) -> JudgedExercise:
        """The exercise as it was judged, with its accepted form, which is looked for where a later one needs it."""
        if exercise.id not in self.styled:
            part, asked = self.examined(exercise)[0], self.examinations.get(exercise.id)
            style = () if asked is None else find_style(asked, self.earlier(exercise))
            self.styled[exercise.id] = replace(part, style=style)
        return self.styled[exercise.id]


def may_be_chance(judged: JudgedExercise) -> bool:
    """Whether an answer has an edition's names and does nothing that it asks for: the contract is asked, too, then.

    class AttnDecoderRNN(nn.Module):      # the tutorial's signature, and attention by content, of which the tutorial has none
        def __init__(self, hidden_size, output_size, dropout_p=0.1, max_length=10): ...
    """
    outcomes = {finding.outcome for finding in judged.findings}
    return Outcome.PASSED not in outcomes and bool(outcomes - {Outcome.MISSING, Outcome.SKIPPED})


def find_style(asked: Examination, earlier: tuple[JudgedExercise, ...]) -> tuple[Edit, ...]:
    """The accepted answer in which a named mistake was made, or the one that gives the student's values.

    earlier: the parts it is built on, where they are not as ours.
    """
    candidates, replayed = asked.recognition.candidates, asked.answers.replayed
    named = next((found.base for found in candidates.values() if found.mistakes), None)
    if named is not None or replayed is None or asked.exercise.solution:
        return named or ()
    known = AnswersOnStudentParts(asked.exercise, given_of(earlier)) if earlier else replayed
    known.inert = replayed.inert
    return nearest_style(known, asked.exchanges.values())


def examine_part(examination: Examination) -> JudgedExercise:
    findings = examination.findings()
    return JudgedExercise(
        examination.exercise, findings, examination.matching, is_hollow(examination.exchanges.values())
    )


def find_edition(exercise: Exercise, submission: Submission, run: Run, sandbox: Sandbox) -> Edition | None:
    """The edition in which the exercise is answered. Where that cannot be told, it is the contract's."""
    if not exercise.forms or not source.has_answers(exercise.lesson):  # recorded answers are the contract's
        return None
    try:
        with sandbox.branch() as branch:
            return editions.find_edition(exercise, branch)
    except (SandboxDied, ReplyRefused):
        if not sandbox.alive:
            revive_sandbox(submission, sandbox, run)
        return None
