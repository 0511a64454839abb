"""What a whole Transformer does at its ends: lengths, the future, what it remembers."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Student,
    Text,
    normalise,
    properties,
    recompute,
)
from grader.lessons.bert._encoder_decoder_failures import (
    too_long,
)
from grader.lessons.bert._figure_one import LOGITS, MEMORY, TransformerCase, build
from grader.lessons.bert._layers import for_comparison
from grader.lessons.bert._simple_encoder import STILL, change

LOSS = Text(en="the loss", ja="損失")


def works_with_equal_lengths(scene: TransformerCase) -> bool:
    length = min(scene.src.shape[1], scene.tgt.shape[1])
    try:
        scene.model(scene.src[:, :length], scene.tgt[:, :length], scene.mask[:, :length])
    except CallFailed:
        return False
    return True


def as_long_as_promised(student: Student, draw: Draw) -> None:
    """A sentence of max_len words can be read and written, also after a short one."""
    longest = draw.number(530, 560)
    scene = build(student, draw, layers=1, longest=longest)
    reads(scene, 3)
    try:
        reads(scene, longest)
    except CallFailed as error:
        if error.fault.kind != "raised":
            raise
        fresh = student.module("Transformer", **scene.sizes.arguments(), num_layers=1)
        try:
            reads(replace(scene, model=fresh.eval()), longest)
        except CallFailed:
            raise too_long(longest, error) from None
        raise recompute.remembered(LOGITS) from None


def reads(scene: TransformerCase, length: int) -> None:
    words, every = torch.ones(1, length, dtype=torch.int64), torch.ones(1, length, dtype=torch.bool)
    scene.model(words, words, every, view=normalise.class_scores(1, length, scene.sizes.tgt_vocab, what=LOGITS))


def which_future(student: Student, draw: Draw) -> str | None:
    """The mistake by which later words are seen in one layer, where it is the next word alone.

    Where all are seen, a mask may be missing, or rows may be mixed up some other way: only numbers can tell, and what is
    asked here last is for known answers to be compared with.
    """
    scene = build(student, draw, layers=1)
    last = scene.tgt.shape[1] - 1
    moved = change(scene.logits(), scene.logits(tgt=scene.other_target(last)))[:last] > STILL
    if moved[-1] and not moved[:-1].any():
        return "one_word_ahead"
    for_comparison(student, draw)
    return None


def remembers(scene: TransformerCase, read: Tensor) -> None:
    """encode gives the same for the same source, also after another one was read."""
    if not properties.close(scene.read(), read):
        raise recompute.remembered(MEMORY)


def same_when_new(student: Student, scene: TransformerCase, src: Tensor) -> bool:
    """Whether a model made anew with the same weights, which has read nothing before, says the same of this source."""
    model = student.module("Transformer", **scene.sizes.arguments(), num_layers=2)
    model.load(scene.model.weights)
    return properties.close(replace(scene, model=model.eval()).logits(src), scene.logits(src))


def scalar(value: Any) -> Tensor:
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return properties.finite(properties.has_shape(value, (), LOSS), LOSS)
