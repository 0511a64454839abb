"""Functions of the contract's name whose parameters stand in another order: nothing has to be guessed."""

from __future__ import annotations

import pytest

from grader.judge.judging import judge
from grader.lessons import exercise as exercise_called
from grader.lessons import load, source
from grader.matching import Matching, NameOverrides
from grader.model import Cell, Outcome, Submission
from grader.sandbox.local import LocalSandbox

ORDERS = {
    "heads": ("start, end, passage, max_len=20", "end, start, passage, max_len=20"),
    "knock80": ("words, vocab", "vocab, words"),
    "masked_lm": ("logits, labels", "labels, logits"),
}
# Other names for the contract's, which say as surely which is which.
RENAMED = (
    "ids, batch_size, length",
    "data, block_size, batch_size, device='cpu'",
    "    ids, length = data, block_size\n",
)


def outcomes(exercise: str, text: str, handed_out: bool) -> dict[str, Outcome]:
    lesson = load(exercise_called(exercise).lesson)
    cell = Cell(0, "code", text, exercise, role="answer" if handed_out else None)
    submission = Submission("n", "0" * 64, "en", lesson.id, (cell,))
    with LocalSandbox(source.namespace(lesson.id)) as sandbox:
        report = judge(submission, sandbox, lesson, seed=3, only=(exercise,))
    return {f.check: f.outcome for f in report.exercises[0].findings}


def answer(exercise: str) -> str:
    cells = source.split(source.text_of(exercise_called(exercise).answered_in))
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


def test_sure_names_of_ones_own_are_an_order_too() -> None:
    """`get_batch(data, block_size, batch_size)` is not asked with the two numbers the wrong way round, nor named for it."""
    old, new, restated = RENAMED
    text = answer("lm_training")
    assert text.count(f"def get_batch({old}):\n") == 1
    head, _, body = text.partition(f"def get_batch({old}):\n")
    found = outcomes("lm_training", f"{head}def get_batch({new}):\n{restated}{body}", handed_out=False)
    batches = [
        outcome
        for check, outcome in found.items()
        if check in ("batch_shapes", "targets_come_next", "windows_from_everywhere")
    ]
    assert batches == [Outcome.PASSED] * 3, found


def test_swapped_names_are_no_order() -> None:
    """Who calls the first parameter `end` and means the start has made a mistake, and loses its points."""
    text = answer("heads").replace("def best_span", "def own", 1)
    text += "\n\ndef best_span(start, end, passage, max_len=20):\n    return own(end, start, passage, max_len)\n"
    assert Outcome.FAILED in outcomes("heads", text, True).values()


HIDDEN = """
def scaled_dot_product_attention(k, q, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask, -1e9)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
"""


def test_in_a_notebook_of_ones_own_the_rest_is_still_found_out() -> None:
    """Another order is no promise of the contract's mask: True may hide there, and loses nothing."""
    found = outcomes("dot_attention", HIDDEN, False)
    assert not {Outcome.FAILED, Outcome.CRASHED} & set(found.values()), found


def test_a_persons_word_goes_first() -> None:
    """Where a map says which definition is the answer, a reordered one of the contract's name is not taken."""
    text = answer("heads").replace("(start, end, passage, max_len=20)", "(end, start, passage, max_len=20)")
    cells = (Cell(0, "code", text, "heads"),)
    assert Matching.of(exercise_called("heads"), cells).reordered("best_span") is not None
    said = NameOverrides({"best_span": "own"})
    assert Matching.of(exercise_called("heads"), cells, said).reordered("best_span") is None
