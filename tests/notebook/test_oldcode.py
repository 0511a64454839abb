"""Remarks on code of another year."""

from __future__ import annotations

import pytest

from grader.model import Cell, CellRun, Ending, Run, Submission
from grader.notebook.legacy_code import TRACES, Trace, environment_remarks


def remarks(source: str = "", error: str = "") -> list[str]:
    submission = Submission("n", "0", "ja", None, (Cell(0, "code", source),))
    run = Run((CellRun(0, Ending.RAISED if error else Ending.OK, error=error),), 0.0)
    return [remark.en for remark in environment_remarks(submission, run)]


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.example[:40])
def test_the_example_of_each_trace_gets_its_remark(trace: Trace) -> None:
    """The line on the page is met by its own row, and the remark says the cell."""
    said = remarks(trace.example) if trace.in_ == "code" else remarks(error=trace.example)
    assert len(said) == 1 and said[0].startswith("Cell 1: ")
    assert said[0].removeprefix("Cell 1: ").startswith(trace.remark.en.partition("{0}")[0])


def test_current_code_gets_none() -> None:
    """What works today is not remarked on."""
    assert not remarks("out = self.bert(ids, attention_mask=mask).pooler_output\n_, h = self.rnn(x)")
    assert not remarks(error="ValueError: my own")
