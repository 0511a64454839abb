"""A report as GitHub Classroom's graders hand it on: `result=` and JSON in base64, one line for $GITHUB_OUTPUT.

Classroom sums up the scores of the tests, and reports no points where max_score is 0: that is how a grade that is broken
says that there is no score.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from grader.model import Finding, Language, Outcome, Report, Text
from grader.model.printable import made_legible
from grader.report import words
from grader.report.plain_text import summary, told

ERRORS = (Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.BROKEN)
VERSION = 3


def render(report: Report, language: Language) -> str:
    """The line `result=...`."""
    text = json.dumps(document(made_legible(report), language), ensure_ascii=False)
    return f"result={base64.b64encode(text.encode()).decode()}\n"


def document(report: Report, language: Language) -> dict[str, Any]:
    if report.score.earned is None:
        nothing = {"name": report.lesson, "status": "error", "score": 0, "message": summary(report, language)}
        return {"version": VERSION, "status": "error", "max_score": 0, "tests": [nothing]}
    tests = [test(finding, language) for exercise in report.exercises for finding in exercise.findings]
    # What a person set as the whole score is no sum of checks: the difference is a line of its own.
    difference = report.score.earned - sum(one["score"] for one in tests)
    if abs(difference) > 1e-9:
        by_hand = BY_HAND.in_(language)
        tests.append({"name": by_hand, "status": "pass", "score": difference, "message": by_hand, "duration": 0})
    passed = all(one["status"] == "pass" for one in tests)
    return {
        "version": VERSION,
        "status": "pass" if passed else "fail",
        "max_score": report.score.possible,
        "tests": tests,
    }


def test(finding: Finding, language: Language) -> dict[str, Any]:
    """One check. duration in milliseconds."""
    status = "pass" if finding.earned >= finding.points else "error" if finding.outcome in ERRORS else "fail"
    return {
        "name": finding.text.in_(language),
        "status": status,
        "score": finding.earned,
        "message": told(finding, language) or words.OUTCOMES[finding.outcome].in_(language),
        "duration": round(finding.seconds * 1000),
    }


BY_HAND = Text(en="Set by hand", ja="手動で決めた点数との差")
