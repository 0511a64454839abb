"""What a student reads beside the grade: a few lines of HTML, because LMSs show it as such."""

from __future__ import annotations

from html import escape

from grader.batch.exports.people import ExportedStudent
from grader.batch.gradebook.marks import by_hand
from grader.model import ExerciseReport, Language, Outcome, Report, Text
from grader.report import words
from grader.report.plain_text import said_by

BREAK = "<br>"
LATE = Text(en="{points} of them are taken for lateness", ja="うち {points} 点は遅延により減点")


def comment(person: ExportedStudent, report: Report | None, language: Language) -> str:
    """The score, each exercise, and the named mistakes. No word of it is the student's: all are ours or a reviewer's.

    report: None where nothing could be graded, and a person gave the points.
    """
    standing = person.standing
    score = standing.score
    assert score is not None and standing.final is not None  # asked for graded ones only
    lines = [f"{words.SCORE.in_(language)}: {words.points(standing.final)} / {words.points(score.possible)}"]
    if standing.penalty:
        lines.append(LATE.in_(language).format(points=words.points(standing.penalty)))
    if score.pending:
        lines.append(words.PENDING.in_(language).format(points=words.points(score.pending)))
    if person.mark is not None:
        lines.append(by_hand(person.mark).in_(language))
    if report is None and standing.problem:
        lines.append(standing.problem.in_(language))
    for exercise in report.exercises if report else ():
        lines += of_exercise(exercise, language)
        lines += [
            f"  {said_by(one, language)}" for one in words.of_exercise(report.comments if report else (), exercise.id)
        ]
    lines += [said_by(one, language) for one in words.elsewhere(report)] if report else []
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
