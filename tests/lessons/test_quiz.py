"""The quiz: every question stands in the notebook in both languages, and an answer is read whatever its form."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from grader.checks.exchange import CallFailed
from grader.errors import Failure
from grader.judge.judging import judge
from grader.lessons import load, source
from grader.lessons.quiz._question import QuizQuestion, read
from grader.lessons.quiz.questions import QUESTIONS
from grader.model import ExerciseReport, Language, Outcome, Submission, Text
from grader.packaging.build import build
from grader.sandbox.guest.codec import Opaque
from grader.sandbox.local import LocalSandbox

TRUTH = next(q for q in QUESTIONS if isinstance(q.right, bool))
CHOICE = next(q for q in QUESTIONS if isinstance(q.right, str))


def graded(answers: Any) -> ExerciseReport:
    with LocalSandbox({"ANSWERS": answers}) as sandbox:
        return judge(Submission("s", "0" * 64, "ja", "quiz", ()), sandbox, load("quiz"), seed=1).exercises[0]


def notebook(language: Language, solved: bool = False) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(build("quiz", source.text_of("quiz"), language, solved))["cells"]
    return cells


def prose(language: Language) -> str:
    return "\n".join("".join(c["source"]) for c in notebook(language) if c["cell_type"] == "markdown")


def test_there_are_enough_questions_of_both_kinds() -> None:
    """At least twenty, numbered without a gap, true or false and multiple choice, and no letter or truth always right."""
    assert len(QUESTIONS) >= 20
    assert [q.number for q in QUESTIONS] == list(range(1, len(QUESTIONS) + 1))
    assert {str(q.right) for q in QUESTIONS} == {"True", "False", "a", "b", "c"}
    assert all(q.options in ((False, True), ("a", "b", "c")) for q in QUESTIONS)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_each_question_is_asked_with_its_options(question: QuizQuestion, language: Language) -> None:
    """The notebook asks it once, and lists exactly the options that the grader knows."""
    parts = prose(language).split(f"**{question.id}**")
    assert len(parts) == 2
    asked = re.split(r"\*\*q\d\d\*\*", parts[1])[0]
    listed = tuple(re.findall(r"(?m)^- \((\w)\) ", asked))
    marked = "（○×）" if language == "ja" else "(true or false)"
    assert (listed or (False, True)) == question.options
    assert asked.strip().startswith(marked) == isinstance(question.right, bool)


def test_the_students_notebook_holds_no_answer() -> None:
    """What is handed out has None for every question, and the solved notebook what the solution says."""
    for language in ("ja", "en"):
        for solved in (False, True):
            code = "".join(next(c for c in notebook(language, solved) if "answer" in c["id"])["source"])
            scope: dict[str, Any] = {}
            exec(code, scope)
            assert scope["ANSWERS"] == {q.id: q.right if solved else None for q in QUESTIONS}
            assert solved or not re.search(r": (True|False|\")", code)


def test_untouched_is_missing() -> None:
    """An empty dict, placeholders and no dict at all are not attempted: zero points and no blame."""
    for answers in ({}, dict.fromkeys((q.id for q in QUESTIONS), None), dict.fromkeys((q.id for q in QUESTIONS), "")):
        report = graded(answers)
        assert {f.outcome for f in report.findings} == {Outcome.MISSING}
        assert report.score.earned == 0


def test_questions_are_graded_one_by_one() -> None:
    """One wrong and one open answer cost two points, the wrong one is explained, and right ones carry no words."""
    right = {q.id: q.right for q in QUESTIONS}
    report = graded({**right, "q02": "c", "q05": None})
    found = {f.check: f for f in report.findings}
    assert report.score.earned == len(QUESTIONS) - 2
    assert found["q02"].misconception is not None and found["q02"].misconception.id == "q02_c"
    assert found["q05"].outcome is Outcome.MISSING
    assert all(f.rationale is f.misconception is f.help is None for f in report.findings if f.outcome is Outcome.PASSED)


def test_every_wrong_answer_is_explained_without_the_letter() -> None:
    """Each option but the right one has an explanation, which does not name the right letter."""
    for question in QUESTIONS:
        assert set(question.wrong) == set(question.options) - {question.right}
        for text in question.wrong.values():
            assert not re.search(rf"[(（]{question.right}[)）]", text.en + text.ja), question.id


@pytest.mark.parametrize(
    "form", [True, "True", "true", " TRUE ", "t", "○", "〇", "◯", "o", "Ｔｒｕｅ", "正しい", "はい", 1, "yes"]
)
def test_true_has_many_forms(form: Any) -> None:
    """Whatever is typed for true is true."""
    assert read({TRUTH.id: form}, TRUTH) is True


@pytest.mark.parametrize("form", [False, "False", "false", "F", "×", "✕", "x", "Ｘ", "❌", "誤り", "いいえ", 0, "no"])
def test_false_has_many_forms(form: Any) -> None:
    """Whatever is typed for false is false."""
    assert read({TRUTH.id: form}, TRUTH) is False


@pytest.mark.parametrize("form", ["b", "B", " b ", "(b)", "b.", "Ｂ", "（ｂ）", "b)", "「b」", '"b"'])
def test_letters_have_many_forms(form: str) -> None:
    """Capitals, full-width letters, blanks and brackets are no part of the answer."""
    assert read({CHOICE.id: form}, CHOICE) == "b"


@pytest.mark.parametrize("key", ["q02", "Q02", "q2", "Q2", 2, "2", "０２"])
def test_keys_have_many_forms(key: Any) -> None:
    """A question is found under its number, however written."""
    assert read({key: "b"}, CHOICE) == "b"


@pytest.mark.parametrize(
    "form", [None, "", "  ", "?", "...", "TODO", "未回答", Opaque("builtins.ellipsis", "Ellipsis")]
)
def test_placeholders_are_missing(form: Any) -> None:
    """What stands for no answer yet is not attempted."""
    with pytest.raises(CallFailed) as caught:
        read({CHOICE.id: form}, CHOICE)
    assert caught.value.fault.kind == "missing"


@pytest.mark.parametrize(
    "answers",
    [
        None,
        3,
        "abc",
        ["b"],
        *({"q02": bad} for bad in ("e", 7, 1.5, float("nan"), ["b"], {"b": 1}, True, Opaque("x.Y", "y"))),
    ],
)
def test_what_cannot_be_read_is_said_in_both_languages(answers: Any) -> None:
    """Anything else fails with one sentence that lists the options, and never with an error of ours."""
    with pytest.raises(Failure) as caught:
        read(answers, CHOICE)
    assert isinstance(caught.value.rationale, Text)
    assert caught.value.rationale.ja != caught.value.rationale.en
