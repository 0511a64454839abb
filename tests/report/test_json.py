"""The report as data: what is written can be read, whatever the numbers are."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import jsonschema
import pytest

from grader.errors import DataError
from grader.model import Array, Evidence
from grader.report.json import read, render, schema
from tests.report.test_words import SAID, report


def test_a_report_is_read_as_it_was_written() -> None:
    """Nothing is lost on the way to a file and back."""
    assert read(render(report())) == report()


def test_numbers_that_json_lacks_come_back_as_nan() -> None:
    """NaN and infinity in a student's tensor make a valid document, and evidence that can still be drawn."""
    values = (1.0, math.nan, math.inf, -math.inf)
    made = report()
    finding = replace(made.exercises[0].findings[0], evidence=(Evidence("matrix", SAID, Array((4,), values)),))
    made = replace(made, exercises=(replace(made.exercises[0], findings=(finding,)),))
    jsonschema.Draft202012Validator(json.loads(schema())).validate(json.loads(render(made)))
    found = read(render(made)).exercises[0].findings[0].evidence[0].actual
    assert found.shape == (4,) and found.values[0] == 1.0 and all(math.isnan(v) for v in found.values[1:])


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2}', '{"submission": 1}', "null", b'"\xff"', "[" * 700 + "]" * 700, "[" * 30_000],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_report_is_refused_in_a_sentence(text: str | bytes) -> None:
    """Anything else raises DataError."""
    with pytest.raises(DataError, match="not a report"):
        read(text)
