"""A head of the student's on an encoder of ours, with sentences for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Module, Student, Text, View, normalise, properties
from grader.lessons.bert import _readings, _simple_encoder

CLASS_SCORES = Text(
    en="the output of SequenceClassifier (as log-probabilities)", ja="SequenceClassifier の出力（対数確率に直したもの）"
)
TAG_SCORES = Text(
    en="the output of TaggingHead (as log-probabilities)", ja="TaggingHead の出力（対数確率に直したもの）"
)
SPAN_SCORES = Text(en="the scores of SpanHead", ja="SpanHead の得点")


@dataclass(frozen=True)
class Head:
    """ids (B, T) of so many words; `classes` is the number of scores: of classes, of tags, or two for the ends of a span."""

    name: str
    model: Module
    ids: Tensor
    words: int
    classes: int
    what: Text

    def ask(self, ids: Tensor | None = None, mask: Tensor | None = None, segments: Tensor | None = None) -> Tensor:
        """Scores (B, L) of a sentence, or (B, T, L) of its words. Without a mask there is no padding, and one segment."""
        ids = self.ids if ids is None else ids
        mask = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask
        found: Tensor = self.model(
            ids, mask, torch.zeros_like(ids) if segments is None else segments, view=self.view(ids)
        )
        return found

    def view(self, ids: Tensor) -> View:
        if self.name == "SpanHead":
            ends = _readings.start_and_end(*ids.shape)
            return lambda value: torch.stack(ends(value), dim=-1)
        if self.name == "TaggingHead":
            return tags(ids, self.classes)
        return normalise.class_scores(len(ids), self.classes, what=self.what)

    def other(self, position: int) -> Tensor:
        """The same words, but others at this position."""
        ids = self.ids.clone()
        ids[:, position] = (ids[:, position] + 7) % self.words
        return ids

    def teaches(self, draw: Draw) -> bool:
        """Whether a gradient reaches the encoder's table of words, which no parameter of the student's is like."""
        shape = (len(self.ids), self.classes) if self.name == "SequenceClassifier" else (*self.ids.shape, self.classes)
        cotangents: list[Tensor | None] = [draw.normal(*(shape[:2] if self.name == "SpanHead" else shape))]
        mask, segments = torch.ones_like(self.ids, dtype=torch.bool), torch.zeros_like(self.ids)
        with self.model.student.unrecorded():
            found = self.model.gradients(self.ids, mask, segments, cotangents=cotangents).get("parameters")
        gradients = found.values() if isinstance(found, dict) else ()
        tables = [g for g in gradients if isinstance(g, Tensor) and g.dim() == 2 and g.shape[0] == self.words]
        return any(bool((table != 0).any()) for table in tables)


def tags(ids: Tensor, classes: int) -> View:
    batch, time = ids.shape
    read = normalise.class_scores(batch, time, classes, what=TAG_SCORES, letters="(B, T, L)")

    def view(value: Any) -> Tensor:
        try:
            return read(value)
        except Failure as failure:
            shape = tuple(properties.is_tensor(normalise.first(value), TAG_SCORES).shape)
            name = "cls_not_tagged" if shape == (batch, time - 1, classes) else None
            raise Failure(failure.rationale, failure.help, failure.evidence, name) from None

    return view


def draw_inputs(draw: Draw) -> tuple[int, int, Tensor, int]:
    """How many words there are, the encoder's width, ids (B, T) and a number of classes: no two sizes are the same."""
    batch, time, classes = draw.sample(((3, 9, 4), (4, 10, 5), (2, 7, 6), (5, 8, 3)), 1)[0]
    (width,), (words,) = draw.widths(1, smallest=12), draw.spread(range(29, 40), 1)
    return words, width, draw.integers(0, words, batch, time), classes


def classifier(student: Student, draw: Draw, mixing: float = 0.0) -> Head:
    words, width, ids, classes = draw_inputs(draw)
    encoder = _simple_encoder.simple_encoder(student, draw, words, width, mixing)
    model = student.module("SequenceClassifier", encoder, d_model=width, output_size=classes).randomise(draw).eval()
    return Head("SequenceClassifier", model, ids, words, classes, CLASS_SCORES)


def tagger(student: Student, draw: Draw, mixing: float = 0.0) -> Head:
    words, width, ids, classes = draw_inputs(draw)
    encoder = _simple_encoder.simple_encoder(student, draw, words, width, mixing)
    model = student.module("TaggingHead", encoder, d_model=width, num_tags=classes).randomise(draw).eval()
    return Head("TaggingHead", model, ids, words, classes, TAG_SCORES)


def span_head(student: Student, draw: Draw, mixing: float = 0.0) -> Head:
    words, width, ids, _ = draw_inputs(draw)
    encoder = _simple_encoder.simple_encoder(student, draw, words, width, mixing)
    model = student.module("SpanHead", encoder, d_model=width).randomise(draw).eval()
    return Head("SpanHead", model, ids, words, 2, SPAN_SCORES)
