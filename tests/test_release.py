"""The students' package, built, installed in an environment without this repository, and used there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import nbformat.v4
import pytest
import torch
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient

from grader import lessons
from grader.lessons import source
from grader.packaging.student_package import package, release, without_answers
from tests.notebooks import answer_cells, solved

RECORDED = ("causal_mask", "dot_attention", "knock81")
ALLOWED = {  # where a line of an answer or of an edit may stand all the same, squeezed, and why
    ("grader/sandbox/warm/guest/preload.py", "optimizer.step()optimizer.zero_grad()"),  # warms the optimizer up
    ("grader/data/translation_tokens.py", "incounts.most_common()if"),  # counts pieces of words
    (
        "grader/lessons/attention_translation/translation.py",
        "encoder.eval()decoder.eval()",
    ),  # of the models that are lent
    # What any encoder with segments, and any model with `encode` and `decode`, says of itself: models that are lent.
    ("grader/lessons/bert/_head.py", "torch.zeros_like(ids)ifsegmentsisNone"),
    ("grader/lessons/bert/_fakes/translator.py", "returnself.decode(tgt,self.encode(src,src_mask),src_mask)"),
    # Said to the student in words, once the mistake is there:
    ("grader/lessons/attention_translation/_dot_questions.py", "torch.finfo(scores.dtype).min"),
    ("grader/lessons/bert/_fine_tuning_mistakes.py", "model(ids[rows],mask[rows])"),
    ("grader/lessons/knock80_89/_answers88.py", "key=lambdaresult:result[1]"),
}
DISTINCT = 24  # characters, without blanks: shorter lines are anybody's
USE = """
import json, sys
from grader import check, hint
import grader
from grader.lessons import catalogue
told = {}
catalogue()
for name, text in json.load(sys.stdin):
    scope = {"__name__": "__main__", "check": check, "hint": hint}
    exec(text, scope)
    exec(f"found = check({name.partition(' ')[0]!r}, lang='en')", scope)
    found = scope["found"].exercise.findings
    told[name] = [[f.check, f.outcome.value, f.misconception and f.misconception.id, f.rationale and f.rationale.en] for f in found]
told["hint"] = repr(hint("causal_mask", lang="ja"))
told["where"] = grader.__file__
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Installed:
    """The wheel, and a Python that has it and the libraries, and nothing of this repository."""

    wheel: Path
    python: Path

    def check(self, answers: dict[str, str]) -> dict[str, list[list[str]]]:
        asked = json.dumps(list(answers.items()))
        done = subprocess.run(
            [self.python, "-c", USE], input=asked, cwd=self.wheel.parent, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, list[list[str]]] = json.loads(done.stdout.splitlines()[-1])
        return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("release"), RECORDED)


def install(folder: Path, wanted: tuple[str, ...]) -> Installed:
    wheel = release(folder, wanted)
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    site = next((folder / "env").glob("lib/python*/site-packages"))
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site, wheel],
        check=True,
    )
    (site / "libraries.pth").write_text(f"{Path(torch.__file__).parents[1]}\n", encoding="utf-8")
    return Installed(wheel, python)


def answer(exercise: str, mistake: str = "") -> str:
    """The solution file with a mistake in it, or as it is: what a student's notebook defines."""
    known = lessons.exercise(exercise)
    edits = next((v.edits for v in known.misconceptions if v.id == mistake), ())
    text = source.apply(source.text_of(known.lesson), exercise, edits)
    assert text is not None
    return text.replace('if __name__ == "__main__"', "if False")


@pytest.fixture(scope="module")
def told(installed: Installed) -> dict[str, list[list[str]]]:
    """What `check` says there about right answers, mistakes, and a right answer that nobody recorded."""
    unheard = answer("knock81").replace(
        "nn.Linear(hidden_size, output_size)",
        "nn.Sequential(nn.Linear(hidden_size, 2 * hidden_size), nn.Linear(2 * hidden_size, output_size))",
    )
    return installed.check(
        {
            "dot_attention": answer("dot_attention"),
            "dot_attention no_scale": answer("dot_attention", "no_scale"),
            "causal_mask one_too_many": answer("causal_mask", "one_too_many"),
            "knock81": answer("knock81"),
            "knock81 mean_over_time": answer("knock81", "mean_over_time"),
            "knock81 unheard": unheard,
            "multi_head": answer("multi_head"),
            "causal_mask": "",
        }
    )


@pytest.mark.slow
def test_it_is_the_installed_package_that_answers(told: dict[str, list[list[str]]], installed: Installed) -> None:
    """Nothing of the repository was imported."""
    assert str(told["where"]).startswith(str(installed.wheel.parent / "env"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dot_attention", "knock81"])
def test_a_right_answer_holds_there(name: str, told: dict[str, list[list[str]]]) -> None:
    """Every check passes, those that compare with the reference too."""
    assert {outcome for _, outcome, _, _ in told[name]} == {"passed"}, told[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dot_attention no_scale", "causal_mask one_too_many", "knock81 mean_over_time"])
def test_a_typical_mistake_is_named_there(name: str, told: dict[str, list[list[str]]]) -> None:
    """It fails, and its name is said, as by `grade`."""
    failed = [(outcome, mistake) for _, outcome, mistake, _ in told[name] if outcome == "failed"]
    assert failed and {mistake for _, mistake in failed} == {name.partition(" ")[2]}, told[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["knock81 unheard", "multi_head"])
def test_what_is_not_recorded_is_left_for_later(name: str, told: dict[str, list[list[str]]]) -> None:
    """Properties and shapes are checked all the same; what needs the reference says that it is judged when handed in."""
    outcomes = {outcome for _, outcome, _, _ in told[name]}
    assert "passed" in outcomes and outcomes <= {"passed", "needs_review"}, told[name]
    later = [words for _, outcome, _, words in told[name] if outcome == "needs_review"]
    assert later and all("when you hand the notebook in" in words for words in later)


@pytest.mark.slow
def test_hints_work_there(told: dict[str, list[list[str]]]) -> None:
    """And speak Japanese."""
    assert "causal_mask" in str(told["hint"]) and "定義" in str(told["hint"])


@pytest.mark.slow
def test_it_answers_in_a_kernel(installed: Installed) -> None:
    """In a Jupyter kernel that has nothing but the package: a mistake named and drawn, a hint, then the right answer."""
    wrong = answer_cell("causal_mask", "one_too_many")
    asked = (f"from grader import check, hint\n{wrong}\ncheck('causal_mask', lang='en')", "hint('causal_mask')")
    cells = [
        nbformat.v4.new_code_cell(source) for source in (*asked, f"%%check causal_mask\n{answer_cell('causal_mask')}")
    ]
    client = NotebookClient(
        nbformat.v4.new_notebook(cells=cells),
        timeout=120,
        resources={"metadata": {"path": str(installed.wheel.parent)}},
    )
    client.km = client.create_kernel_manager()
    client.km.kernel_spec_manager = SpecOf(installed.python)
    client.execute()
    shown = [next(o.data for o in cell.outputs if o.output_type == "execute_result") for cell in cells]
    assert "Each position also sees the next one." in shown[0]["text/html"] and "<svg" in shown[0]["text/html"]
    assert "position 0 sees 1" in shown[1]["text/plain"].replace("\n", " ") and "5 / 5" in shown[2]["text/html"]


class SpecOf(KernelSpecManager):
    """The one kernel there is: that of a given interpreter."""

    def __init__(self, python: Path) -> None:
        super().__init__()
        self.python = python

    def get_kernel_spec(self, _name: str) -> KernelSpec:
        command = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="released", language="python")


def answer_cell(name: str, mistake: str = "") -> str:
    """The answer alone, as a student's cell holds it."""
    mistakes = {name: mistake} if mistake else {}
    (cell,) = answer_cells(solved(lessons.exercise(name).lesson, **mistakes), name)
    return f"import torch\n{cell.source}"


@pytest.mark.slow
def test_all_of_it_tells_right_from_wrong(tmp_path: Path) -> None:
    """Of every exercise the right answer passes everything; every mistake fails, and its own name is said or none."""
    exercises = [e for known in lessons.catalogue() if known.id != "quiz" for e in known.exercises]
    asked = {
        f"{e.id} {mistake}".strip(): answer(e.id, mistake)
        for e in exercises
        for mistake in ("", *(v.id for v in e.misconceptions))
    }
    told = install(tmp_path, ()).check(asked)
    named = 0
    for name in asked:
        mistake = name.partition(" ")[2]
        outcomes = {outcome for _, outcome, _, _ in told[name]}
        names = {found for _, _, found, _ in told[name] if found}
        assert names <= {mistake}, (name, told[name])
        assert outcomes == {"passed"} if not mistake else outcomes & {"failed", "crashed", "needs_review"}, (
            name,
            told[name],
        )
        named += bool(names)
    assert named > 0.95 * (len(asked) - len(exercises))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@cache
def released() -> dict[str, bytes]:
    return dict(package())


def answers_and_edits() -> set[str]:
    """Every line of an answer, in the contract's form and in others, and every edit of one, if long enough to be nobody else's."""
    secret: set[str] = set()
    for lesson in lessons.catalogue():
        asked = [e for exercise in lesson.exercises for e in (exercise, *(form.asks for form in exercise.forms))]
        for name in {e.answered_in for e in asked} | {lesson.id}:
            cells = [cell for cell in source.split(source.text_of(name)) if source.is_answer(cell)]
            secret |= {squeezed(line.partition("#")[0]) for cell in cells for line in cell.splitlines()}
        edits = (edit for e in asked for v in (*e.accepted, *e.misconceptions) for edit in v.edits)
        secret |= {squeezed(text) for edit in edits for text in (edit.old, edit.new)}
    return {text for text in secret if len(text) >= DISTINCT}


def test_no_reference_answer_is_in_it() -> None:
    """No distinctive line of an answer and no edit of one stands in any file, beside what the exercises give away and a
    few single lines, each with its reason."""
    named = released()
    files = {name: squeezed(text.decode()) for name, text in named.items() if name.endswith((".py", ".ipynb"))}
    given = "".join(text for name, text in files.items() if name.endswith(".ipynb"))
    secret = {s for s in answers_and_edits() if s not in given and json.dumps(s)[1:-1] not in given}
    assert len(secret) > 500
    code = {name: text for name, text in files.items() if name.endswith(".py")}
    together = "\0".join(code.values())
    found = {(name, line) for line in secret if line in together for name, text in code.items() if line in text}
    assert found == ALLOWED, sorted(found ^ ALLOWED)
    left_out = ("grader/lessons/quiz", "grader/batch", "grader/cli", "grader/_solutions")
    assert not [name for name in named if name.startswith(left_out) or "solutions" in name or "_tutorial" in name]


def test_no_check_makes_a_causal_mask() -> None:
    """The triangle is an answer in whatever words it is made: no file of the lessons makes one."""
    triangle = re.compile(r"\.tril\(|\.triu\(|torch\.tri[lu]|<=\w+for\w+inrange")
    authored = ("grader/lessons/", "grader/checks/")
    lessons_ = {n: squeezed(t.decode()) for n, t in released().items() if n.startswith(authored) and n.endswith(".py")}
    told = re.compile(r"(?:en|ja)=f?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
    found = [n for n, text in lessons_.items() if triangle.search(told.sub("", text))]
    assert found == ["grader/checks/declare.py"]  # an example in its documentation


def test_an_edit_leaves_with_all_that_is_made_of_it() -> None:
    """Names, loops and functions that hold pieces of an answer go; the mistake's name and words stay."""
    text = (
        "from grader.checks import accepts, edit, misconception\nPIECE = edit('a', 'b')\nBOTH = (PIECE,)\n"
        "def together(x):\n    return accepts(*BOTH, x)\nother = together(1)\n"
        "wrong = misconception(*BOTH, edit('c', 'd'), en='Wrong.', ja='違う。')\nTITLE = 'kept'\n"
    )
    assert without_answers(text) == (
        "from grader.checks import misconception\nwrong = misconception(en='Wrong.', ja='違う。')\nTITLE = 'kept'\n"
    )
