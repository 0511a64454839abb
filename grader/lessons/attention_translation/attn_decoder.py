"""AttnDecoderRNN: one step of a decoder that looks at the source. Bahdanau et al. 2015; Luong et al. 2015.

There are many right ways to build this step, so it is judged by what must hold for all of them; its numbers are compared
with those ways that we know, and a person looks where they are none of these.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    Unmatched,
    backward,
    check,
    properties,
    recompute,
    same,
    sign,
    tell_leftovers,
    trace,
)
from grader.lessons.attention_translation import (
    _decoder_mistakes,
    _decoder_right,
    _interfaces,
    _memory,
    _tutorial_decoder,
    _views,
    _words,
)
from grader.lessons.attention_translation._step import (
    SCORES,
    STEP_BY_STEP,
    StepCase,
    draw_scene,
    follows_from_word_and_state,
    looks_by_state,
)

TITLE = Text(en="A decoder with attention", ja="Attention 付きのデコーダー")
NAMES = ("AttnDecoderRNN",)
KNOWN_ANSWERS = (_decoder_mistakes, _decoder_right)
HEADINGS = ("attention decoder", "AttnDecoderRNN", "decoder with attention", "注意機構付きデコーダ", "注意付きデコーダ")
SIGNS = (
    sign(
        r"^class\s+\w*(?:Att|Luong|Bahdanau)\w*Decoder\w*\(|^class\s+\w*Decoder\w*Att\w*\(|^class\s+\w*NMT\w*\(",
        "a decoder with attention",
        "Attention 付きデコーダーのクラス",
        rank=110,
    ),
    sign(
        # class Decoder(nn.Module): ... self.attention = Attention(hid)
        r"^class\s+\w*Decoder\w*\([^\n]*\n(?:(?!class\s)[^\n]*\n){0,80}?[^\n]*(?:attn|[Aa]ttention|softmax|bmm)",
        "a decoder with attention",
        "Attention 付きデコーダーのクラス",
        rank=115,
        within=True,
    ),
)
# weights = F.softmax(self.attn(torch.cat((emb, hidden), 1)), dim=1), beside self.gru = nn.GRU(emb, hidden)
TRACES = (
    # an attention and a recurrent layer, or a step of its own: def attention_decoder(self, enc_outputs, prev_hidden, input)
    trace(
        r"\A(?=[\s\S]*?(?i:attn|attention|luong))[\s\S]*?\b(?:LSTM|GRU|RNN)(?:Cell)?\("
        r"|(?:def|class)\s+(?i:\w{0,20}att\w{0,20}decoder|\w{0,20}decoder\w{0,20}att)"
    ),
)
INTERFACES = _interfaces.ATTN_DECODER
STARTERS = (
    Text(
        en="Begin with DecoderRNN and add an attention whose query is the state (B, H) and whose keys are the "
        "outputs (B, S, H).",
        ja="DecoderRNN から始めて、状態 (B, H) を Query、outputs (B, S, H) を Key とする Attention を足しましょう。",
    ),
    Text(
        en="What goes into the GRU cell is the word (B, E) and the context (B, H) side by side: how wide is that?",
        ja="GRU のセルに入るのは、単語 (B, E) と文脈 (B, H) を横に並べたものです。幅はいくつになるでしょう。",
    ),
    Text(
        en="Return three things: log-probabilities (B, V), the new state (B, H) and the weights (B, S).",
        ja="返すのは 3 つです。対数確率 (B, V)、新しい状態 (B, H)、重み (B, S)。",
    ),
)
FORMS = (_tutorial_decoder,)

STATE = Text(en="the new state", ja="新しい状態")
DOUBLED = Text(
    en="the log-probabilities after every word of the source was doubled",
    ja="入力文の各語を 2 つずつにした後の対数確率",
)


@check(points=1, ja="対数確率 (B, V)、状態 (B, H)、重み (B, S) を返す")
def shapes(student: Student, draw: Draw) -> Text | None:
    """It returns log-probabilities (B, V), a state (B, H) and weights (B, S)."""
    scene = draw_scene(student, draw)
    read = scene.reading()
    try:
        scene.model(*scene.inputs(), view=read)
    except Failure as failure:
        mistake = failure.misconception or ("mask_flipped" if hides_the_words(student, draw) else None)
        raise Failure(failure.rationale, failure.help, failure.evidence, mistake) from None
    return _views.advice_on(read.raw[0])


def hides_the_words(student: Student, draw: Draw) -> bool:
    """Whether it looks at nothing but padding: then there is no number where there is none."""
    with student.unrecorded():
        scene = draw_scene(student, draw, padded=True)
        some = ~scene.mask.all(dim=1)
        other = torch.where(scene.mask[:, :, None], draw.normal(*scene.outputs.shape), scene.outputs)
        rows = scene.rows(some.nonzero().flatten())
        try:
            return properties.close(rows.step()[0], replace(rows, outputs=other[some]).step()[0])
        except (CallFailed, Failure):
            return False


@check(points=2, after=shapes, ja="重みは語の上の確率分布で、パディングは結果に影響しない")
def padding_has_no_influence(student: Student, draw: Draw) -> Text | None:
    """The weights are a distribution over the words, and padding changes nothing."""
    scene = draw_scene(student, draw, padded=True)
    _, _, weights = scene.step()
    if "no mask" in student.limitations("AttnDecoderRNN"):
        properties.distribution(weights, dim=-1)
        return _views.NO_MASK
    _memory.hidden(weights, scene.mask)
    shares_of_words(weights, scene.mask)
    other = torch.where(scene.mask[:, :, None], scene.outputs, draw.normal(*scene.outputs.shape, scale=3.0))
    looks_at_no_padding(scene, other)
    if student.promised:
        recompute.also_in_training(scene.model, partial(looks_at_no_padding, scene, other))
    names = ("the previous words", "the state", "outputs", "mask")
    recompute.untouched(scene.inputs(), scene.inputs_after(), names, dict.fromkeys(names, recompute.IN_PLACE))
    return None


def looks_at_no_padding(scene: StepCase, other: Tensor) -> None:
    """Raises Failure where other outputs at the padding change the scores."""
    scores, _, _ = scene.step()
    changed, _, _ = replace(scene, outputs=other).step()
    properties.equal(changed, scores, _memory.REPLACED, help=_memory.HIDE)


def shares_of_words(weights: Tensor, mask: Tensor) -> None:
    """Raises Failure where the weights of a sentence do not sum to 1, with the mistake that this looks like."""
    try:
        properties.distribution(weights, dim=-1)
    except Failure as failure:
        total, everywhere = weights.sum(dim=-1), torch.ones(())
        by_sentence = properties.close(
            weights[:, mask.any(dim=0)].sum(dim=0), everywhere.expand(int(mask.any(dim=0).sum()))
        )
        whole = mask.all(dim=1)
        taken_away = (
            bool((weights >= 0).all())
            and whole.any()
            and properties.close(total[whole], everywhere.expand(int(whole.sum())))
        )
        lost = bool((total[~whole] < 1).all())
        mistake = (
            "attention_over_the_batch" if by_sentence else "masked_after_the_softmax" if taken_away and lost else None
        )
        raise Failure(failure.rationale, failure.help, failure.evidence, mistake) from None


@check(points=1, after=shapes, ja="重みは語の位置ではなく中身で決まる")
def looks_at_content(student: Student, draw: Draw) -> None:
    """The weights come from what the words are, not from where they stand."""
    scene = draw_scene(student, draw)
    order = draw.permutation(scene.outputs.shape[1])
    scores, _, weights = scene.step()
    other = scene.words(order)
    moved, _, reordered = other.step()
    if not properties.close(reordered, weights[:, order]) and properties.close(other.when_new()[2], weights[:, order]):
        raise recompute.remembered(_views.WEIGHTS, None)
    properties.equal(reordered, weights[:, order], _memory.REORDERED, help=_memory.CONTENT)
    properties.equal(moved, scores, _memory.MOVED, help=_memory.CONTENT)


@check(points=1, after=shapes, ja="どこを見るかは、デコーダーの状態で変わる")
def state_decides_where(student: Student, draw: Draw) -> None:
    """Where it looks depends on the decoder's state."""
    recompute.until_seen(lambda: looks_by_state(student, draw))


@check(points=1, after=shapes, ja="文脈ベクトルが使われ、それは和ではなく平均である")
def context_is_used(student: Student, draw: Draw) -> None:
    """The context is used, and it is a mean: a source with every word doubled gives the same."""
    scene, scores = recompute.until_seen(lambda: uses_context(student, draw))
    length = scene.outputs.shape[1]
    doubled, _, _ = scene.words(torch.arange(length).repeat_interleave(2)).step()
    properties.equal(doubled, scores, DOUBLED, help=STEP_BY_STEP)


def uses_context(student: Student, draw: Draw) -> tuple[StepCase, Tensor]:
    """A step and its scores. Raises Failure where other outputs of the encoder give the same."""
    scene = draw_scene(student, draw)
    scores, _, _ = scene.step()
    other, _, _ = replace(scene, outputs=draw.normal(*scene.outputs.shape)).step()
    if properties.close(scores, other):
        raise Failure(
            Text(
                en="The log-probabilities stay the same whatever the encoder's outputs are.",
                ja="エンコーダーの出力を変えても、対数確率がまったく変わりません。",
            ),
            Text(
                en="Follow the context: where does it enter the RNN or the last layer?",
                ja="文脈ベクトルは、RNN か最後の層のどこに入っていますか。",
            ),
        )
    return scene, scores


@check(points=1, after=shapes, ja="状態が進み、1 文だけのバッチでも同じ結果になる")
def moves_on(student: Student, draw: Draw) -> None:
    """The state moves on from what it was, and one sentence alone gives what it gives within the batch."""
    scene = draw_scene(student, draw, padded=True)
    scores, state, _ = recompute.steady(student, scene.step, SCORES, random="dropout_left_on")
    follows_from_word_and_state(draw, scene)
    if not properties.close(scene.step()[0], scores):  # after other questions
        raise recompute.remembered(SCORES)
    if properties.close(state[0], scene.state[0]):
        raise Failure(
            Text(
                en="The state that is returned is the one that was given.", ja="返された状態が、渡した状態と同じです。"
            ),
            Text(en="Which variable holds the new state?", ja="新しい状態はどの変数に入っていますか。"),
        )
    alone, single, _ = scene.rows(torch.tensor([len(scores) - 1])).step()
    properties.equal(scores[-1:], alone, SCORES, help=STEP_BY_STEP)
    properties.equal(state[0][-1:], single[0], STATE, help=STEP_BY_STEP)
    one = torch.tensor([0])  # whose only word is no padding
    for smaller in (scene.words(one), scene.words(one).rows(one)):
        properties.equal(smaller.step()[2], torch.ones(len(smaller.previous), 1), _views.WEIGHTS, help=_memory.CONTENT)


@check(
    points=2,
    after=(shapes, moves_on),
    ja="1 歩の計算は、知られている Attention 付きデコーダーのどれかと一致する（あなたの重みで検算）",
)
def computes_a_step(student: Student, draw: Draw) -> None:
    """The step is that of an attention decoder (we recompute it with your weights)."""
    scene = draw_scene(student, draw, padded=True, order_free=True)
    answer = scene.step()
    if not any(same(answer, expected) for expected in student.known()):
        raise Unmatched("none of the decoders we know computes this")


@check(points=1, after=context_is_used, ja="エンコーダーの出力とすべてのパラメータに勾配が届く")
def gradients_flow(student: Student, draw: Draw) -> Text | None:
    """The gradient reaches the encoder's outputs and every parameter."""
    scene = draw_scene(student, draw)
    scene = replace(scene, outputs=scene.outputs.requires_grad_())
    found = scene.model.gradients(*scene.inputs(), cotangents=[draw.normal(scene.outputs.shape[0], scene.vocabulary)])
    received = [g for g in found.get("inputs") or [] if isinstance(g, Tensor)]
    if not any(g.shape == scene.outputs.shape and (g.abs() > 0).any() for g in received):
        raise Failure(
            Text(
                en="No gradient reaches the encoder's outputs, so attention could not teach the encoder.",
                ja="エンコーダーの出力に勾配が届きません。Attention を通してエンコーダーが学習できなくなります。",
            ),
            _views.CUT,
            misconception="cut_from_the_gradient",
        )
    if student.promised:
        state_passes_gradients_on(scene, draw)
    learning = [name for name, weight in scene.model.weights.items() if weight.numel() > 1]
    gradients = found.get("parameters")
    try:
        _memory.learns(gradients, learning, misconception=None)
    except Failure as failure:
        compute = partial(computes_a_step.function, student, draw)
        return tell_leftovers(student, failure, scene.model, gradients or {}, scene.step, compute)
    return None


def state_passes_gradients_on(scene: StepCase, draw: Draw) -> None:
    """Raises Failure where gradients do not go through the step, from the new state and the scores to the state before."""
    state, parts = _words.asking_for_gradients(scene.form(*scene.state))
    args = (scene.previous, state, scene.outputs, scene.mask)
    backward.not_cut_off(scene.model, draw, args, parts, without=tuple(scene.mask.shape), parameters=False)
