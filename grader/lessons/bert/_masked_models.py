"""An encoder and a masked language model of the student, and whether they use every part."""

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Module,
    Student,
    Text,
    View,
    by_shape,
    normalise,
    properties,
)
from grader.lessons.bert import _simple_encoder
from grader.lessons.bert._figure_one import Form
from grader.lessons.bert._layers import all_are_used, twice_as_many
from grader.lessons.bert._reader import Reader, draw_encoder, width_of

LOGITS = Text(en="the output of the masked LM (as log-probabilities)", ja="Masked LM の出力（対数確率に直したもの）")


def encoder(student: Student, draw: Draw, longest: int = 0) -> Reader:
    """An encoder with drawn parameters, in evaluation mode, and words (B, T) for it."""
    sizes, form = draw_encoder(student, draw, longest), Form.of(student, "Encoder")
    model = student.module("Encoder", **{"num_layers": 2} | sizes)
    batch, time = draw.sample(((3, 8), (2, 9), (4, 7)), 1)[0]
    by_shape.randomise(student, "Encoder", model, draw)
    return Reader(
        model.eval(), width_of(student, sizes), form.words(draw, sizes["vocab_size"], batch, time), sizes, form
    )


def head_inputs(student: Student, draw: Draw, mixing: float = 0.0) -> tuple[Module, Tensor, int, int]:
    """An encoder lent to the masked LM, ids (B, T) for it, its width, and the number of words to be predicted.

    Its table has four rows more than there are words: no parameter of the student's has this shape.
    """
    (width,), (words,) = draw.widths(1, smallest=8), draw.spread(range(21, 40), 1)
    batch, time = draw.sample(((3, 10), (2, 9), (5, 8)), 1)[0]
    return (
        _simple_encoder.simple_encoder(student, draw, words + 4, width, mixing, words),
        draw.integers(0, words, batch, time),
        width,
        words,
    )


def logits(ids: Tensor, words: int) -> View:
    return normalise.class_scores(*ids.shape, words, what=LOGITS, letters="(B, T, V)")


def every_word_is_real(reader: Reader) -> None:
    """Without a mask nothing is padding, whatever its id."""
    ids = reader.ids.clone()
    ids[:, 1], ids[:, -1] = reader.form.first, reader.form.first
    if not same_without_a_mask(reader, ids):
        raise Failure(
            Text(
                en="Without a mask the outputs are not those with a mask that is True everywhere.",
                ja="mask を省いたときの出力が、すべて True の mask を渡したときと違います。",
            ),
            Text(en="Is some id taken for padding?", ja="特定の ID をパディングとみなしていませんか。"),
            # a mask the wrong way round hides everything where all is True, whatever the ids
            misconception="zero_taken_for_padding" if same_without_a_mask(reader, ids.clamp(min=1)) else None,
        )


def same_without_a_mask(reader: Reader, ids: Tensor) -> bool:
    return properties.close(reader.read(ids, given=(ids,)), reader.read(ids, torch.ones_like(ids, dtype=torch.bool)))


def every_layer_has_its_own(student: Student, draw: Draw) -> None:
    if not student.takes("Encoder", "num_layers"):
        return
    sizes = draw_encoder(student, draw)
    one, two = (student.module("Encoder", **sizes, num_layers=layers) for layers in (1, 2))
    twice_as_many(one, two, sizes["d_ff"], sizes["d_model"])
    ids = Form.of(student, "Encoder").words(draw, 5, 3, 7)
    pull: list[Tensor | None] = [draw.normal(3, 7, sizes["d_model"])]
    found = [model.eval().gradients(ids, cotangents=pull) for model in (one, two)]
    all_are_used((one, two), found, sizes["d_ff"], sizes["d_model"])
