"""What a student reads beside the grade: a few lines of HTML, because LMSs show it as such."""

from __future__ import annotations

from html import escape

from grader.batch.entries import Standing
from grader.model import ExerciseReport, Language, Outcome, Report, Text
from grader.report import words
from grader.report.plainly import said_by

BREAK = "<br>"
LATE = Text(en="{points} of them are taken for lateness", ja="うち {points} 点は遅延により減点")


def comment(standing: Standing, report: Report, language: Language) -> str:
    """The score, each exercise, and the named mistakes. No word of it is the student's: all are ours or a reviewer's."""
    score = standing.score
    assert score is not None and standing.final is not None  # asked for graded ones only
    lines = [f"{words.SCORE.in_(language)}: {words.points(standing.final)} / {words.points(score.possible)}"]
    if standing.penalty:
        lines.append(LATE.in_(language).format(points=words.points(standing.penalty)))
    if score.pending:
        lines.append(words.PENDING.in_(language).format(points=words.points(score.pending)))
    for exercise in report.exercises:
        lines += of_exercise(exercise, language)
        lines += [f"  {said_by(one, language)}" for one in words.of_exercise(report.comments, exercise.id)]
    lines += [said_by(one, language) for one in words.elsewhere(report)]
    return BREAK.join(escape(line, quote=False) for line in lines)


def of_exercise(exercise: ExerciseReport, language: Language) -> list[str]:
    score, title = exercise.score, exercise.title.in_(language)
    earned = "-" if score.earned is None else words.points(score.earned)
    lines = [f"{title}: {earned} / {words.points(score.possible)}"]
    named = dict.fromkeys(finding.misconception for finding in exercise.findings if finding.misconception)
    lines += [f"  {words.MISTAKE.in_(language)}: {mistake.explanation.in_(language)}" for mistake in named]
    if score.possible and all(finding.outcome is Outcome.MISSING for finding in exercise.findings):
        lines.append(f"  {words.OUTCOMES[Outcome.MISSING].in_(language)}")
    marks = [finding.mark for finding in exercise.findings if finding.mark and finding.mark.comment]
    return lines + [f"  {mark.by}: {mark.comment}" for mark in marks]


def is_ours(text: str) -> bool:
    """Whether a comment was written by `comment`, and may be replaced by a newer one."""
    return text.startswith((f"{words.SCORE.en}: ", f"{words.SCORE.ja}: "))
