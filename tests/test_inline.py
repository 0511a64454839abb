"""check, hint and %%check: in a plain script, in a real kernel, and where the notebook is being graded."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4
import numpy
import pytest
import torch
from nbclient import NotebookClient

import grader
from grader import check, hint, selfcheck
from grader.errors import UsageError
from grader.grading import grade
from grader.lessons import exercise, lesson
from grader.model import Language, Outcome
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.kernel_factory import KernelFactory, OwnKernelSpec
from grader.sandbox.warm.container import SEEN_OF_GRADER
from tests.notebooks import answer_cells, save, solved

PACKAGE = Path(grader.__file__).parent
WRONG = "import torch\ndef causal_mask(size):\n    return torch.ones(size, size, dtype=torch.bool).tril(1)\n"
MASK = "import torch\ndef causal_mask(size):\n"
NAMED = "Each position also sees the next one."


def asked(source: str, question: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The answer to `check` or `hint` called from a script whose text is `source`."""
    scope: dict[str, Any] = {"__name__": "__main__", "ask": lambda: None}
    exec(source, scope)
    scope |= {"question": question, "args": args, "kwargs": kwargs}
    return eval("question(*args, **kwargs)", scope)


def answers(name: str, **mistakes: str) -> str:
    """All code of a lesson's answers as one script."""
    known = exercise(name).lesson
    notebook = solved(known, **mistakes)
    cells = [c for e in lesson(known).exercises for c in answer_cells(notebook, e.id)]
    setup = [c for c in notebook.cells if c.metadata.get("grader", {}).get("role") == "setup"]
    return "\n".join(cell.source for cell in (*setup, *cells))


@pytest.fixture(autouse=True)
def no_hints_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "GIVEN", selfcheck.HintProgress())
    monkeypatch.setattr(selfcheck, "SEEN", selfcheck.LastExaminations())


def test_a_right_answer_passes() -> None:
    """Every check holds, in words and as HTML."""
    found = asked(answers("causal_mask"), check, "causal_mask", lang="en")
    assert found.passed and "The causal mask" in repr(found) and "5 / 5" in found._repr_html_()


@pytest.mark.parametrize(("name", "mistake"), [("causal_mask", "one_too_many"), ("knock81", "no_batch_first")])
def test_a_mistake_is_named_as_by_grade(name: str, mistake: str, tmp_path: Path, host: KernelFactory | None) -> None:
    """Outcomes, points and the named mistake are those of grading the notebook with the same mistake."""
    here = asked(answers(name, **{name: mistake}), check, name).exercise.findings
    there = (
        grade(save(solved(exercise(name).lesson, **{name: mistake}), tmp_path), 1, (name,), host=host)
        .exercises[0]
        .findings
    )
    assert [(f.check, f.outcome, f.earned, f.misconception) for f in here] == [
        (f.check, f.outcome, f.earned, f.misconception) for f in there
    ]
    assert mistake in {f.misconception.id for f in here if f.misconception}


def test_nothing_written_yet_is_said() -> None:
    """Without a definition every check is MISSING, and the hint says which names are asked for."""
    assert {f.outcome for f in asked("", check, "knock81").exercise.findings} == {Outcome.MISSING}
    assert "Define `RNN` and run the cell" in repr(asked("", hint, "knock81", lang="en"))


def test_hints_before_the_first_attempt() -> None:
    """The stub gets the exercise's starters, one after the other, in the notebook's language."""
    stub = "def causal_mask(size):\n    raise NotImplementedError"
    said = [repr(asked(stub, hint, "causal_mask", lang="en")) for _ in range(3)]
    assert all(text.en in hint for text, hint in zip(exercise("causal_mask").starters, said, strict=False))
    assert said[2] == said[1] and "the last one" in said[1]
    assert exercise("knock81").starters[0].ja in repr(asked("", hint, "knock81", lang="ja"))


def test_the_next_hint_about_the_same_code_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is defined is examined once; a cell that runs again, a helper or a setting that changes is a new question."""
    counted = []
    examine = selfcheck.examine
    monkeypatch.setattr(selfcheck, "examine", lambda *args: counted.append(args[0]) or examine(*args))
    scope: dict[str, Any] = {"__name__": "__main__", "question": hint}
    exec(WRONG, scope)
    for source, expected in [("", 1), ("", 1), ("size = 3", 2), ("def helper(): pass", 3), (WRONG, 4), ("size = 3", 4)]:
        exec(source, scope)
        eval("question('causal_mask', lang='en')", scope)
        assert len(counted) == expected, source


def test_an_exact_name_is_the_contracts() -> None:
    """A slip of the keyboard is a crash with its line, told once; nobody guesses and nobody is said to look."""
    source = answers("knock81").replace("self.emb(ids)", "self.embb(ids)")
    found = asked(source, check, "knock81", lang="en")
    outcomes = [f.outcome for f in found.exercise.findings]
    assert outcomes[0] is Outcome.CRASHED and set(outcomes[1:]) == {Outcome.SKIPPED}
    assert "a person" not in repr(found) and repr(found).count("has no attribute") == 1


def test_the_same_crash_is_told_once() -> None:
    """Checks that stand beside each other and stop in the same place say so in one short sentence."""
    found = asked(f"{MASK}    return mask[size]\nmask = {{}}", check, "causal_mask", lang="en")
    assert repr(found).count("KeyError") == 1 and repr(found).count("the same error as above") == 2
    assert found._repr_html_().count("KeyError") == 1


def test_hints_come_one_at_a_time() -> None:
    """What was seen, what to try, the mistake's name; then the last stays; another mistake begins anew."""
    said = [repr(asked(WRONG, hint, "causal_mask", lang="en")) for _ in range(4)]
    assert "let a position see its future" in said[0] and NAMED not in said[0] + said[1]
    assert NAMED in said[2] and "the last one" in said[2] and said[3] == said[2]
    assert "Hint 1 of" in repr(asked(WRONG.replace("tril(1)", "tril(-1)"), hint, "causal_mask", lang="en"))
    assert "Everything holds" in repr(asked(answers("causal_mask"), hint, "causal_mask", lang="en"))


def test_a_name_that_does_not_exist_is_one_sentence() -> None:
    """Mistyped, the exercise is not there; a notebook shows that sentence alone."""
    with pytest.raises(UsageError, match="no exercise called knok81") as caught:
        check("knok81", lang="en")
    assert caught.value._render_traceback_() == [str(caught.value)]  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute"):
        grader.nothing_like_this  # noqa: B018


@pytest.mark.parametrize(("written", "language"), [("# マスクを作る", "ja"), ("# make the mask", "en")])
def test_the_language_is_that_of_the_notebook(written: str, language: Language, monkeypatch: Any) -> None:
    """Japanese for who writes Japanese, English elsewhere; the machine's own language decides where nothing is written."""
    monkeypatch.setattr("locale.getlocale", lambda: ("en_US", "UTF-8"))
    assert selfcheck.language_of(written) == language
    monkeypatch.setattr("locale.getlocale", lambda: ("ja_JP", "UTF-8"))
    assert selfcheck.language_of("") == "ja"


def test_the_students_random_numbers_and_settings_are_left_alone() -> None:
    """After a check the generators stand where they stood, and torch's switches are the student's."""
    random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
    expected = random.random(), numpy.random.rand(), torch.rand(1)
    random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            assert asked(answers("knock81"), check, "causal_mask").exercise.findings[0].outcome is Outcome.MISSING
            asked(WRONG, check, "causal_mask")
            assert not torch.is_grad_enabled() and torch.get_default_dtype() is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert (random.random(), numpy.random.rand(), torch.rand(1)) == expected


def test_code_that_insists_on_a_gpu_is_asked_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a GPU or without, the student's `.cuda()` and `device="cuda"` mean the CPU while they are asked, as in `grade`."""
    insisting = answers("causal_mask").replace("dtype=torch.bool)", 'dtype=torch.bool, device="cuda").cuda()')
    assert "cuda" in insisting
    assert asked(insisting, check, "causal_mask").passed
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert asked(insisting, check, "causal_mask").passed


def test_the_stop_button_stops() -> None:
    """An interrupt inside the student's code ends the check instead of counting as their mistake."""
    with pytest.raises(KeyboardInterrupt):
        asked("def causal_mask(size):\n    raise KeyboardInterrupt", check, "causal_mask")


def test_what_a_student_wrote_is_text_in_a_notebook_too() -> None:
    """An error message with HTML in it stays words in the output."""
    source = "def causal_mask(size):\n    raise ValueError('<img src=x onerror=alert(1)>')"
    page = asked(source, check, "causal_mask")._repr_html_()
    assert "<img" not in page and "&lt;img" in page and "<style" not in page and "class=" not in page
    assert "<img" not in asked(source, hint, "causal_mask")._repr_html_()


def test_in_a_plain_script(tmp_path: Path) -> None:
    """python script.py: the text names the mistake, without IPython."""
    script = tmp_path / "script.py"
    script.write_text(
        f"{WRONG}\nfrom grader import check, hint\nimport sys\nassert 'IPython' not in sys.modules\n"
        "print(check('causal_mask', lang='en'))\nprint(hint('causal_mask'))\n",
        encoding="utf-8",
    )
    path = {"PYTHONPATH": str(PACKAGE.parent), "PATH": "", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, script], env=path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "3: return torch.ones(size, size, dtype=torch.bool).tril(1)" in done.stdout
    assert NAMED in done.stdout and "3 / 5" in done.stdout and "Hint 1 of" in done.stdout


# --- in a kernel -------------------------------------------------------------------------------


def run_here(*sources: str, folder: Path) -> list[nbformat.NotebookNode]:
    """The cells after a Jupyter kernel of this interpreter has run them."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}})
    client.km = client.create_kernel_manager()
    client.km.kernel_spec_manager = OwnKernelSpec()
    client.execute(env={"PYTHONPATH": str(PACKAGE.parent), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"})
    return list(notebook.cells)


def result_of(cell: nbformat.NotebookNode) -> dict[str, str]:
    (result,) = [o for o in cell.outputs if o.output_type in ("execute_result", "display_data")]
    return dict(result.data)


def test_in_a_real_kernel(tmp_path: Path) -> None:
    """check gives HTML and text, %%check runs its cell first, hint goes on by one, and nothing runs twice."""
    marked = WRONG + "runs = globals().get('runs', 0) + 1"
    cells = run_here(
        marked,
        "from grader import check, hint\ncheck('causal_mask')",
        f"%%check causal_mask\n{marked.replace('tril(1)', 'tril()')}",
        "hint('causal_mask')",
        "runs",
        "%%check causal_mask\n1 / 0",
        "check('knok81')",
        "# 日本語で書いている\ncheck('causal_mask')",
        f"%%check causal_mask\n{marked}",
        folder=tmp_path,
    )
    wrong, right = result_of(cells[1]), result_of(cells[2])
    assert (
        "3 / 5" in wrong["text/html"]
        and "<svg" in wrong["text/html"]
        and NAMED in wrong["text/plain"].replace("\n", " ")
    )
    assert "tril(1)</code>" in wrong["text/html"]
    assert "5 / 5" in right["text/html"] and "Everything holds" in result_of(cells[3])["text/plain"]
    assert result_of(cells[4])["text/plain"] == "2"
    assert [o.ename for o in cells[5].outputs if o.output_type == "error"] or "ZeroDivisionError" in str(
        cells[5].outputs
    )
    assert not [o for o in cells[5].outputs if "text/html" in o.get("data", {})]
    (error,) = cells[6].outputs
    assert "no exercise called knok81" in "".join(error.traceback) and len(error.traceback) == 1
    assert "因果マスク" in result_of(cells[7])["text/html"]
    assert "セルの 4 行目、causal_mask の中" in result_of(cells[8])["text/html"]


def test_a_cell_that_does_not_parse_is_no_blank(tmp_path: Path) -> None:
    """The error is told with the number that Jupyter shows; magics in a cell are none, and what is defined is judged."""
    broken, magic = MASK.replace("):", ":"), "%matplotlib inline\n!true\n" + WRONG
    cells = run_here(
        "from grader import check, hint\nimport asyncio",
        broken,
        "check('causal_mask', lang='en')",
        "hint('causal_mask', lang='en')",
        f"{magic}\nawait asyncio.sleep(0)",
        "check('causal_mask', lang='en')",
        "%%bash\ntrain=data.txt\necho $train",
        "check('knock82', lang='en')",
        folder=tmp_path,
    )
    told = result_of(cells[2])["text/plain"].replace("\n", " ")
    assert "Cell 2 does not parse" in told and "SyntaxError" in told and "(line 2)" in told
    assert "not attempted" not in told and "not attempted" not in result_of(cells[3])["text/plain"]
    assert "3 / 5" in result_of(cells[5])["text/plain"]
    assert "not attempted" in result_of(cells[7])["text/plain"]  # a shell's variable is no answer


# --- where a notebook is being graded ----------------------------------------------------------


def test_a_graded_notebook_may_hold_its_checks(tmp_path: Path, host: KernelFactory | None) -> None:
    """With %%check above an answer, before any import of it, and check cells, a right notebook earns everything."""
    notebook = solved("transformer_lm")
    (answer,) = answer_cells(notebook, "causal_mask")
    answer.source = f"%%check causal_mask\n{answer.source}"
    asking = "%load_ext grader\nfrom grader import check, hint\nhint('causal_mask')\ncheck('causal_mask')"
    notebook.cells.append(nbformat.v4.new_code_cell(asking))
    report = grade(save(notebook, tmp_path), 1, ("causal_mask",), host=host)
    assert report.score.earned == report.score.possible
    assert not [c for c in report.run.cells if c.ending not in ("ok", "left_out")]


def test_a_failing_cell_under_check_still_fails() -> None:
    """Where the notebook is graded, %%check hides no error of its cell."""
    from grader.model import Cell

    with KernelSandbox() as sandbox:
        assert sandbox.run(Cell(0, "code", "from grader import check")).ending == "ok"
        ran = sandbox.run(Cell(1, "code", "%%check causal_mask\n1 / 0"))
    assert ran.ending == "raised" and "ZeroDivisionError" in ran.error


def test_what_a_jail_shows_of_the_grader_is_enough(tmp_path: Path) -> None:
    """With only the files a jail shows, check and hint answer in one sentence, and no lesson can be imported."""
    for name in SEEN_OF_GRADER:
        source, target = PACKAGE / name, tmp_path / "grader" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    code = (
        "import grader\nfrom grader import check, hint, require_lesson\nrequire_lesson('x')\nprint(grader.__file__)\n"
        "print(check('causal_mask', lang='ja'))\nprint(hint('x'))\nimport grader.lessons"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )
    where, one, other = done.stdout.splitlines()
    assert where.startswith(str(tmp_path)) and one == other and "being graded" in one and "採点中" in one
    assert done.returncode == 1 and "No module named 'grader.lessons'" in done.stderr
