"""What the notebook's own model gives to the loss of its own training: scores, or probabilities already."""

from __future__ import annotations

from torch import Tensor

from grader.checks import CallFailed, Draw, Failure, Student, Text, Unmatched, normalise
from grader.lessons.knock80_89 import _models, _sizes

PROBABILITIES = Text(
    en="The training is right for scores, but the model that it is meant for ends in a softmax: cross-entropy, which contains one itself, "
    "gets probabilities.",
    ja="学習の手順は合っていますが、学習するモデルの最後に softmax があります。cross-entropy の中にも softmax があるので、二重に掛かっています。",
)


def takes_scores(student: Student, draw: Draw) -> None:
    """Raises Failure where a model that trains by cross-entropy of what it gives, as was just seen, gives probabilities.

    In a notebook of our own the training stands for itself: it is asked for a model of any kind.
    """
    if student.promised:
        return
    with student.unrecorded():
        try:
            model = _models.build(student, draw, "RNN", **_sizes.drawn_sizes(draw, "emb_size", "hidden_size"))
            scores = raw_scores(model, draw)
        except (CallFailed, Failure, Unmatched):
            return  # what it is, is asked where it is the question
    if scores is not None and are_probabilities(scores):
        raise Failure(PROBABILITIES, misconception="softmax_before_cross_entropy")


def raw_scores(model: _models.StudentClassifier, draw: Draw) -> Tensor | None:
    """The output (B, L) in training mode, as it is."""
    ids = model.titles(draw, 5, 6)
    found = model.module.train()(model.arranged(ids), view=normalise.first)
    return found if isinstance(found, Tensor) and found.dim() == 2 and found.is_floating_point() else None


def are_probabilities(scores: Tensor) -> bool:
    """Whether every row adds up to 1 and has nothing below 0: scores of drawn weights do not happen to."""
    return bool((scores >= 0).all()) and bool((scores.sum(dim=1) - 1).abs().max() < 1e-4)
