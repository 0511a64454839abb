"""The autograder zip, unpacked and run in a tree like Gradescope's."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.packaging.gradescope_zip import pack
from tests.batch.intake.handins import FIRST, SCRIPT
from tests.notebooks import save, solved
from tests.report.test_elsewhere import GRADESCOPE, SCORED, check, no_score


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """/autograder as Gradescope lays it out: the zip in source, run_autograder beside it, an empty submission."""
    (tmp_path / "autograder.zip").write_bytes(pack("transformer_lm", ("causal_mask",), "en", sandbox=False))
    # Python's zipfile forgets the modes; Gradescope's unzip does not.
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        archive.extractall(tmp_path / "source")
        for entry in archive.infolist():
            (tmp_path / "source" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    (tmp_path / "run_autograder").write_bytes((tmp_path / "source" / "run_autograder").read_bytes())
    (tmp_path / "run_autograder").chmod((tmp_path / "source" / "run_autograder").stat().st_mode)
    (tmp_path / "submission").mkdir()
    return tmp_path


def run(tree: Path, python: str = sys.executable) -> tuple[Any, subprocess.CompletedProcess[str]]:
    environment = {**os.environ, "AUTOGRADER_ROOT": str(tree), "AUTOGRADER_PYTHON": python}
    done = subprocess.run([tree / "run_autograder"], cwd=tree, env=environment, capture_output=True, text=True)
    assert [path.name for path in (tree / "results").iterdir()] == ["results.json"]
    return json.loads((tree / "results" / "results.json").read_text(encoding="utf-8")), done


def test_a_submission_is_graded(tree: Path) -> None:
    """The sources of the zip grade the one notebook, wherever in the submission it lies; what hides is not looked at."""
    (tree / "submission" / "deep" / ".ipynb_checkpoints").mkdir(parents=True)
    save(solved("transformer_lm", causal_mask="one_too_many"), tree / "submission" / "deep", "my homework.ipynb")
    save(solved("transformer_lm"), tree / "submission" / "deep" / ".ipynb_checkpoints")
    found, done = run(tree)
    check(found, GRADESCOPE, SCORED)
    assert found["extra_data"]["lesson"] == "transformer_lm" and {t["tags"][0] for t in found["tests"]} == {
        "causal_mask"
    }
    assert 0 <= found["score"] < sum(test["max_score"] for test in found["tests"]), done.stderr
    assert any("Mistake:" in test["output"] for test in found["tests"])


@pytest.mark.slow
def test_what_cannot_be_graded_says_why_and_has_no_score(tree: Path) -> None:
    """No notebook, a web page, several of which none can be read: the student reads the sentence."""
    found, _ = run(tree)
    no_score(found)
    assert "no notebook" in found["output"]
    (tree / "submission" / "a.ipynb").write_text("<html></html>")
    found, _ = run(tree)
    no_score(found)
    assert "is a web page" in found["output"] and "Error" not in found["output"]
    (tree / "submission" / "b.ipynb").write_text("{}")
    found, _ = run(tree)
    no_score(found)
    assert "is a web page" in found["output"]


@pytest.mark.slow
def test_parts_and_scripts_are_one_submission(tree: Path) -> None:
    """A notebook with one exercise and a script with the other are graded together, and a script alone is graded."""
    (tree / "submission" / "1.ipynb").write_bytes(FIRST)
    without, _ = run(tree)
    (tree / "submission" / "mask.py").write_bytes(SCRIPT)
    both, _ = run(tree)
    (tree / "submission" / "1.ipynb").unlink()
    alone, _ = run(tree)
    assert (without["score"], both["score"]) == (0, alone["score"]) and alone["score"] > 0


def test_when_the_grader_itself_breaks(tree: Path) -> None:
    """An interpreter that is not there, or a grader that falls over: no score, and no traceback for the student."""
    (tree / "submission" / "a.ipynb").write_text("{}")
    (tree / "source" / "grader" / "cli" / "grade_file.py").write_text("raise RuntimeError('oh')")
    for python in (str(tree / "nothing"), sys.executable):
        found, done = run(tree, python)
        no_score(found)
        assert "not your fault" in found["output"] and "Traceback" in done.stderr


def test_the_zip_installs(tree: Path) -> None:
    """Both scripts stand at the root and may be executed, setup.sh is a shell script, and the sources build a whole wheel."""
    for name in ("setup.sh", "run_autograder"):
        assert os.access(tree / "source" / name, os.X_OK)
    subprocess.run(["bash", "-n", tree / "source" / "setup.sh"], check=True)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tree / "dist")]
    subprocess.run(command, cwd=tree / "source", check=True, capture_output=True)
    (wheel,) = (tree / "dist").glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "grader/__main__.py",
        "grader/_solutions/transformer_lm.py",
        "grader/report/templates/report.html.j2",
    } <= names
    (points,) = (name for name in names if name.endswith("entry_points.txt"))
    assert "grader-warm" in zipfile.ZipFile(wheel).read(points).decode()


def test_the_zip_is_the_same_each_time() -> None:
    """Nothing in it depends on the clock or on the order of a folder, and there is nothing in it twice."""
    made = pack("quiz", (), "ja", sandbox=True)
    assert made == pack("quiz", (), "ja", sandbox=True)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names)) and not [n for n in names if "__pycache__" in n]
        assert json.loads(archive.read("settings.json"))["sandbox"] is True


def test_the_zip_has_what_notebooks_import_and_keeps_the_time(tree: Path) -> None:
    """setup.sh installs the extra that the project declares; grading gets less time than Gradescope gives."""
    source = tree / "source"
    declared = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))
    extra = declared["project"]["optional-dependencies"]["notebooks"]
    assert any(name.startswith("pandas") for name in extra) and any(name.startswith("matplotlib") for name in extra)
    assert "$ROOT/source[notebooks]" in (source / "setup.sh").read_text()
    assert json.loads((source / "settings.json").read_text())["minutes"] == 10


@pytest.mark.parametrize(("ends", "code"), [(0, 0), (1, 0), (3, 1)])
def test_the_action_hands_the_result_on(tmp_path: Path, ends: int, code: int) -> None:
    """A lost point is a result; what could not be graded fails the step. The workflow calls the action and the reporter."""
    yaml = pytest.importorskip("yaml")
    root = Path(__file__).parents[1]
    action = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    step = next(step for step in action["runs"]["steps"] if step.get("id") == "grade")
    fake = tmp_path / "grade"
    fake.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/said\necho result=abc\nexit {ends}\n')
    fake.chmod(0o755)
    env = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "NOTEBOOK": "my work.ipynb",
        "LESSON": "",
        "LANGUAGE": "en",
    }
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", step["run"]], env=env, check=False)
    assert done.returncode == code and (tmp_path / "out").read_text() == "result=abc\n"
    assert (tmp_path / "said").read_text().startswith("file|my work.ipynb|--lang|en|")
    workflow = yaml.safe_load((root / "examples" / "classroom.yml").read_text(encoding="utf-8"))
    uses = [step["uses"] for step in workflow["jobs"]["grade"]["steps"]]
    assert uses[1].startswith("OWNER/") and "autograding-grading-reporter" in uses[2]
