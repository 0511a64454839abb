"""A report in plain text for other systems, which show text beside each of their tests: no markup, no colours."""

from __future__ import annotations

from grader.model import Comment, Finding, Language, Report, Text
from grader.report import words


def told(finding: Finding, language: Language) -> str:
    """What a check found, the named mistake, what to try, and what a person said; empty where it holds."""
    said = [
        finding.rationale.in_(language) if finding.rationale else "",
        labelled(words.MISTAKE, finding.misconception.explanation if finding.misconception else None, language),
        labelled(words.TRY, finding.help, language),
        follows.in_(language) if (follows := words.follows(finding)) else "",
        *(labelled(words.ADVICE, advice, language) for advice in finding.advice),
        f"{finding.mark.by}: {finding.mark.comment}" if finding.mark and finding.mark.comment else "",
    ]
    return "\n".join(line for line in said if line)


def labelled(label: Text, text: Text | None, language: Language) -> str:
    return f"{label.in_(language)}: {text.in_(language)}" if text else ""


def summary(report: Report, language: Language) -> str:
    """The score, what a person still decides, and what was assumed, one line each."""
    score = report.score
    if score.earned is None:
        lines = [words.NO_SCORE.in_(language)]
    else:
        lines = [f"{words.SCORE.in_(language)}: {words.points(score.earned)} / {words.points(score.possible)}"]
    if score.pending:
        lines.append(words.PENDING.in_(language).format(points=words.points(score.pending)))
    lines += [remark.in_(language) for remark in report.remarks]
    for exercise in report.exercises:
        lines += [f"{exercise.title.in_(language)}: {said.in_(language)}" for said in exercise.assumptions]
    lines += [said_by(comment, language) for comment in report.comments]
    return "\n".join(lines)


def said_by(comment: Comment, language: Language) -> str:
    """`Cell 9, line 3 (ann): ...`, or the answer to a question."""
    where = words.place_of(comment) or words.ANSWER
    return f"{where.in_(language)} ({comment.by}): {comment.text}"


def seconds(report: Report) -> float:
    """What the whole grading took."""
    return report.run.seconds + sum(finding.seconds for e in report.exercises for finding in e.findings)
