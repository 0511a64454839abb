"""Averages over the batches in place of the titles, `loss / len(loader)`, and sums, `total += loss.item()`.

Where the contract was handed out these are mistakes: the titles of a short last batch weigh more, and sums of two sets cannot be
compared. In anybody's own notebook they are the usual thing, and cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

import torch
from torch import Tensor

from grader.checks import Failure, Student, Text
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._history import BY_HAND, SERIES, must_be

CLOSE, SMALL = 1e-3, 1e-4  # relative, absolute: a printed number has as few digits
NAMED = 2e-5  # to be named it has to be this near: of eleven titles the means of batches are so many that any number lies near one
BY_TITLES = Text(
    en="The losses or accuracies are means over the batches: the titles of a short last batch weigh more than the others. Multiply each "
    "batch's mean by its size, and divide by the number of titles.",
    ja="損失や正解率が、題名ではなくバッチについての平均になっています。半端な最後のバッチの題名だけ重みが大きくなります。各バッチの平均に件数を掛けて足し、題名の数で割りましょう。",
)


SUMS = Text(
    en="The losses are sums: they grow with the number of titles, and training and validation data cannot be compared. Divide by the number of "
    "titles.",
    ja="損失が合計になっています。件数が多いほど大きくなり、学習データと検証データを比べられません。題名の数で割りましょう。",
)


def averages(
    student: Student,
    found: dict[str, Tensor],
    model: training.FakeModel,
    sets: tuple[list[training.Title], list[training.Title]],
    size: int,
    help: Text = BY_HAND,
    names: tuple[str, ...] = SERIES,
) -> Text | None:
    """Whether these are the averages of a model that stays as it is: advice where they are sums or taken over the batches. Raises Failure.

    sets: of training and validation titles. size: of the batches that were asked for. names: of the series that count.
    """
    epochs = len(next(iter(found.values())))
    truth = training.truth(*sets, model.weight, model.bias, epochs)
    try:
        must_be(found, {name: truth[name] for name in names}, help)
    except Failure as failure:
        if student.promised:
            by_batches = (
                epochs > 1
                and any(name.endswith("loss") for name in names)  # shares of a few titles come near many means
                and are_measured(found, model, sets, size, names, means, NAMED, NAMED)
                and stood_still(student, model)
            )
            mistake = failure.misconception or ("mean_of_batch_means" if by_batches else None)
            raise Failure(failure.rationale, failure.help, failure.evidence, mistake) from None
        for of_losses, told in ((means, BY_TITLES), (sums, SUMS)):
            if are_measured(found, model, sets, size, names, of_losses):
                return told
        raise
    return None


def stood_still(student: Student, model: training.FakeModel) -> bool:
    """Whether the training left the model as it was: of one that learns all the same, any average may come near by chance."""
    with student.unrecorded():
        now = model.now()
    return all(
        torch.allclose(after, before.double(), atol=1e-6)
        for after, before in zip(now, (model.weight, model.bias), strict=True)
    )


def are_measured(
    found: dict[str, Tensor],
    model: training.FakeModel,
    sets: tuple[list[training.Title], list[training.Title]],
    size: int,
    names: tuple[str, ...],
    of_losses: Callable[[Tensor, int], Tensor],
    rtol: float = CLOSE,
    atol: float = SMALL,
) -> bool:
    """Whether every loss is one that `of_losses` makes of the titles' own, and every accuracy a mean over titles or batches."""
    due: dict[str, Tensor] = {}
    for name, data in zip(("train", "valid"), sets, strict=True):
        losses, hits = of_each_title(data, model)
        due |= {f"{name}_loss": of_losses(losses, size), f"{name}_accuracy": means(hits, size)}
    named = all(name in SERIES for name in found)
    orders = [tuple(found)] if named else list(permutations(SERIES, len(found)))
    series = list(found.values())
    return any(
        all(
            name not in names or is_one_of(values, due[name], name, rtol, atol)
            for name, values in zip(order, series, strict=True)
        )
        for order in orders
    )


def of_each_title(data: list[training.Title], model: training.FakeModel) -> tuple[Tensor, Tensor]:
    """The loss and the hit of each title: (N,), (N,), float64."""
    scores = training.scores(data, model.weight, model.bias)
    labels = torch.tensor([label for _, label in data])
    return -scores[torch.arange(len(data)), labels], (scores.argmax(dim=1) == labels).double()


def means(values: Tensor, size: int) -> Tensor:
    """The mean, and the mean of the batches' means with any titles in the short last batch."""
    return torch.tensor([float(values.mean()), *of_batches(values, size)], dtype=torch.float64)


def sums(values: Tensor, size: int) -> Tensor:
    """The sum over the titles, and over the batches' means."""
    count = -(-len(values) // size)
    return torch.tensor(
        [float(values.sum()), *(count * mean for mean in of_batches(values, size))], dtype=torch.float64
    )


def of_batches(values: Tensor, size: int) -> Iterator[float]:
    full, rest = divmod(len(values), size)
    for last in combinations(values.tolist(), rest) if rest else ():
        yield ((float(values.sum()) - sum(last)) / size + sum(last) / rest) / (full + 1)


def is_one_of(values: Tensor, due: Tensor, name: str, rtol: float = CLOSE, atol: float = SMALL) -> bool:
    """Whether each value is one of those that are due; an accuracy may be a percentage."""
    scales = (1.0, 100.0) if name.endswith("accuracy") else (1.0,)
    return any(
        bool(torch.isclose(values.double()[:, None], due[None] * scale, rtol=rtol, atol=atol).any(dim=1).all())
        for scale in scales
    )
