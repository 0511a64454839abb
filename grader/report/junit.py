"""A report as JUnit XML, which CI systems show: a suite for each exercise, a test case for each check."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree as Xml

from grader.model import ExerciseReport, Finding, Language, Outcome, Report
from grader.model.printable import made_legible
from grader.report import words
from grader.report.plain_text import seconds, told

# Everything else may not stand in XML 1.0, not even as &#27;. A student's output holds terminal colours and worse.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.MISSING: "failure",
    Outcome.CRASHED: "error",
    Outcome.TIMED_OUT: "error",
    Outcome.OUT_OF_MEMORY: "error",
    Outcome.BROKEN: "error",
    Outcome.SKIPPED: "skipped",
    Outcome.NEEDS_REVIEW: "skipped",
}


def render(report: Report, language: Language) -> str:
    """JUnit XML. A check that a person marked counts as that person decided."""
    report = made_legible(report)
    counts = count([finding for exercise in report.exercises for finding in exercise.findings])
    root = Xml.Element("testsuites", name=clean(report.submission), time=f"{seconds(report):.3f}")
    root.attrib |= {name: counts[name] for name in ("tests", "failures", "errors")}
    for exercise in report.exercises:
        root.append(suite(report, exercise, language))
    Xml.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def suite(report: Report, exercise: ExerciseReport, language: Language) -> Xml.Element:
    time = sum(finding.seconds for finding in exercise.findings)
    made = Xml.Element("testsuite", name=clean(exercise.title.in_(language)), time=f"{time:.3f}", id=exercise.id)
    made.attrib |= count(list(exercise.findings))
    properties = Xml.SubElement(made, "properties")
    score = exercise.score
    known = {
        "lesson": report.lesson,
        "sha256": report.sha256,
        "seed": report.provenance.seed,
        "earned": "" if score.earned is None else words.points(score.earned),
        "possible": words.points(score.possible),
        "pending": words.points(score.pending),
    }
    for name, value in known.items():
        Xml.SubElement(properties, "property", name=name, value=clean(str(value)))
    made.extend(case(report, exercise, finding, language) for finding in exercise.findings)
    return made


def case(report: Report, exercise: ExerciseReport, finding: Finding, language: Language) -> Xml.Element:
    name = clean(finding.text.in_(language))
    made = Xml.Element("testcase", name=name, classname=f"{report.lesson}.{exercise.id}", time=f"{finding.seconds:.3f}")
    kind = element(finding)
    if kind is not None:
        mistake = finding.misconception.id if finding.misconception else finding.outcome.value
        text = told(finding, language)
        message = text.partition("\n")[0] or words.OUTCOMES[finding.outcome].in_(language)
        Xml.SubElement(made, kind, message=clean(message), type=mistake).text = clean(text)
    return made


def element(finding: Finding) -> str | None:
    """Which element says how it ended; None where it holds."""
    if finding.mark is not None:
        return None if finding.earned >= finding.points else "failure"
    return ELEMENTS.get(finding.outcome)


def count(findings: list[Finding]) -> dict[str, str]:
    kinds = Counter(element(finding) for finding in findings)
    return {
        "tests": str(len(findings)),
        "failures": str(kinds["failure"]),
        "errors": str(kinds["error"]),
        "skipped": str(kinds["skipped"]),
    }


def clean(text: str) -> str:
    return FORBIDDEN.sub("", text)
