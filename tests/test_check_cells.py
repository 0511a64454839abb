"""The cells that bring `check` and `hint` into our notebooks, and the language that a notebook is answered in."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from grader import lessons
from grader.cli import main
from grader.grading import grade
from grader.model import Language
from grader.sandbox.kernel_factory import KernelFactory
from tests.notebooks import save, solved, stub
from tests.test_inline import result_of, run_here

LANGUAGES: tuple[Language, ...] = ("ja", "en")


def role(cell: nbformat.NotebookNode) -> str | None:
    return cell.metadata.get("grader", {}).get("role")  # type: ignore[no-any-return]


@pytest.mark.parametrize("lesson", lessons.names())
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_answer_has_its_check_below_it(lesson: str, language: Language) -> None:
    """One cell that brings them before all other code, and a check directly below each answer cell."""
    code = [cell for cell in stub(lesson, language).cells if cell.cell_type == "code"]
    assert "from grader import check, hint" in code[0].source and role(code[0]) == "check"
    answers = {n: cell.metadata["grader"]["exercise"] for n, cell in enumerate(code) if role(cell) == "answer"}
    checks = {n: cell.metadata["grader"]["exercise"] for n, cell in enumerate(code) if role(cell) == "check" and n}
    assert checks == {n + 1: name for n, name in answers.items()}
    assert list(dict.fromkeys(checks.values())) == [exercise.id for exercise in lessons.lesson(lesson).exercises]
    for number, name in checks.items():
        assert code[number].source.startswith(f'check("{name}")')


def test_the_checks_work_in_a_kernel(tmp_path: Path) -> None:
    """Run as they stand in the notebook, after a right answer; a hint before the first attempt."""
    code = [cell.source for cell in solved("quiz", "ja").cells if cell.cell_type == "code"]
    blank = [cell.source for cell in stub("transformer_lm", "en").cells if 'check("causal_mask")' in cell.source]
    brought, answer, check, *_ = code
    cells = run_here(brought, answer, check, "def causal_mask(size):\n    raise NotImplementedError", blank[-1], folder=tmp_path)  # fmt: skip
    assert "27 / 27" in result_of(cells[2])["text/html"]
    assert "未着手" in result_of(cells[4])["text/html"]  # the notebook began in Japanese


@pytest.mark.parametrize(("language", "words"), [("ja", "%pip install"), ("en", "need the grader")])
def test_without_a_grader_the_notebook_says_what_to_install(
    language: Language, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that has none: each check is one sentence, and no cell ends in an error."""
    monkeypatch.setitem(sys.modules, "grader", None)
    brought = next(cell.source for cell in stub("quiz", language).cells if cell.cell_type == "code")
    namespace: dict[str, object] = {}
    exec(brought + '\ncheck("questions")\nhint("questions")', namespace)
    assert capsys.readouterr().out.count(words) == 2


def test_our_own_check_cells_are_not_run_when_grading(tmp_path: Path, host: KernelFactory | None) -> None:
    """They decide nothing; the answers between them do."""
    notebook = solved("quiz")
    ours = [n for n, cell in enumerate(notebook.cells) if role(cell) in ("check", "demo")]
    report = grade(save(notebook, tmp_path), 1, host=host)
    assert report.score.full
    assert [cell.index for cell in report.run.cells if cell.ending == "left_out"] == ours


# --- the language of the answer ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "locale", "asked", "words"),
    [
        ("ja", "en_US.UTF-8", (), "確認クイズ"),
        ("en", "ja_JP.UTF-8", (), "Quiz:"),
        ("ja", "ja_JP.UTF-8", ("--lang", "en"), "Quiz:"),
        ("# 確認クイズの答え\nANSWERS = {'q01': True}", "en_US.UTF-8", (), "確認クイズ"),
        ("ANSWERS = {'q01': True}", "ja_JP.UTF-8", (), "確認クイズ"),
        ("ANSWERS = {'q01': True}", "en_US.UTF-8", (), "Quiz:"),
    ],
    ids=["ours, Japanese", "ours, English", "asked for", "written in Japanese", "by the locale", "by the other locale"],
)
def test_a_notebook_is_answered_in_its_own_language(
    written: str, locale: str, asked: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the exercise handed out, else that of the student's words, else the machine's; --lang before all."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, locale)
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(written)])
    notebook = stub("quiz", written) if written in LANGUAGES else own
    shown = CliRunner().invoke(main, [str(save(notebook, tmp_path)), "--lesson", "quiz", *asked]).output
    assert words in shown
