"""An encoder and a decoder of the student, built at drawn sizes, and readings of what they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Module,
    Student,
    Text,
    View,
    normalise,
)
from grader.lessons.attention_translation import _views, _words

OUTPUTS = Text(en="the encoder's outputs", ja="エンコーダーの出力")
SCORES = Text(en="the decoder's log-probabilities", ja="デコーダーの対数確率")


@dataclass(frozen=True)
class TranslatorSizes:
    """source, target: of the vocabularies. Shapes of parameters occur once."""

    emb: int
    hidden: int
    padding: int
    source: int
    target: int


def draw_sizes(student: Student, draw: Draw) -> TranslatorSizes:
    emb, hidden = draw.widths(2)
    emb = student.sized("EncoderRNN", emb_size=emb, hidden_size=hidden)["emb_size"]
    gates = {times * size for times in (1, 2, 3, 4) for size in (emb, hidden)}
    source, target = draw.spread([n for n in range(21, 40) if n not in gates], 2, both_parities=True)
    return TranslatorSizes(emb, hidden, draw.number(1, 5) if knows_padding(student) else 0, source, target)


def knows_padding(student: Student) -> bool:
    """Whether the encoder is told which id is the padding; who is not, has it built in, and it is mostly 0."""
    match = student.matched("EncoderRNN")
    return match is None or "padding_idx" in match.accepts


def encoder(student: Student, draw: Draw, sizes: TranslatorSizes) -> Module:
    named = {"emb_size": sizes.emb, "hidden_size": sizes.hidden, "padding_idx": sizes.padding}
    return student.module("EncoderRNN", vocab_size=sizes.source, **named).randomise(draw).eval()


def decoder(student: Student, draw: Draw, sizes: TranslatorSizes) -> Module:
    named = student.sized("DecoderRNN", emb_size=sizes.emb, hidden_size=sizes.hidden, padding_idx=sizes.padding)
    return student.module("DecoderRNN", vocab_size=sizes.target, **named).randomise(draw).eval()


def reading(ids: Tensor, sizes: TranslatorSizes) -> _words.KeptView:
    """Outputs (B, S, H), zero at the padding where they do not matter, and the state."""
    batch, length = ids.shape

    def view(value: Any) -> tuple[Tensor, list[Tensor]]:
        outputs, state = _views.parts(value, 2, "(outputs, state)")
        found = _views.floating(outputs, (batch, length, sizes.hidden), OUTPUTS, "(B, S, H)")
        real = (ids != sizes.padding)[:, :, None].expand_as(found)
        return torch.where(real, found, torch.zeros_like(found)), _words.state(batch, sizes.hidden)(state)

    return _words.KeptView(view)


def writing(batch: int, sizes: TranslatorSizes) -> _words.KeptView:
    """Log-probabilities (B, V) and the state."""

    def view(value: Any) -> tuple[Tensor, list[Tensor]]:
        scores, state = _views.parts(value, 2, "(log_probs, state)")
        read = normalise.class_scores(batch, sizes.target, what=SCORES, letters="(B, V)")
        return read(scores), _words.state(batch, sizes.hidden)(state)

    return _words.KeptView(view)


def scores_only(batch: int, sizes: TranslatorSizes) -> View:
    """Log-probabilities (B, V), whatever the state."""
    read = normalise.class_scores(batch, sizes.target, what=SCORES, letters="(B, V)")
    return lambda value: read(_views.parts(value, 2, "(log_probs, state)")[0])


def same_lengths(draw: Draw, sizes: TranslatorSizes) -> Tensor:
    batch, length = draw.sizes(2)
    return _words.sentences(draw, sizes.source, sizes.padding, [length] * batch)
