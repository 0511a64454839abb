"""The command line, as typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import click
import jsonschema
import pytest
from click.testing import CliRunner

from grader import lessons
from grader.cli import main
from grader.cli.grade_file import exit_code
from grader.model import Score
from grader.report.json import schema
from tests.notebooks import answer_cells, save, solved, stub

ROOT = Path(__file__).parents[1]


def run(*args: str) -> tuple[int, str]:
    result = CliRunner(env={"LANG": "en_US.UTF-8", "LC_ALL": "", "COLUMNS": "100"}).invoke(main, args)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_exit_codes_tell_what_happened(tmp_path: Path) -> None:
    """0 every point earned, 1 a point lost, 2 usage, 3 a file that cannot be read."""
    only = ("--only", "causal_mask", "--format", "json")
    right = save(solved("transformer_lm"), tmp_path, "right.ipynb")
    empty = save(stub("transformer_lm"), tmp_path, "stub.ipynb")
    (tmp_path / "page.ipynb").write_text("<html></html>")
    assert run(str(right), *only)[0] == 0
    assert run(str(empty), *only)[0] == 1
    assert run(str(tmp_path / "nothere.ipynb"))[0] == 2
    assert run(str(right), "--only", "knock99")[0] == 2
    assert run(str(right), "--no-such-option")[0] == 2
    code, output = run(str(tmp_path / "page.ipynb"))
    assert code == 3 and "is a web page" in output and "Traceback" not in output


@pytest.mark.parametrize(
    ("score", "code", "pending_ok"),
    [
        (Score(5.0, 5.0), 0, 0),
        (Score(0.1 + 0.2, 0.3), 0, 0),
        (Score(4.0, 5.0), 1, 1),
        (Score(3.0, 5.0, pending=1.0), 1, 1),
        (Score(3.0, 5.0, pending=2.0), 4, 0),
        (Score(None, 5.0), 3, 3),
    ],
)
def test_pending_is_not_passed(score: Score, code: int, pending_ok: int) -> None:
    """Where nothing is lost and a person has to decide, it is 4; with --pending-ok 0, which forgives nothing else."""
    assert (exit_code(score, False), exit_code(score, True)) == (code, pending_ok)


def test_the_json_report_follows_the_published_schema(tmp_path: Path) -> None:
    """The report validates, names the mistake, and can be written to a file whole."""
    path = save(solved("transformer_lm", causal_mask="one_too_many"), tmp_path)
    target = tmp_path / "report.json"
    assert run(str(path), "--only", "causal_mask", "--format", "json", "-o", str(target), "--seed", "3")[0] == 1
    report = json.loads(target.read_text(encoding="utf-8"))
    published = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(published).validate(report)
    findings = report["exercises"][0]["findings"]
    assert "one_too_many" in {f["misconception"]["id"] for f in findings if f["misconception"]}
    assert report["version"] == 1 and report["provenance"]["seed"] == 3
    assert sorted(os.listdir(tmp_path)) == ["report.json", "submit.ipynb"]


def test_a_page_is_written_in_the_language_asked_for(tmp_path: Path) -> None:
    """`--format html -o` writes one page that stands alone, and the exit code still tells how it went."""
    path = save(solved("transformer_lm", causal_mask="one_too_many"), tmp_path)
    target = tmp_path / "report.html"
    assert run(str(path), "--only", "causal_mask", "--format", "html", "-o", str(target), "--lang", "ja")[0] == 1
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and '<html lang="ja">' in page and "因果マスク" in page


def test_the_published_schema_is_fresh() -> None:
    """docs/report.schema.json is what the model gives today."""
    assert (ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8") == schema()


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A folder that does not exist gets a sentence and leaves nothing behind."""
    path = save(stub("transformer_lm"), tmp_path)
    code, output = run(str(path), "--only", "causal_mask", "-o", str(tmp_path / "no" / "report.txt"))
    assert code == 2 and "cannot be written" in output


def test_new_gives_a_notebook_and_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`grade new` puts the lesson here once, in the language asked for."""
    monkeypatch.chdir(tmp_path)
    assert run("new", "transformer_lm", "--lang", "ja")[0] == 0
    assert "因果マスク" in (tmp_path / "transformer_lm.ipynb").read_text(encoding="utf-8")
    code, output = run("new", "transformer_lm")
    assert code == 2 and "already there" in output
    assert run("new", "nothing")[0] == 2


def test_list_and_show_name_every_exercise() -> None:
    """What can be graded can be looked up, in both languages."""
    from grader.lessons import catalogue

    for lang in ("ja", "en"):
        code, output = run("list", "--lang", lang)
        assert code == 0
        for lesson in catalogue():
            for exercise in lesson.exercises:
                assert exercise.id in output
    code, output = run("show", "causal_mask")
    assert code == 0 and "No position may look at a later one, however long the text." in output
    assert run("show", "knock99")[0] == 2


def test_an_answer_is_shown_after_an_attempt(tmp_path: Path) -> None:
    """grade answer shows the reference to who has tried, refuses before, and never for a lesson that keeps its answers."""
    empty = save(stub("primer"), tmp_path, "empty.ipynb")
    code, said = run("answer", "primer_tensors", str(empty))
    assert code == 2 and "holds no attempt at primer_tensors" in said and "table[ids]" not in said
    tried = stub("primer")
    (cell,) = answer_cells(tried, "primer_tensors")
    cell.source = "def mean_of_rows(table, ids):\n    return table[ids].mean()\n"
    code, said = run("answer", "primer_tensors", str(save(tried, tmp_path, "tried.ipynb")))
    assert code == 0 and "rows = table[ids]" in said and "0 / 6" in said and "BEGIN SOLUTION" not in said
    code, said = run("answer", "causal_mask", str(empty))
    assert code == 2 and "not shown" in said


def test_every_command_and_option_explains_itself() -> None:
    """No option without help, no command without a sentence."""
    for name, command in main.commands.items():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name not in ("help", "format_"):
                assert parameter.help, (name, parameter.name)


def test_the_exercises_are_up_to_date() -> None:
    """exercises/ is what solutions/ builds, byte for byte."""
    code, output = run("build", "--check")
    assert code == 0, output


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


def test_the_wheel_puts_one_package_at_the_top(wheel: Path) -> None:
    """Nothing called exercises, solutions or tests ends up in site-packages."""
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"grader"}


@pytest.mark.slow
def test_the_wheel_works_by_itself(wheel: Path, tmp_path: Path) -> None:
    """In a fresh environment that holds the wheel, `grade new` and `grade FILE` work away from the checkout."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    site = next(home.glob("lib/python*/site-packages")) if os.name != "nt" else home / "Lib" / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The dependencies are those of this environment: they are not what is tested here, and torch is large.
    libraries = Path(json.__file__).parents[1], *(Path(p) for p in sys.path if p.endswith("site-packages"))
    (site / "libraries.pth").write_text("\n".join(str(p) for p in libraries[1:]))
    python = scripts / "python"
    environment = {**os.environ, "PYTHONPATH": "", "LANG": "en_US.UTF-8"}

    def grade(*args: str) -> subprocess.CompletedProcess[str]:
        code = "import sys; from grader.cli import main; main()"
        return subprocess.run(
            [python, "-c", code, *args], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    where = subprocess.run(
        [python, "-c", "import grader; print(grader.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert str(home) in where.stdout, where.stderr
    assert grade("new", "transformer_lm").returncode == 0
    done = grade("transformer_lm.ipynb", "--only", "causal_mask")
    assert done.returncode == 1 and "not attempted yet" in done.stdout, done.stderr


def test_a_table_in_a_pipe_is_not_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lesson and exercise is one line there, however long its title is: other programs read lines."""
    monkeypatch.delenv("COLUMNS", raising=False)
    done = CliRunner().invoke(main, ["list", "--lang", "en"])
    wanted = [name for lesson in lessons.catalogue() for name in (lesson.id, *(e.id for e in lesson.exercises))]
    found = [line.split()[0] for line in done.output.splitlines()]
    assert done.exit_code == 0 and sorted(found) == sorted(wanted), done.output
    assert max(map(len, done.output.splitlines())) > 80
