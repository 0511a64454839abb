"""One step of an attention decoder, asked in whatever form the student keeps the state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader import views
from grader.draw import Draw
from grader.lessons.attention_translation import _memory, _views, _words
from grader.model import Text
from grader.student import CallFailed, Module, Student

TARGET = 29  # size of the vocabulary: shapes of parameters occur once
SCORES = Text(en="the decoder's log-probabilities", ja="デコーダーの対数確率")

Read = tuple[Tensor, list[Tensor], Tensor]


@dataclass(frozen=True)
class Scene:
    """What goes into a step: previous words (B,), state, outputs (B, S, H), mask (B, S); `form` makes a state of h and c."""

    model: Module
    form: Callable[[Tensor, Tensor], Any]
    previous: Tensor
    state: tuple[Tensor, Tensor]
    outputs: Tensor
    mask: Tensor

    def inputs(self) -> tuple[Any, ...]:
        return self.previous, self.form(*self.state), self.outputs, self.mask

    def reading(self) -> _words.Kept:
        batch, length, hidden = self.outputs.shape

        def view(value: Any) -> Read:
            scores, state, weights = _views.parts(value, 3, "(log_probs, state, weights)")
            read = views.class_scores(batch, TARGET, what=SCORES, letters="(B, V)")
            shape = (batch, length)
            attended = _views.floating(_views.headless(weights, shape), shape, _views.WEIGHTS, "(B, S)")
            return read(scores), _words.state(batch, hidden)(state), attended

        return _words.Kept(view)

    def step(self) -> Read:
        scores, state, weights = self.model(*self.inputs(), view=self.reading())
        return scores, state, weights

    def rows(self, chosen: Tensor) -> Scene:
        """The same for some sentences of the batch."""
        h, c = self.state
        return replace(
            self,
            previous=self.previous[chosen],
            state=(h[chosen], c[chosen]),
            outputs=self.outputs[chosen],
            mask=self.mask[chosen],
        )

    def words(self, chosen: Tensor) -> Scene:
        """The same with other words of the source, or in another order."""
        return replace(self, outputs=self.outputs[:, chosen], mask=self.mask[:, chosen])


def forms() -> Iterator[Callable[[Tensor, Tensor], Any]]:
    """A state as a GRUCell, a GRU, an LSTM and an LSTMCell have it."""
    yield lambda h, _: h
    yield lambda h, _: h.unsqueeze(0)
    yield lambda h, c: (h.unsqueeze(0), c.unsqueeze(0))
    yield lambda h, c: (h, c)


def draw_scene(student: Student, draw: Draw, padded: bool = False) -> Scene:
    """A decoder with drawn parameters and inputs, in evaluation mode, and the form of state it takes."""
    batch, length, emb, hidden = draw.sizes(4)
    model = student.module(
        "AttnDecoderRNN", **student.sized("AttnDecoderRNN", vocab_size=TARGET, emb_size=emb, hidden_size=hidden)
    )
    model.randomise(draw).eval()
    padded = padded and "no mask" not in student.ways("AttnDecoderRNN")
    mask = _memory.padding(draw, batch, length) if padded else torch.ones(batch, length, dtype=torch.bool)
    state = draw.normal(batch, hidden).tanh(), draw.normal(batch, hidden)
    outputs = draw.normal(batch, length, hidden)
    scene = Scene(model, next(forms()), draw.integers(1, TARGET, batch), state, outputs, mask)
    return replace(scene, form=form_of(student, scene))


def form_of(student: Student, scene: Scene) -> Callable[[Tensor, Tensor], Any]:
    """The first form of a state with which a step does not raise; these trials leave no trace among the exchanges."""
    asked = len(student.exchanges)
    try:
        for form in forms():
            try:
                scene.model(*replace(scene, form=form).inputs())
            except CallFailed:
                continue
            return form
    finally:
        del student.exchanges[asked:]
    return next(forms())
