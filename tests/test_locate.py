"""The line that a named mistake points at: the student's own wrong one, or none."""

from __future__ import annotations

import pytest

from grader.judge.locate import locate_mistake
from grader.lessons import catalogue, exercise, source
from grader.model import Cell, Exercise, Place, Variant
from tests.drawing import drawn
from tests.notebooks import edits_of


def cells_of(name: str, mistake: str = "") -> list[Cell]:
    """The answer cells of an exercise as a student's, with a mistake in."""
    edits = edits_of(name, mistake) if mistake else ()
    text = source.apply(source.text_of(exercise(name).lesson), name, edits)
    assert text is not None
    answers = [cell for cell in source.split(text) if source.is_answer(cell, name)]
    return [Cell(i, "code", cell.partition("\n")[2], name) for i, cell in enumerate(answers)]


def variant_of(name: str, mistake: str) -> Variant:
    return next(v for v in exercise(name).misconceptions if v.id == mistake)


EXERCISES = [e for lesson in catalogue() for e in lesson.exercises]


@drawn(15)
@pytest.mark.parametrize("known", EXERCISES, ids=lambda known: known.id)
def test_a_finger_never_points_at_a_right_line(known: Exercise) -> None:
    """Put into the reference answer, a mistake is pointed at where it was put in, or not at all."""
    right = {line.strip() for cell in cells_of(known.id) for line in cell.source.splitlines()}
    for variant in known.misconceptions:
        place = locate_mistake(known, variant, cells_of(known.id, variant.id))
        assert place is None or place.source not in right, (variant.id, place)
        assert locate_mistake(known, variant, cells_of(known.id)) is None, (
            f"{variant.id} is pointed at in the right answer"
        )


def test_most_mistakes_are_pointed_at() -> None:
    """Of the mistakes that change or add a line, most are found."""
    told = [locate_mistake(e, v, cells_of(e.id, v.id)) is not None for e in EXERCISES[:6] for v in e.misconceptions]
    assert sum(told) / len(told) > 0.6


STUDENTS = """class RNN(nn.Module):
    def __init__(self, V, dw, pad, L, dh):
        super().__init__()
        self.embedding = nn.Embedding(V, dw, padding_idx=pad)
        self.rnn = nn.RNN(dw, dh)
        self.linear = nn.Linear(dh, L)
"""


def test_a_student_has_names_of_their_own() -> None:
    """The line is found in code that was written independently."""
    place = locate_mistake(
        exercise("knock81"), variant_of("knock81", "no_batch_first"), [Cell(4, "code", STUDENTS, "knock81")]
    )
    assert place == Place("self.rnn = nn.RNN(dw, dh)", 5, "RNN.__init__")


def test_of_several_lines_the_one_that_matters_is_pointed_at() -> None:
    """A mistake that takes two lines is shown by the one that no right answer has, wherever it stands."""
    found = {
        ("knock85", "last_output_of_both"): "states = out[:, -1]",
        ("dot_attention", "query_changed_in_place"): "q /= math.sqrt(q.size(-1))",
    }
    for (name, mistake), line in found.items():
        place = locate_mistake(exercise(name), variant_of(name, mistake), cells_of(name, mistake))
        assert place is not None and place.source.startswith(line), place


def test_nothing_alike_and_twice_alike_are_not_pointed_at() -> None:
    """Other code has no such line; code that has it twice cannot be told apart."""
    mistake = variant_of("causal_mask", "one_too_many")
    (wrong,) = cells_of("causal_mask", "one_too_many")
    assert locate_mistake(exercise("causal_mask"), mistake, [wrong]) is not None
    assert locate_mistake(exercise("causal_mask"), mistake, [wrong, wrong]) is None
    assert (
        locate_mistake(exercise("causal_mask"), mistake, [Cell(0, "code", "def f(:\n  x = 1", "causal_mask")]) is None
    )
