"""One step of an attention decoder, asked in whatever form the student keeps the state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Failure, Module, Student, Text, by_shape, normalise, properties
from grader.lessons.attention_translation import _memory, _views, _words

TARGET = 29  # size of the vocabulary: shapes of parameters occur once
SCORES = Text(en="the decoder's log-probabilities", ja="デコーダーの対数確率")
STEP_BY_STEP = Text(
    en="Follow one step with the shapes beside it: word (B,) -> (B, E); state (B, H) and outputs (B, S, H) -> scores (B, S) -> weights (B, S) -> "
    "context (B, H); word and context go into the RNN with the old state -> new state (B, H); state and context -> (B, V).",
    ja="1 歩を、形を書き添えてたどってみましょう。語 (B,) → (B, E)。状態 (B, H) と出力 (B, S, H) → スコア (B, S) → 重み (B, S) → 文脈 (B, H)。"
    "語と文脈を、前の状態とともに RNN へ → 新しい状態 (B, H)。状態と文脈 → (B, V)。",
)

Read = tuple[Tensor, list[Tensor], Tensor]


@dataclass(frozen=True)
class StepCase:
    """What goes into a step: previous words (B,), state, outputs (B, S, H), mask (B, S); `form` makes a state of h and c.

    sizes: with which the model was made.
    """

    model: Module
    form: Callable[[Tensor, Tensor], Any]
    previous: Tensor
    state: tuple[Tensor, Tensor]
    outputs: Tensor
    mask: Tensor
    vocabulary: int = TARGET
    sizes: dict[str, int] = field(default_factory=dict)

    def when_new(self) -> Read:
        """The step of a model that has the same parameters and was never asked before. Nobody else is asked."""
        student = self.model.student
        with student.unrecorded():
            fresh = student.module("AttnDecoderRNN", **self.sizes)
            fresh.load(self.model.weights)
            return replace(self, model=fresh.eval()).step()

    def inputs(self) -> tuple[Any, ...]:
        return self.previous, self.form(*self.state), self.outputs, self.mask

    def reading(self) -> _words.KeptView:
        batch, length, hidden = self.outputs.shape

        def view(value: Any) -> Read:
            scores, state, weights = _views.parts(value, 3, "(log_probs, state, weights)")
            read = normalise.class_scores(batch, TARGET, what=SCORES, letters="(B, V)")
            shape = (batch, length)
            attended = _views.floating(_views.headless(weights, shape), shape, _views.WEIGHTS, "(B, S)")
            return read(scores), _words.state(batch, hidden)(state), attended

        return _words.KeptView(view)

    def step(self) -> Read:
        scores, state, weights = self.model(*self.inputs(), view=self.reading())
        return scores, state, weights

    def inputs_after(self) -> tuple[Any, ...]:
        """The inputs as they are after a step."""
        return self.model.student.ask_and_inputs(self.model.handle, self.inputs(), self.reading())[1]

    def rows(self, chosen: Tensor) -> StepCase:
        """The same for some sentences of the batch."""
        h, c = self.state
        return replace(
            self,
            previous=self.previous[chosen],
            state=(h[chosen], c[chosen]),
            outputs=self.outputs[chosen],
            mask=self.mask[chosen],
        )

    def words(self, chosen: Tensor) -> StepCase:
        """The same with other words of the source, or in another order."""
        return replace(self, outputs=self.outputs[:, chosen], mask=self.mask[:, chosen])


def forms() -> Iterator[Callable[[Tensor, Tensor], Any]]:
    """A state as a GRUCell, a GRU, an LSTM and an LSTMCell have it."""
    yield lambda h, _: h
    yield lambda h, _: h.unsqueeze(0)
    yield lambda h, c: (h.unsqueeze(0), c.unsqueeze(0))
    yield lambda h, c: (h, c)


def draw_scene(student: Student, draw: Draw, padded: bool = False, order_free: bool = False) -> StepCase:
    """A decoder with drawn parameters and inputs, in evaluation mode, and the form of state it takes.

    order_free: with parameters to which [word; context] and [context; word] are the same.
    """
    batch, length = draw.sizes(2)
    # The attention may have two, four or eight heads; half and twice the state are widths of their own.
    emb, hidden = draw.sample((6, 10, 12, 14), 1)[0], draw.sample((8, 16), 1)[0]
    sizes = student.sized("AttnDecoderRNN", vocab_size=TARGET, emb_size=emb, hidden_size=hidden)
    model = student.module("AttnDecoderRNN", **sizes)
    if order_free:
        drawn = by_shape.drawn(draw, model.weights)
        model.load(by_shape.order_free(drawn, hidden, (emb + hidden, emb + 2 * hidden)))
    else:
        model.randomise(draw)
    model.eval()
    padded = padded and "no mask" not in student.limitations("AttnDecoderRNN")
    mask = _memory.padding(draw, batch, length) if padded else torch.ones(batch, length, dtype=torch.bool)
    state = draw.normal(batch, hidden).tanh(), draw.normal(batch, hidden)
    outputs = draw.normal(batch, length, hidden)
    scene = StepCase(model, next(forms()), draw.integers(1, TARGET, batch), state, outputs, mask, sizes=sizes)
    return replace(scene, form=form_of(student, scene))


def form_of(student: Student, scene: StepCase) -> Callable[[Tensor, Tensor], Any]:
    """The first form of a state with which a step does not raise."""
    with student.unrecorded():
        for form in forms():
            try:
                scene.model(*replace(scene, form=form).inputs())
            except CallFailed:
                continue
            return form
    return next(forms())


def follows_from_word_and_state(draw: Draw, scene: StepCase) -> None:
    """The next step follows from the previous word; and from the state, also where every word of the source is the same.

    There it makes no difference where one looks: the state has to come in through the RNN.
    """
    scores, state, _ = scene.step()
    other_scores, other_state, _ = replace(scene, previous=(scene.previous + 1) % scene.vocabulary).step()
    if properties.close(scores, other_scores):
        nowhere = properties.close(state[0], other_state[0])  # or the scores alone come too early to know of it
        raise unheard("the previous word", "直前の語", "word_not_read" if nowhere else None)
    uniform = replace(scene, outputs=scene.outputs[:, :1].expand_as(scene.outputs).contiguous())
    h, c = scene.state
    other = replace(uniform, state=(draw.normal(*h.shape).tanh(), draw.normal(*c.shape)))
    if properties.close(uniform.step()[1][0], other.step()[1][0]):
        raise unheard("the state that was given", "渡された状態")


def unheard(english: str, japanese: str, misconception: str | None = None) -> Failure:
    return Failure(
        Text(
            en=f"The result stays the same whatever {english} is.",
            ja=f"{japanese}を変えても、結果がまったく変わりません。",
        ),
        STEP_BY_STEP,
        misconception=misconception,
    )


def looks_by_state(student: Student, draw: Draw) -> None:
    """Raises Failure where another state gives the same weights."""
    scene = draw_scene(student, draw)
    h, c = scene.state
    before = scene.step()[2]
    after = replace(scene, state=(h.flip(0), c.flip(0))).step()[2]
    if properties.close(before, after):
        raise Failure(
            Text(
                en="The weights stay the same whatever the decoder's state is.",
                ja="デコーダーの状態を変えても、重みがまったく変わりません。",
            ),
            Text(en="What is the query of the attention?", ja="Attention の query は何でしょう。"),
        )
