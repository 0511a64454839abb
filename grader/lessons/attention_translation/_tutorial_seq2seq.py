"""EncoderRNN and DecoderRNN in the form of the course's notebook: one word (1,) and a state (1, 1, H) at a time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Module, Student, Text, accepts, check, edit, misconception, properties
from grader.lessons.attention_translation import _tutorial, _views
from grader.model import Signature

FORM = "tutorial"
TITLE = _tutorial.TITLE
SOLUTION = _tutorial.SOLUTION
NAMES = ("EncoderRNN", "DecoderRNN")
SIGNATURES = (
    Signature(
        "EncoderRNN",
        rf"(?:in\w*|vocab\w*|n_words|source\w*),(?:{_tutorial.HIDDEN})(?:,\w+=)*",
        r"self,\w+,\w+(?:,\w+=)*",
    ),
)

READ = Text(en="the encoder's output and state", ja="エンコーダーの出力と状態")
WRITTEN = Text(en="the decoder's log-probabilities and state", ja="デコーダーの対数確率と状態")


def encoder(student: Student, draw: Draw) -> tuple[Module, int]:
    (hidden,) = draw.sizes(1)
    return student.module("EncoderRNN", _tutorial.SOURCE, hidden).randomise(draw).eval(), hidden


def decoder(student: Student, draw: Draw) -> tuple[Module, int]:
    (hidden,) = draw.sizes(1)
    return student.module("DecoderRNN", hidden, _tutorial.TARGET).randomise(draw).eval(), hidden


def written(hidden: int) -> Any:
    def view(value: Any) -> tuple[Tensor, Tensor]:
        scores, state = _views.parts(value, 2, "(output, hidden)")
        return _tutorial.scores(scores), _tutorial.state(state, hidden)

    return view


@check(points=1, ja="エンコーダーは 1 語を読み、出力と状態 (1, 1, H) を返す")
def encoder_shapes(student: Student, draw: Draw) -> None:
    """The encoder reads one word and returns an output and a state, both (1, 1, H)."""
    model, hidden = encoder(student, draw)
    state = draw.normal(1, 1, hidden).tanh()
    model(draw.integers(0, _tutorial.SOURCE, 1), state, view=_tutorial.encoded(hidden))


@check(points=3, after=encoder_shapes, ja="状態が 1 語ごとに進む（あなたの重みで検算）")
def encoder_moves_on(student: Student, draw: Draw) -> None:
    """The state moves on with every word (we recompute it with your weights)."""
    model, hidden = encoder(student, draw)
    state = draw.normal(1, 1, hidden).tanh()
    for _ in range(3):
        word = draw.integers(0, _tutorial.SOURCE, 1)
        _, state = model(word, state, view=_tutorial.encoded(hidden))
    student.must_agree(READ)


@check(points=1, ja="最初の状態は 0 である")
def starts_at_zero(student: Student, draw: Draw) -> None:
    """The first state is zero."""
    model, hidden = encoder(student, draw)
    first = first_state(model, hidden)
    properties.equal(first, torch.zeros(1, 1, hidden), Text(en="the first state", ja="最初の状態"))


def first_state(model: Module, hidden: int) -> Tensor:
    """What the method returns that makes the first state, under any of its usual names."""
    for name in ("initHidden", "init_hidden", "init_state", "initialize_hidden", "initialize_hidden_state"):
        try:
            found: Tensor = model.method(name, view=lambda value: of_all_layers(value, hidden))
        except CallFailed as error:
            if error.fault.type == "AttributeError" and name in error.fault.message:
                continue
            raise
        return found
    return model.method("initHidden", view=lambda value: of_all_layers(value, hidden))  # type: ignore[no-any-return]


def of_all_layers(value: Any, hidden: int) -> Tensor:
    """The first state (1, 1, H), zero where that of each layer and direction is: an encoder that reads both ways has (2, 1, H)."""
    if isinstance(value, Tensor) and value.dim() == 3 and value.shape[1:] == (1, hidden):
        value = value.abs().amax(dim=0, keepdim=True) if len(value) > 1 else value
    return _tutorial.state(value, hidden)


@check(points=2, ja="デコーダーは対数確率 (1, V) と状態 (1, 1, H) を返す")
def decoder_gives_log_probabilities(student: Student, draw: Draw) -> None:
    """The decoder returns log-probabilities (1, V) and a state (1, 1, H)."""
    model, hidden = decoder(student, draw)
    word, state = draw.integers(0, _tutorial.TARGET, 1, 1), draw.normal(1, 1, hidden).tanh()
    scores, _ = model(word, state, view=written(hidden))
    _tutorial.log_probabilities(scores)


@check(points=3, after=decoder_gives_log_probabilities, ja="デコーダーの 1 歩が正しい（あなたの重みで検算）")
def decoder_moves_on(student: Student, draw: Draw) -> None:
    """The decoder's steps are right (we recompute it with your weights)."""
    model, hidden = decoder(student, draw)
    state = draw.normal(1, 1, hidden).tanh()
    for _ in range(3):
        word = draw.integers(0, _tutorial.TARGET, 1, 1)
        _, state = model(word, state, view=written(hidden))
    student.must_agree(WRITTEN)


no_activation = accepts(edit("F.relu(self.word(input).view(1, 1, -1))", "self.word(input).view(1, 1, -1)"))
log_softmax_module = accepts(
    edit("F.log_softmax(self.out(output[0]), dim=1)", "nn.LogSoftmax(dim=1)(self.out(output[0]))")
)
plain_rnn = accepts(
    edit("self.gru = nn.GRU(hidden_size, hidden_size)", "self.gru = nn.RNN(hidden_size, hidden_size)"),
    edit("self.cell = nn.GRU(", "self.cell = nn.RNN("),
)

first_state_random = misconception(
    edit(
        "        return output, hidden\n\n    def initHidden(self):\n        return torch.zeros(",
        "        return output, hidden\n\n    def initHidden(self):\n        return torch.randn(",
    ),
    en="The first state is random. Then the same sentence is read differently each time. Nothing has been read yet: start from "
    "torch.zeros.",
    ja="最初の状態が乱数です。これでは同じ文でも読むたびに結果が変わります。まだ何も読んでいないので、torch.zeros から始めましょう。",
)
encoder_forgets = misconception(
    edit("self.gru(embedded, hidden)", "self.gru(embedded)"),
    en="The encoder does not hand the state to the GRU, so each word is read as if it were the first. Pass hidden as the second "
    "argument.",
    ja="エンコーダーが GRU に状態を渡していないので、どの語も文の先頭として読まれます。2 つ目の引数に hidden を渡しましょう。",
)
encoder_keeps_the_old_state = misconception(
    edit("output, hidden = self.gru(embedded, hidden)", "output, _ = self.gru(embedded, hidden)"),
    en="The encoder returns the state it was given. The new state is the second thing that the GRU returns.",
    ja="エンコーダーが、渡された状態をそのまま返しています。新しい状態は GRU の 2 つ目の返り値です。",
)
decoder_forgets = misconception(
    edit("self.cell(word, hidden)", "self.cell(word)"),
    en="The decoder does not hand the state to the GRU: it knows neither the source nor what it has written. Pass hidden as the "
    "second argument.",
    ja="デコーダーが GRU に状態を渡していないので、原文も、これまでに書いた語も分かりません。2 つ目の引数に hidden を渡しましょう。",
)
no_log_softmax = misconception(
    edit("F.log_softmax(self.out(output[0]), dim=1)", "self.out(output[0])"),
    en="There is no log_softmax. NLLLoss takes the numbers for log-probabilities and pushes one of them to infinity. End with "
    "F.log_softmax(..., dim=1), or train with CrossEntropyLoss.",
    ja="log_softmax がありません。NLLLoss は値を対数確率とみなすので、スコアがどこまでも大きくなります。F.log_softmax(..., dim=1) で終えるか、"
    "CrossEntropyLoss を使いましょう。",
)
softmax_without_log = misconception(
    edit("F.log_softmax(self.out(output[0]), dim=1)", "F.softmax(self.out(output[0]), dim=1)"),
    en="It ends in a softmax without the log. NLLLoss takes log-probabilities: use F.log_softmax.",
    ja="log の付かない softmax で終わっています。NLLLoss に渡すのは対数確率です。F.log_softmax を使いましょう。",
)
log_softmax_over_the_batch = misconception(
    edit("F.log_softmax(self.out(output[0]), dim=1)", "F.log_softmax(self.out(output[0]), dim=0)"),
    en="log_softmax runs over axis 0, where there is one row only: every word gets log 1 = 0. The words are axis 1.",
    ja="log_softmax を軸 0 についてとっています。そこには 1 行しかないので、どの語も log 1 = 0 になります。語が並んでいるのは軸 1 です。",
)
axis_too_many = misconception(
    edit("self.out(output[0])", "self.out(output)"),
    en="The output is (1, 1, V), with one axis too many, and log_softmax runs over the wrong one. Take output[0] first.",
    ja="出力が (1, 1, V) で軸が 1 つ多く、log_softmax も別の軸についてとっています。先に output[0] を取り出しましょう。",
)
decoder_keeps_the_old_state = misconception(
    edit("output, hidden = self.cell(word, hidden)", "output, _ = self.cell(word, hidden)"),
    en="The decoder returns the state it was given, so it starts anew with every word. Return the state that the GRU gives.",
    ja="デコーダーが、渡された状態をそのまま返しているので、1 語ごとにやり直しになります。GRU が返した状態を返しましょう。",
)
output_squeezed = misconception(
    edit("return output, hidden\n\n    def", "return output.squeeze(), hidden.squeeze()\n\n    def"),
    en="Output and state are squeezed to (H,), which does not go into the next call of a GRU. Leave them (1, 1, H).",
    ja="出力と状態を squeeze して (H,) にしているため、次の GRU に渡せません。(1, 1, H) のままにしましょう。",
)
