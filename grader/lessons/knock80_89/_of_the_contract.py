"""What the contract asks of a text classifier besides its output: sizes that reach their layers, a bias in each, and gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, normalise, properties
from grader.lessons.knock80_89._models import StudentClassifier
from grader.lessons.knock80_89._sizes import head


def follows_the_contract(model: StudentClassifier, student: Student, draw: Draw, directions: int = 1) -> Text | None:
    """Every size that was asked for is some layer's, both layers add a bias, and gradients reach them all.

    Raises Failure; elsewhere it is advice.
    """
    fault = size_that_is_ignored(model) or missing_bias(model, directions)
    if not student.promised:
        return fault.rationale if fault is not None else None
    if fault is not None:
        raise fault
    learns(model, draw)
    return None


def learns(model: StudentClassifier, draw: Draw) -> None:
    """Raises Failure where the scores depend on a parameter and the gradient does not say so.

    Each word stands once: Embedding(scale_grad_by_freq=True) weighs those that stand more often. Scores of half precision move
    in steps, and are told elsewhere; where no parameter has a gradient, they are switched off in evaluation mode.
    """
    batch, time = 2, model.length or draw.number(3, 8)
    if batch * time > model.vocab_size - 2:
        return
    ids = (draw.permutation(model.vocab_size - 2)[: batch * time] + 1).reshape(batch, time)
    pull = draw.normal(batch, model.output_size)
    with model.module.student.unrecorded():
        scores = model.module(model.arranged(ids), view=normalise.first)
    if isinstance(scores, Tensor) and scores.dtype in (torch.float32, torch.float64):
        properties.not_cut_off(model.module.cut_off(model.arranged(ids), cotangents=[pull], generator=draw.generator))


def size_that_is_ignored(model: StudentClassifier) -> Failure | None:
    if not model.ignored:
        return None
    name = model.ignored[0]
    return Failure(
        Text(
            en=f"No layer has the size that was asked for with {name}: the class has a number of its own there.",
            ja=f"{name} で指定した大きさの層がありません。クラスの中の決まった数が使われています。",
        ),
        Text(
            en=f"Follow {name} from the arguments of __init__ to the layer that should have it.",
            ja=f"__init__ の引数 {name} が、どの層に渡っているかをたどってみましょう。",
        ),
        misconception="size_ignored",
    )


def missing_bias(model: StudentClassifier, directions: int) -> Failure | None:
    """b_y has as many numbers as there are categories; the bias inside as many as the state or the channels have."""
    weights = model.module.weights
    states = model.inner or max(head(weights).shape, key=lambda n: n != model.output_size) // directions
    counts = {w.numel() for w in weights.values() if max(w.shape, default=1) == w.numel()}
    inside = {times * states for times in (1, 2, 3, 4)} & counts
    if model.output_size in counts and inside:
        return None
    where = (
        Text(en="the output layer (b_y)", ja="出力層（b_y）")
        if inside
        else Text(en="the layer before the output", ja="出力層の手前の層")
    )
    return Failure(
        Text(en=f"There is no bias in {where.en}.", ja=f"{where.ja}にバイアスがありません。"),
        Text(
            en="Each of the two formulas ends in “+ b”: which layers were made with bias=False?",
            ja="2 つの式はどちらも「+ b」で終わります。bias=False にした層はありませんか。",
        ),
        misconception="no_bias",
    )
