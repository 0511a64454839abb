"""grade FILE again after a save: the report says how the points have changed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grader.cli.last_time import compared, told
from grader.grading import grade
from grader.model import Report
from tests.notebooks import save, solved
from tests.test_cli import run


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "notebook-grader" / "last_time.json"


@pytest.mark.slow
def test_a_mended_mistake_is_told(tmp_path: Path, state: Path) -> None:
    """Nothing the first time, the points that came with the second, and nothing for the same file again."""
    path = save(solved("transformer_lm", causal_mask="one_too_many"), tmp_path)
    _, first = run(str(path), "--only", "causal_mask", "--lang", "en")
    save(solved("transformer_lm"), tmp_path)
    _, second = run(str(path), "--only", "causal_mask", "--lang", "en")
    _, third = run(str(path), "--only", "causal_mask", "--lang", "ja")
    assert "last time" not in first and "+2 since the last time (causal_mask +2)" in second and "前回" not in third
    assert set(json.loads(state.read_text(encoding="utf-8"))) == {str(path.resolve())}


def test_only_what_was_asked_both_times_is_compared() -> None:
    """Lost points are told as well; an exercise that is asked for the first time is no gain."""
    before = {"a": {"x": 2.0, "y": 1.0}, "b": {"z": 1.0}}
    one, same = told(before, {"a": {"x": 0.5, "y": 1.0}, "c": {"w": 3.0}}), told(before, {"b": {"z": 1.0}})
    assert one is not None and one.en == "-1.5 since the last time (a -1.5)"
    assert same is not None and same.en == "as many points as the last time"
    assert told(before, {"c": {"w": 3.0}}) is None


@pytest.mark.parametrize(
    "kept", ["", "[]", '{"a": 1}', "{", '{"a": {"sha256": "", "earned": {"b": {"c": "d"}}}}', "\ud800"]
)
def test_what_is_damaged_counts_as_nothing(kept: str, report: Report, state: Path) -> None:
    """It is written anew."""
    state.parent.mkdir(parents=True)
    state.write_bytes(kept.encode("utf-8", "surrogatepass"))
    assert compared(Path("a"), report) is None
    assert list(json.loads(state.read_text(encoding="utf-8"))) == [str(Path("a").resolve())]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no folders that are not for writing in this way")
def test_where_nothing_can_be_kept_nothing_is_compared(report: Report, tmp_path: Path, state: Path) -> None:
    """A file stands where the folder belongs: the report comes all the same."""
    (tmp_path / "state").write_text("", encoding="utf-8")
    assert compared(Path("a"), report) is None


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = save(solved("transformer_lm"), tmp_path_factory.mktemp("graded"))
    return grade(path, seed=3, only=("causal_mask",))
