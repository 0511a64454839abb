"""AttnDecoderRNN in the form of the course's notebook: attention by place, Linear(2H -> max_length), one word at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Module,
    Student,
    Text,
    Unmatched,
    accepts,
    check,
    edit,
    properties,
    recompute,
    same,
    tell_leftovers,
)
from grader.lessons.attention_translation import _memory, _tutorial, _tutorial_decoder_mistakes, _views
from grader.model import Signature

FORM = "tutorial"
TITLE = _tutorial.TITLE
SOLUTION = _tutorial.SOLUTION
NAMES = ("AttnDecoderRNN",)
KNOWN_ANSWERS = _tutorial_decoder_mistakes
SIGNATURES = (
    Signature("AttnDecoderRNN", rf"(?:{_tutorial.HIDDEN}),(?:{_tutorial.OUT}),(?:\w+=?,)*max_len\w*=?(?:,\w+=)*"),
)

BY_PLACE = Text(
    en="As in the tutorial, the weights follow from the previous word and the state alone, not from what the source says: "
    "attention by place, for at most max_length words. Attention by content (additive, dot product) compares the state with each "
    "encoder output and knows no longest sentence.",
    ja="チュートリアルどおり、重みは直前の語と状態だけから決まり、原文の中身は見ていません（位置による Attention で、長さは max_length まで）。"
    "内容による Attention（加法型・内積型）は状態をエンコーダーの各出力と照らし合わせるので、文の長さに上限がありません。",
)
NO_MASK = Text(
    en="Nothing hides the empty places behind a short sentence: their outputs are zero, but they take a share of the weights. With "
    "a mask the words would get all of it.",
    ja="短い文の後ろの空いた場所を隠していません。その出力は 0 ですが、重みの一部はそこに向きます。マスクを使えば、重みはすべて語に向きます。",
)

Step = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class TutorialStep:
    """word (1, 1), state (1, 1, H), outputs (max_length, H)."""

    model: Module
    word: Tensor
    state: Tensor
    outputs: Tensor

    def inputs(self) -> tuple[Tensor, ...]:
        return self.word, self.state, self.outputs

    def step(self) -> Step:
        found: Step = self.model(*self.inputs(), view=self.view)
        return found

    def view(self, value: Any) -> Step:
        scores, state, weights = _views.parts(value, 3, "(output, hidden, attn_weights)")
        longest, hidden = self.outputs.shape
        attended = _views.floating(
            _views.headless(weights, (1, longest)), (1, longest), _views.WEIGHTS, "(1, max_length)"
        )
        return _tutorial.scores(scores), _tutorial.state(state, hidden), attended


def draw_scene(student: Student, draw: Draw) -> TutorialStep:
    hidden, longest = draw.sizes(2)
    model = student.module("AttnDecoderRNN", hidden, _tutorial.TARGET, max_length=longest)
    model.randomise(draw).eval()
    word, state = draw.integers(0, _tutorial.TARGET, 1, 1), draw.normal(1, 1, hidden).tanh()
    return TutorialStep(model, word, state, draw.normal(longest, hidden))


@check(points=1, ja="対数確率 (1, V)、状態 (1, 1, H)、重み (1, max_length) を返す")
def shapes(student: Student, draw: Draw) -> None:
    """It returns log-probabilities (1, V), a state (1, 1, H) and weights (1, max_length)."""
    draw_scene(student, draw).step()


@check(points=2, after=shapes, ja="重みは場所の上の確率分布である")
def weights_are_a_distribution(student: Student, draw: Draw) -> Text:
    """The weights are a distribution over the places."""
    properties.distribution(draw_scene(student, draw).step()[2], dim=-1)
    return NO_MASK


@check(points=1, after=shapes, ja="出力は対数確率である")
def gives_log_probabilities(student: Student, draw: Draw) -> None:
    """The output is a log-probability for each word."""
    _tutorial.log_probabilities(draw_scene(student, draw).step()[0])


@check(points=1, after=shapes, ja="どこを見るかは、直前の語と状態で変わる")
def word_and_state_decide_where(student: Student, draw: Draw) -> Text | None:
    """Where it looks depends on the previous word and on the state."""
    scene, before = recompute.until_seen(lambda: looks_by_word_and_state(student, draw))
    elsewhere = replace(scene, outputs=draw.normal(*scene.outputs.shape)).step()[2]
    return BY_PLACE if properties.close(before, elsewhere) else None


def looks_by_word_and_state(student: Student, draw: Draw) -> tuple[TutorialStep, Tensor]:
    """A step and its weights. Raises Failure where another word or another state gives the same."""
    scene = draw_scene(student, draw)
    before = scene.step()[2]
    others = {
        "state": (replace(scene, state=draw.normal(*scene.state.shape).tanh()), "状態"),
        "word": (replace(scene, word=(scene.word + 1) % _tutorial.TARGET), "直前の語"),
    }
    for name, (other, ja) in others.items():
        if properties.close(before, other.step()[2]):
            raise Failure(
                Text(
                    en=f"The weights stay the same whatever the {name} is.",
                    ja=f"{ja}を変えても、重みがまったく変わりません。",
                ),
                Text(
                    en="What goes into the layer that makes the scores?", ja="スコアを作る層には、何を入れていますか。"
                ),
            )
    return scene, before


@check(points=1, after=shapes, ja="文脈ベクトルが使われる")
def context_is_used(student: Student, draw: Draw) -> None:
    """The context is used: other outputs of the encoder give another result."""
    recompute.until_seen(lambda: uses_context(student, draw))


def uses_context(student: Student, draw: Draw) -> None:
    """Raises Failure where other outputs of the encoder give the same."""
    scene = draw_scene(student, draw)
    scores = scene.step()[0]
    if properties.close(scores, replace(scene, outputs=draw.normal(*scene.outputs.shape)).step()[0]):
        raise Failure(
            Text(
                en="The log-probabilities stay the same whatever the encoder's outputs are.",
                ja="エンコーダーの出力を変えても、対数確率がまったく変わりません。",
            ),
            Text(
                en="Follow the weights: which tensor do they weigh, and where does the result go?",
                ja="重みを追ってみましょう。どのテンソルに掛けられ、その結果はどこに入っていますか。",
            ),
        )


@check(points=2, after=shapes, ja="1 歩の計算が正しい（あなたの重みで検算）")
def computes_a_step(student: Student, draw: Draw) -> None:
    """The step is right (we recompute it with your weights)."""
    answer = draw_scene(student, draw).step()
    if not computed(student, answer):
        raise Unmatched("none of the decoders we know computes this")


@check(points=1, after=shapes, ja="評価モードでは dropout が切れている")
def dropout_is_off(student: Student, draw: Draw) -> None:
    """In evaluation mode dropout is off: the same input gives the same output twice."""
    scene = draw_scene(student, draw)
    first = scene.step()[0]
    student.seed += 1
    properties.repeatable(first, scene.step()[0], _tutorial.SCORES)


@check(points=1, after=context_is_used, ja="エンコーダーの出力とすべてのパラメータに勾配が届く")
def gradients_flow(student: Student, draw: Draw) -> Text | None:
    """The gradient reaches the encoder's outputs and every parameter."""
    scene = draw_scene(student, draw)
    sound = computed(student, scene.step())  # then nothing but the way back can be wrong
    scene = replace(scene, outputs=scene.outputs.requires_grad_())
    found = scene.model.gradients(*scene.inputs(), cotangents=[draw.normal(1, _tutorial.TARGET)])
    received = [g for g in found.get("inputs") or [] if isinstance(g, Tensor)]
    if not any(g.shape == scene.outputs.shape and (g.abs() > 0).any() for g in received):
        raise Failure(
            Text(
                en="No gradient reaches the encoder's outputs, so attention could not teach the encoder.",
                ja="エンコーダーの出力に勾配が届きません。Attention を通してエンコーダーが学習できなくなります。",
            ),
            _views.CUT,
        )
    gradients = found.get("parameters") or {}
    try:
        _memory.learns(gradients, list(scene.model.weights), "cut_from_the_gradient" if sound else None)
    except Failure as failure:
        compute = partial(computes_a_step.function, student, draw)
        return tell_leftovers(student, failure, scene.model, gradients, scene.step, compute)
    return None


def computed(student: Student, answer: Step) -> bool:
    """Whether the last answer is a known right one."""
    try:
        return any(same(answer, expected) for expected in student.expected())
    except Unmatched:
        return False


# --- other right answers -----------------------------------------------------------------------

APPLIED = "torch.bmm(attn_weights.unsqueeze(0), encoder_outputs.unsqueeze(0))"

matmul = accepts(edit(APPLIED, "(attn_weights @ encoder_outputs).unsqueeze(0)"))
weighed_sum = accepts(edit(APPLIED, "(attn_weights.T * encoder_outputs).sum(0).view(1, 1, -1)"))
no_activation = accepts(edit("        output = F.relu(output)\n", ""))
state_first = accepts(edit("(embedded[0], hidden[0]), 1", "(hidden[0], embedded[0]), 1"))
logits_by_module = accepts(
    edit("F.log_softmax(self.out(output[0]), dim=1)", "nn.LogSoftmax(dim=-1)(self.out(output[0]))")
)
