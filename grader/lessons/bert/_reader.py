"""An encoder of the student's with sentences for it; and one whose parameters have been told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Module, Student, Text, View, by_shape, normalise, properties
from grader.lessons.bert._figure_one import Form, draw_sizes, further

HIDDEN = Text(en="the encoder's output", ja="エンコーダーの出力")


@dataclass(frozen=True)
class Reader:
    """An encoder of this width, and words ids (B, T) for it. width: of what comes back, which may be scores of words."""

    model: Module
    width: int
    ids: Tensor
    sizes: dict[str, int]
    form: Form

    @property
    def words(self) -> int:
        return self.sizes["vocab_size"]

    def read(self, ids: Tensor | None = None, *more: Tensor, given: tuple[Tensor, ...] = ()) -> Tensor:
        """Hidden states (B, T, D), zero behind a mask; `more`: mask and segments. given: just these arguments."""
        ids = self.ids if ids is None else ids
        mask = more[0] if more else None
        found: Tensor = self.model(*(given or (ids, *more)), view=hidden(ids, self.width, mask))
        return found

    def other(self, position: int) -> Tensor:
        """The same words, but others at this position."""
        return self.form.other(self.ids, position, self.words)

    def others(self, ids: Tensor) -> Tensor:
        """Other words everywhere."""
        return further(ids, 7, self.words, self.form.first)


def width_of(student: Student, sizes: dict[str, int]) -> int:
    """The width of what the student's encoder gives for a word: of the states, or of scores where it gives these alone."""
    return sizes["vocab_size" if "scores" in student.limitations("Encoder") else "d_model"]


def hidden(ids: Tensor, width: int, mask: Tensor | None = None) -> View:
    read = normalise.tensor(*ids.shape, width, what=HIDDEN, letters="(B, T, D)")
    real = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask

    def view(value: Any) -> Tensor:
        try:
            seen: Tensor = read(value)
        except Failure as failure:
            pooled = isinstance(value, Tensor) and tuple(value.shape) == (len(ids), width)
            name = "only_cls_returned" if pooled else None
            raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
        return properties.finite(torch.where(real[:, :, None], seen, torch.zeros_like(seen)), HIDDEN)

    return view


def draw_encoder(student: Student, draw: Draw, longest: int = 0) -> dict[str, int]:
    sizes = draw_sizes(draw, longest)
    named = {"d_model": sizes.d_model, "num_heads": sizes.num_heads, "d_ff": sizes.d_ff, "max_len": sizes.max_len}
    return student.sized("Encoder", vocab_size=sizes.src_vocab, **named)


def told_apart(student: Student, draw: Draw) -> tuple[Reader, by_shape.IdentifiedModel, dict[str, Tensor]]:
    """An encoder of one layer, and weights for it that are the same wherever the shape is."""
    sizes, form = draw_encoder(student, draw), Form.of(student, "Encoder")
    model = student.module("Encoder", **{"num_layers": 1} | sizes)
    made, weights = len(student.exchanges) - 1, by_shape.drawn(draw, model.weights)
    for name, weight in weights.items():
        if tuple(weight.shape) == (sizes["d_ff"],):
            weights[name] = by_shape.half_open(draw, sizes["d_ff"])
    batch, time = draw.sample(((3, 8), (2, 9), (4, 7)), 1)[0]
    reader = Reader(model, sizes["d_model"], form.words(draw, sizes["vocab_size"], batch, time), sizes, form)
    cotangents: list[Tensor | None] = [draw.normal(batch, time, sizes["d_model"])]
    with student.unrecorded():
        model.load(weights)
        found = model.gradients(reader.ids, cotangents=cotangents).get("parameters")
    gradients = found if isinstance(found, dict) else {}
    left_out = frozenset(name for name in model.weights if by_shape.unused(gradients.get(name)))
    rows = {name: 2 for name in model.weights if has_a_third_segment(gradients.get(name), sizes["d_model"])}
    return reader, by_shape.IdentifiedModel(student, model, {}, left_out, made, rows), weights


def has_a_third_segment(gradient: Any, width: int) -> bool:
    """Whether it is that of a table with a third row, for padding say, of which only the first was looked up: segment 0."""
    if not isinstance(gradient, Tensor) or tuple(gradient.shape) != (3, width):
        return False
    return bool((gradient[0] != 0).any()) and not bool((gradient[1:] != 0).any())
