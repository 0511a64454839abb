"""The report in the forms of other systems, each against its published schema or a faithful description of it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from grader.model import Finding, Language, Mark, Outcome, Report, Score, Text
from grader.report import github_classroom, gradescope, junit
from tests.report.test_words import SAID, report

TEXT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
SEEN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
# As https://gradescope-autograders.readthedocs.io/en/latest/specs/ describes it: a score, or one for each test.
GRADESCOPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": TEXT,
        "test_output_format": TEXT,
        "test_name_format": TEXT,
        "visibility": SEEN,
        "stdout_visibility": SEEN,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": {"$ref": "#/$defs/test"}},
        "leaderboard": {"type": "array"},
    },
    "$defs": {
        "test": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "score": {"type": "number"},
                "max_score": {"type": "number"},
                "status": {"enum": ["passed", "failed"]},
                "name": {"type": "string"},
                "name_format": TEXT,
                "number": {"type": "string"},
                "output": {"type": "string"},
                "output_format": TEXT,
                "tags": {"type": "array", "items": {"type": "string"}},
                "visibility": SEEN,
                "extra_data": {"type": "object"},
            },
        }
    },
}
SCORED = {
    "anyOf": [
        {"required": ["score"]},
        {"required": ["tests"], "properties": {"tests": {"minItems": 1, "items": {"required": ["score"]}}}},
    ]
}
# As GitHub's autograding reporter reads it.
CLASSROOM = {
    "type": "object",
    "required": ["version", "status", "max_score", "tests"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 3},
        "status": {"enum": ["pass", "fail", "error"]},
        "max_score": {"type": "number", "minimum": 0},
        "tests": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "status", "score", "message"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "status": {"enum": ["pass", "fail", "error"]},
                    "score": {"type": "number"},
                    "message": {"type": "string"},
                    "duration": {"type": "number", "minimum": 0},
                },
            },
        },
    },
}
XSD = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def graded() -> Report:
    """The report of every outcome, without the one that is our fault."""
    made = report()
    (exercise,) = made.exercises
    kept = tuple(finding for finding in exercise.findings if finding.outcome is not Outcome.BROKEN)
    score = Score(1.0, float(len(kept)), 1.0)
    return replace(made, exercises=(replace(exercise, findings=kept, score=score),), score=score)


def broken() -> Report:
    made = report()
    (exercise,) = made.exercises
    none = Score(None, exercise.score.possible)
    return replace(made, exercises=(replace(exercise, score=none),), score=none)


def with_finding(finding: Finding, score: Score) -> Report:
    made = report()
    return replace(made, score=score, exercises=(replace(made.exercises[0], findings=(finding,), score=score),))


def check(document: Any, *schemas: Any) -> Any:
    for schema in schemas:
        jsonschema.Draft202012Validator(schema).validate(document)
    return document


def classroom(made: Report, language: Language = "en") -> Any:
    line = github_classroom.render(made, language)
    assert line.startswith("result=") and line.count("\n") == 1
    return check(json.loads(base64.b64decode(line.removeprefix("result="))), CLASSROOM)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_gradescope_takes_the_results(language: Language) -> None:
    """The score and every check are there, what awaits a person has no score yet, and the words are in one language."""
    found = check(json.loads(gradescope.render(graded(), language)), GRADESCOPE, SCORED)
    assert found["score"] == 1.0 and len(found["tests"]) == len(graded().exercises[0].findings)
    by_outcome = {test["tags"][1]: test for test in found["tests"]}
    assert by_outcome["passed"]["status"] == "passed" and by_outcome["passed"]["score"] == 1.0
    assert "score" not in by_outcome["needs_review"] and "status" not in by_outcome["needs_review"]
    assert SAID.in_(language) in found["tests"][0]["output"]
    assert SAID.in_("ja" if language == "en" else "en") not in json.dumps(found, ensure_ascii=False)


def test_what_broke_gives_gradescope_no_score() -> None:
    """No score for the whole and none for a test: Gradescope says that the autograder failed, and nobody gets a zero."""
    no_score(json.loads(gradescope.render(broken(), "en")))


def no_score(found: Any) -> None:
    """A document that Gradescope can read, and that has no score in it."""
    check(found, GRADESCOPE)
    assert not jsonschema.Draft202012Validator(SCORED).is_valid(found)
    assert found["output"] and not [test for test in found["tests"] if "score" in test]


def test_classroom_adds_up_to_the_score() -> None:
    """The sum of the tests is the score; a mark and a total set by hand are in it."""
    found = classroom(graded(), "ja")
    assert found["status"] == "fail" and found["max_score"] == graded().score.possible
    assert sum(test["score"] for test in found["tests"]) == 1.0
    marked = Finding("c", SAID, Outcome.FAILED, 2.0, mark=Mark(2.0, "mia", "fine"))
    found = classroom(with_finding(marked, Score(2.0, 2.0)))
    assert found["status"] == "pass" and "mia: fine" in found["tests"][0]["message"]
    found = classroom(with_finding(marked, Score(1.5, 2.0)))
    assert sum(test["score"] for test in found["tests"]) == 1.5


def test_what_broke_gives_classroom_no_points() -> None:
    """max_score 0 is what the reporter passes over."""
    found = classroom(broken())
    assert found["status"] == "error" and found["max_score"] == 0


@pytest.mark.parametrize("made", [graded(), broken()])
def test_junit_follows_the_schema_and_counts_right(made: Report) -> None:
    """Failures are what is not as it should be, errors what stopped, skipped what nobody knows yet."""
    document = etree.fromstring(junit.render(made, "en").encode())
    XSD.assertValid(document)
    (suite,) = document.findall("testsuite")
    for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert int(suite.get(name)) == len(suite.findall(f"testcase/{kind}"))
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert suite.find("testcase/failure").get("type") == "m"


def test_junit_survives_what_students_print() -> None:
    """Terminal colours, NUL, half a surrogate and markup: XML stays XML, and what cannot stand there is shown as a sign."""
    odd = "\x1b[31m<b>&\x00 \ud800 ]]> \ufffe 山\U0001f600\t"
    finding = Finding("c", SAID, Outcome.CRASHED, 1.0, rationale=Text(en=odd, ja=odd))
    document = etree.fromstring(junit.render(with_finding(finding, Score(0.0, 1.0)), "en").encode())
    XSD.assertValid(document)
    assert document.find("testsuite/testcase/error").text == "\ufffd[31m<b>&\ufffd \ufffd ]]>  山\U0001f600\t"


@pytest.mark.parametrize(("chosen", "begins"), [("junit", "<?xml"), ("gradescope", "{"), ("github-classroom", "result="),
                                                ("json", "{"), ("html", "<!doctype html>")])  # fmt: skip
def test_the_command_line_has_each(chosen: str, begins: str) -> None:
    """`grade FILE --format ...` gives each of them."""
    from grader.cli import main
    from grader.cli.grade_file import rendered

    (option,) = (parameter for parameter in main.commands["file"].params if parameter.name == "format_")
    assert chosen in option.type.choices
    assert rendered(graded(), chosen, "ja", to_file=True).startswith(begins)
