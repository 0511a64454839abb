"""A report as Gradescope's results.json.

Gradescope wants a score for the whole, or one for each test. Where something of ours broke there is neither, on purpose: Gradescope
then shows that the autograder failed, and keeps no score, where a zero would go to the gradebook as if it were earned.
"""

from __future__ import annotations

import json
from typing import Any

from grader.model import ExerciseReport, Finding, Language, Outcome, Report
from grader.model.printable import made_legible
from grader.report import words
from grader.report.plain_text import seconds, summary, told


def render(report: Report, language: Language) -> str:
    """results.json. Everything is plain text: what a student's code said is never taken for markup."""
    report = made_legible(report)
    document: dict[str, Any] = {
        "execution_time": round(seconds(report), 2),
        "output": summary(report, language),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "lesson": report.lesson,
            "sha256": report.sha256,
            "seed": report.provenance.seed,
            "isolation": report.provenance.isolation,
            "grader": report.provenance.grader,
        },
        "tests": [
            entry(number, place, exercise, finding, language, scored=report.score.earned is not None)
            for number, exercise in enumerate(report.exercises, 1)
            for place, finding in enumerate(exercise.findings, 1)
        ],
    }
    if report.score.earned is not None:
        document["score"] = report.score.earned
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def entry(
    number: int, place: int, exercise: ExerciseReport, finding: Finding, language: Language, scored: bool
) -> dict[str, Any]:
    """One check. What a person still decides has no score yet."""
    decided = finding.mark is not None or finding.outcome is not Outcome.NEEDS_REVIEW
    test: dict[str, Any] = {
        "name": f"{exercise.title.in_(language)}: {finding.text.in_(language)}",
        "number": f"{number}.{place}",
        "max_score": finding.points,
        "output": told(finding, language) or words.OUTCOMES[finding.outcome].in_(language),
        "output_format": "text",
        "name_format": "text",
        "tags": [exercise.id, finding.outcome.value],
        "visibility": "visible",
    }
    if decided:
        test["status"] = "passed" if finding.earned >= finding.points else "failed"
    if decided and scored:
        test["score"] = finding.earned
    return test
