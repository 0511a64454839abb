"""A language model of the student, built at drawn sizes."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    by_shape,
    normalise,
    properties,
)

LOGITS = Text(en="the logits", ja="logits")


@dataclass
class Scores:
    """The view of logits or log-probabilities (B, T, V), in the learner's own terms: the first reply settles which.

    The softmax of logits and the exponential of log-probabilities are one distribution. A learner who returns logits is compared
    and shown in logits; else all answers are read as log-probabilities. So are probabilities, and an axis of the vocabulary
    that comes second is turned back: `gives_logits` alone pays for both.
    """

    ids: Tensor
    vocabulary: int
    raw: bool | None = None

    def __call__(self, value: Any) -> Tensor:
        shape = (int(self.ids.shape[0]), int(self.ids.shape[1]), self.vocabulary)
        found = turned(normalise.first(value), shape)
        scores = properties.is_floating(properties.has_shape(found, shape, LOGITS, "(B, T, V)"), LOGITS)
        scores = properties.finite(scores, LOGITS).double()
        if self.raw is None:
            self.raw = not normalised(scores)
        return scores if self.raw else normalise.log_probabilities(scores)


def turned(found: Any, shape: tuple[int, int, int]) -> Any:
    """(B, V, T) as (B, T, V), the shape that is wanted; anything else as it is."""
    batch, time, vocabulary = shape
    other_way = isinstance(found, Tensor) and tuple(found.shape) == (batch, vocabulary, time) != shape
    return found.transpose(1, 2) if other_way else found


def normalised(scores: Tensor) -> bool:
    """Whether these are probabilities or their logarithms already."""
    total = scores.sum(-1) if (scores >= 0).all() else scores.exp().sum(-1)
    return bool(torch.allclose(total, torch.ones_like(total), atol=1e-4))


def drawn_ids(draw: Draw, vocabulary: int, avoid: int) -> Tensor:
    """(B, T): distinct sizes, odd and even."""
    pool = [size for size in range(5, 13) if size not in (vocabulary, avoid) and 2 * size != avoid]
    batch, time = draw.spread(pool, 2, both_parities=True)
    return draw.integers(0, vocabulary, batch, time)


@dataclass(frozen=True)
class ModelCase:
    """A model of two layers with drawn parameters in evaluation mode, its vocabulary, and ids (B, T) to ask it with."""

    model: Module
    vocabulary: int
    ids: Tensor

    def __call__(self, ids: Tensor) -> Tensor:
        found: Tensor = self.model(ids, view=Scores(ids, self.vocabulary))
        return found

    def kept(self) -> str:
        """What it is called when something stays from call to call: a parameter that was changed, or anything else."""
        return "weights_scaled_in_place" if self.changed() else "state_kept_between_calls"

    def changed(self) -> str:
        """The name of a parameter that is not what it was set to, if there is one."""
        now = self.model.current()
        return next((n for n, w in self.model.weights.items() if n in now and not torch.equal(now[n], w)), "")


def has_its_blocks(student: Student, help: Text) -> None:
    """Raises Failure where no block's parameter is among the model's: self.blocks = [EncoderBlock(...) for _ in range(num_layers)]

    None is as wide as the feed-forward network then, and more blocks have no more parameters. One shared block, or always the same
    number of them, has such a parameter; blocks with a width of their own are more when there are more of them.
    """
    if not student.promised:
        return
    sizes = {"vocab_size": 15, "d_model": 8, "num_heads": 2, "d_ff": 12}
    with student.unrecorded():
        try:
            few, many = (student.module("TransformerLM", **sizes, num_layers=layers) for layers in (2, 3))
        except CallFailed:
            return
    if any(sizes["d_ff"] in weight.shape for weight in few.weights.values()):
        return
    if len(few.weights) < len(many.weights):
        raise Failure(
            Text(
                en=f"With d_ff = {sizes['d_ff']} no parameter of the blocks is {sizes['d_ff']} wide.",
                ja=f"d_ff = {sizes['d_ff']} で作っても、幅 {sizes['d_ff']} のパラメータがブロックにありません。",
            ),
            help,
            misconception="width_of_its_own",
        ) from None
    if len(few.weights) == len(many.weights):
        raise Failure(
            Text(
                en="No parameter of a block is among those of the model: its blocks are not among its modules.",
                ja="モデルのパラメータの中に、ブロックのものが 1 つもありません。ブロックがモデルに登録されていません。",
            ),
            help,
            misconception="blocks_in_a_list",
        ) from None


def build(student: Student, draw: Draw, vocabulary: int = 0, dropout: float = 0.0, **options: int) -> ModelCase:
    """Without dropout, where it is not about that; `options` such as max_len."""
    heads, head_width = draw.heads()
    width = heads * head_width  # small: a wrong model is compared with hundreds
    vocabulary = vocabulary or 14 + draw.sample([n for n in range(1, 16) if 14 + n not in (width, 2 * width)], 1)[0]
    inner = width + draw.sample([n for n in (4, 8, 10, 14) if width + n != vocabulary], 1)[0]
    sizes = student.sized(
        "TransformerLM", vocab_size=vocabulary, d_model=width, num_heads=heads, d_ff=inner, num_layers=2
    )
    model = student.module("TransformerLM", **sizes, dropout=dropout, **options)
    student.adopt(model, "TransformerLM")
    vocabulary = int(sizes["vocab_size"])
    by_shape.randomise(student, "TransformerLM", model, draw)
    return ModelCase(model.eval(), vocabulary, drawn_ids(draw, vocabulary, width))
