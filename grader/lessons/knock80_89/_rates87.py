"""Whether a training obeys its rate, and which losses it learns by, for problem 87."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from grader.checks import (
    CallFailed,
    Failure,
    Student,
    Text,
)
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._cnn87 import (
    THE_THREE,
)
from grader.lessons.knock80_89._trained87 import (
    Trained,
    fit,
    trainer_of,
)

SAME_MODEL = Text(
    en="Trained with lr = 0.1 and with lr = 0.02, exactly the same model is returned.",
    ja="lr = 0.1 で学習しても 0.02 で学習しても、まったく同じモデルが返ります。",
)
FROZEN = Text(
    en="With another learning rate only biases end differently: no weight is learned.",
    ja="学習率を変えても、変わるのはバイアスだけです。重みが学習されていません。",
)


def told_apart(one: Trained, other: Trained) -> bool:
    """Whether two trainings had different histories."""
    pairs = [(series, other.series[name]) for name, series in one.series.items() if name in other.series]
    return any(not torch.equal(mine, theirs) for mine, theirs in pairs)


def takes_batches(student: Student) -> bool:
    """Whether the answer's form has a batch size at all."""
    try:
        parameters = student.describe("fit_cnn")["parameters"]
    except CallFailed:
        return trainer_of(student).takes_batches
    return training.Trainer(student, "fit_cnn", "fit_cnn", parameters).takes_batches


def depends_on_the_rate(trained: Trained, slower: Trained) -> None:
    """Raises Failure where a fifth of the learning rate leads to the same model, or nearly so."""
    changed = trained.changed(slower)
    weights = trained.model.weights
    if any(weights[name].dim() > 1 for name in changed):
        return
    if not changed:
        fault, name = SAME_MODEL, "untrained_model_returned" if told_apart(trained, slower) else "lr_ignored"
        name = "nothing_is_learnt" if name == "lr_ignored" and stands_still(trained) else name
    else:
        fault, name = FROZEN, "everything_frozen"
    raise Failure(fault, THE_THREE, misconception=name)


def stands_still(trained: Trained) -> bool:
    """Whether the loss on the training data never moves. Without names no series is known to be that one."""
    losses = trained.series.get("train_loss")
    return losses is not None and bool((losses - losses[0]).abs().max() < 1e-7)


def twice_normalised(
    student: Student, trained: Trained, train: list[training.Title], valid: list[training.Title]
) -> None:
    """Raises Failure where the loss of the history is cross-entropy of probabilities, which normalises them once more.

    A model that has learned little says nearly the same of all categories, whatever is done with it: so one that has learned more
    must show it too, if only on the data that it has learned.
    """
    loss, again = losses_of_probabilities(trained, valid)
    if not says(trained, again) or abs(again - loss) < 0.01:
        return
    longer = fit(student, train, valid, 40, 0.1)
    less, more = losses_of_probabilities(longer, valid)
    learned, shown = losses_of_probabilities(longer, train)
    plain = abs(more - less) >= 0.05 or (says(longer, shown, "train_loss") and abs(shown - learned) >= 0.05)
    if not says(longer, more) or not plain:
        return
    raise Failure(
        Text(
            en=f"At the end of training the loss on the validation data is {loss:.4f}; {again:.4f} stands in the history, which is "
            "what comes out when the probabilities go through another softmax.",
            ja=f"学習の終わりの検証データの損失は {loss:.4f} ですが、履歴は {again:.4f} で、確率にもう一度 softmax を掛けた値になっています。",
        ),
        misconception="softmax_before_cross_entropy",
    )


def losses_of_probabilities(trained: Trained, data: list[training.Title]) -> tuple[float, float]:
    """The mean loss, and what it is where the probabilities go through another softmax."""
    scores = torch.stack([trained.scores(title) for title, _ in data])
    labels = torch.tensor([label % trained.labels for _, label in data])
    return float(F.nll_loss(scores, labels)), float(F.cross_entropy(scores.exp(), labels))


def says(trained: Trained, loss: float, name: str = "valid_loss") -> bool:
    """Whether this is the last loss of this series in the history."""
    said = trained.series.get(name)
    return said is not None and abs(float(said[-1]) - loss) <= 1e-3 * loss
