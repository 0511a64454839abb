"""A hand-in that answers exercises of several lessons, where nobody said which lesson it is: one report on all of them.

People hand in a folder with a whole Transformer: its attention is an exercise of one lesson, its blocks are of another, its
encoder and decoder together of a third. The report is that of the likeliest lesson, and what is answered of the others follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.model import Exercise, ExerciseReport, Finding, Outcome, Report, Text, total


@dataclass(frozen=True, slots=True)
class OtherLesson:
    """The report on the same hand-in as one of another lesson.

    shown: the exercises of which something stands in the code; signed: those of which it is a clear sign, or a trace. What is only
    traced may be something else altogether, so nothing that fails in it is more than a reason to look.
    """

    report: Report
    shown: frozenset[str]
    signed: frozenset[str]

    @property
    def answered(self) -> tuple[ExerciseReport, ...]:
        answered = (e for e in self.report.exercises if e.id in self.shown | self.signed)
        told = (told_as(e if e.id in self.shown else doubted(e), e.id in self.signed) for e in answered)
        return tuple(exercise for exercise in told if exercise is not None)


def told_as(exercise: ExerciseReport, signed: bool) -> ExerciseReport | None:
    """What is told of an exercise that nobody asked for; None where nothing is.

    Where part of it holds, it is what it seems. What only fails may be something else altogether: nothing says that this exercise
    was to be answered, so a person looks where a clear sign does.
    """
    if any(finding.earned for finding in exercise.findings):
        return exercise
    if not signed or all(finding.outcome is Outcome.MISSING for finding in exercise.findings):
        return None
    return doubted(exercise)


def doubted(exercise: ExerciseReport) -> ExerciseReport:
    """The exercise, with a person to decide of all that does not hold; all of it missing stays so."""
    if all(finding.outcome is Outcome.MISSING for finding in exercise.findings):
        return exercise
    findings = tuple(left_to_a_person(finding) for finding in exercise.findings)
    return replace(exercise, findings=findings, score=total(findings))


UNREAD = Text(
    en="This looks like an answer to an exercise of another lesson, in a form that cannot be asked here; a person looks at it.",
    ja="別の課題の問題への答案のようですが、この形では自動では確認できません。人が確認します。",
)


def unread(exercise: Exercise) -> ExerciseReport:
    """The exercise, of which there is a clear sign and nothing that could be asked."""
    findings = tuple(Finding(c.id, c.text, Outcome.NEEDS_REVIEW, c.points, rationale=UNREAD) for c in exercise.checks)
    return ExerciseReport(exercise.id, exercise.title, total(findings), findings)


def left_to_a_person(finding: Finding) -> Finding:
    """The finding without its judgement, and with its reason."""
    if finding.outcome in (Outcome.NEEDS_REVIEW, Outcome.PASSED, Outcome.BROKEN):
        return finding
    return replace(finding, outcome=Outcome.NEEDS_REVIEW, misconception=None, help=None, evidence=())


def join_reports(found: Report, others: Iterable[OtherLesson]) -> Report:
    """The report, with the exercises that are answered of other lessons behind its own."""
    known = {exercise.id for exercise in found.exercises}
    added = [(other, tuple(e for e in other.answered if e.id not in known)) for other in others]
    more = tuple(exercise for _, exercises in added for exercise in exercises)
    if not more:
        return found
    exercises = (*found.exercises, *more)
    told = tuple(told_of(other.report, answered) for other, answered in added if answered)
    score = total(tuple(finding for exercise in exercises for finding in exercise.findings))
    return replace(found, exercises=exercises, score=score, remarks=(*found.remarks, *told))


def told_of(report: Report, answered: tuple[ExerciseReport, ...]) -> Text:
    """Which exercises of another lesson it answers; of what nothing could be judged, only that it may be one of them."""
    waiting = [e.id for e in answered if all(f.outcome is Outcome.NEEDS_REVIEW for f in e.findings)]
    judged, open_ = ", ".join(e.id for e in answered if e.id not in waiting), ", ".join(waiting)
    is_en = f"It also answers exercises of {report.lesson} ({judged}), which are graded behind those of its own lesson."
    is_ja = f"課題 {report.lesson} の問題（{judged}）にも答えているので、続けて採点しました。"
    may_en = f"Something in it may belong to exercises of {report.lesson} ({open_}); nothing of that could be judged, so a person looks."
    may_ja = f"課題 {report.lesson} の問題（{open_}）に関係しそうなコードもありますが、自動では確認できないため、人が確認します。"
    return Text(
        en=" ".join(text for names, text in ((judged, is_en), (open_, may_en)) if names),
        ja="".join(text for names, text in ((judged, is_ja), (open_, may_ja)) if names),
    )
