"""Functions of the contract's name whose parameters stand in another order: nothing has to be guessed."""

from __future__ import annotations

import pytest

from grader.judge.judging import judge
from grader.lessons import load, source
from grader.model import Cell, Outcome, Submission
from grader.sandbox.local import LocalSandbox

ORDERS = {
    "heads": ("start, end, passage, max_len=20", "end, start, passage, max_len=20"),
    "knock80": ("words, vocab", "vocab, words"),
    "masked_lm": ("logits, labels", "labels, logits"),
}
LESSONS = {"heads": "bert", "knock80": "knock80_89", "masked_lm": "bert"}


def outcomes(exercise: str, text: str, handed_out: bool) -> dict[str, Outcome]:
    lesson = load(LESSONS[exercise])
    cell = Cell(0, "code", text, exercise, role="answer" if handed_out else None)
    submission = Submission("n", "0" * 64, "en", lesson.id, (cell,))
    with LocalSandbox(source.namespace(lesson.id)) as sandbox:
        report = judge(submission, sandbox, lesson, seed=3, only=(exercise,))
    return {f.check: f.outcome for f in report.exercises[0].findings}


def answer(exercise: str) -> str:
    cells = source.split(source.text_of(LESSONS[exercise]))
    return "\n".join(cell for cell in cells if source.is_answer(cell, exercise))


@pytest.mark.parametrize("handed_out", [True, False], ids=["in our notebook", "in a notebook of one's own"])
@pytest.mark.parametrize("exercise", ORDERS)
def test_parameters_in_another_order_are_asked_by_their_names(exercise: str, handed_out: bool) -> None:
    """Every check that the reference passes is passed."""
    old, new = ORDERS[exercise]
    text = answer(exercise)
    assert text.count(f"({old})") == 1
    found = outcomes(exercise, text.replace(f"({old})", f"({new})"), handed_out)
    assert set(found.values()) == {Outcome.PASSED}, found


def test_swapped_names_are_no_order() -> None:
    """Who calls the first parameter `end` and means the start has made a mistake, and loses its points."""
    text = answer("heads").replace("def best_span", "def own", 1)
    text += "\n\ndef best_span(start, end, passage, max_len=20):\n    return own(end, start, passage, max_len)\n"
    assert Outcome.FAILED in outcomes("heads", text, True).values()
