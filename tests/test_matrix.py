"""The matrix of truths and verdicts: what counts as which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.matrix import judged, print_matrix, read_findings, read_truth, verdict_on


def finding(outcome: str, points: float = 2.0, name: str | None = None) -> dict[str, object]:
    earned = points if outcome == "passed" else 0.0
    return {"outcome": outcome, "earned": earned, "points": points, "name": name, "rationale": None}


@pytest.mark.parametrize(
    ("truth", "outcomes", "verdict"),
    [
        ("right", ["passed", "passed"], "right verdict"),
        ("right", ["passed", "needs_review"], "half verdict"),
        ("right", ["needs_review", "needs_review"], "none"),
        ("right", ["passed", "failed"], "false fail"),
        ("right", ["passed", "crashed"], "false fail"),
        ("right", ["needs_review", "skipped"], "false fail"),
        ("right", ["passed", "missing"], "false missing"),
        ("right", ["missing", "missing"], "false missing"),
        ("right", [], "false missing"),
        ("wrong", ["passed", "failed"], "right verdict"),
        ("wrong", ["passed", "passed"], "false pass"),
        ("wrong", ["passed", "needs_review"], "none"),
        ("wrong", ["missing", "missing"], "false missing"),
        ("partly", ["passed", "missing"], "right verdict"),
        ("blank", ["missing", "missing"], "right verdict"),
        ("blank", [], "right verdict"),
        ("blank", ["failed", "missing"], "false fail"),
        ("elsewhere", ["needs_review"], "right verdict"),
        ("elsewhere", ["failed"], "false fail"),
    ],
)
def test_a_verdict_goes_by_what_was_lost(truth: str, outcomes: list[str], verdict: str) -> None:
    """Right work that loses a point is a false fail; what waits for a person is neither."""
    assert verdict_on(truth, [finding(outcome) for outcome in outcomes]) == verdict


def test_a_hand_in_that_ended_in_an_error_has_no_verdict() -> None:
    """Nothing was said about it."""
    assert verdict_on("right", [], broke=True) == "none"


def test_a_table_and_findings_make_the_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files as they are written, one person who was not graded left out, and every name shown to the reader."""
    sheet = tmp_path / "truth.csv"
    sheet.write_text("person,exercise,truth,note\nann,one,right,\nann,two,wrong,forgot\nbob,one,right,\n", "utf-8")
    record = {"id": "people/ann", "exercises": {"one": [finding("passed")], "two": [finding("failed", name="late")]}}
    recorded = tmp_path / "found.jsonl"
    recorded.write_text(json.dumps(record) + "\n", "utf-8")
    cases = list(judged(read_truth(sheet), read_findings(recorded)))
    assert [(case.truth.exercise, case.verdict) for case in cases] == [
        ("one", "right verdict"),
        ("two", "right verdict"),
    ]
    print_matrix(cases, with_list=True)
    shown = capsys.readouterr().out
    assert "1 hand-ins, 2 answered exercises" in shown
    assert "reader: forgot" in shown and "late" in shown


def test_a_row_without_a_truth_is_told_by_its_line(tmp_path: Path) -> None:
    """A word that is none of the five ends it, with the file and the line."""
    sheet = tmp_path / "truth.csv"
    sheet.write_text("person,exercise,truth\nann,one,fine\n", "utf-8")
    with pytest.raises(SystemExit, match="line 2: needs person"):
        read_truth(sheet)
