"""TransformerLM(vocab_size, d_model, num_heads, d_ff, num_layers, dropout): ids (B, T) -> logits (B, T, V).

Vaswani et al. 2017, figure 1 (its right half without the source) and section 3.4; pre-norm as in Radford et al. 2019.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    Unmatched,
    check,
    normalise,
    properties,
    recompute,
    sign,
    tell_leftovers,
    trace,
)
from grader.lessons.transformer_lm import _interfaces, _model_choices, _model_mistakes, _tutorial_transformer
from grader.lessons.transformer_lm._attention import promised_or_advice, quiet, steady
from grader.lessons.transformer_lm._dropout import dropout_advice
from grader.lessons.transformer_lm._model_questions import LOGITS, build, has_its_blocks

TITLE = Text(en="The whole language model", ja="言語モデルを組み立てる")
NAMES = ("TransformerLM",)
KNOWN_ANSWERS = (_model_choices, _model_mistakes)
HEADINGS = ("transformer language model", "transformer LM", "transformer model", "Transformer 言語モデル")
SIGNS = (
    sign(
        r"^class\s+(?!\w*(?:Embeddings?|Blocks?|Layers?|Attention)\()\w*(?:Transformer|GPT|Llama|Language_?Model|LM)\w*\(|^def\s+(?:gpt|transformer|forward)\w*\(",
        "a Transformer",
        "Transformer のクラス",
        rank=200,
    ),
)
TRACES = (trace(r"(?i)transformer|\bgpt|lm_head|nn\.Embedding\("),)  # self.lm_head = nn.Linear(n_embd, vocab_size)
INTERFACES = _interfaces.TRANSFORMER
STARTERS = (
    Text(
        en="Parts: `nn.Embedding(vocab_size, d_model)`, an `nn.ModuleList` of `EncoderBlock`, and "
        "`nn.Linear(d_model, vocab_size)`.",
        ja="部品は `nn.Embedding(vocab_size, d_model)`、`EncoderBlock` の `nn.ModuleList`、`nn.Linear(d_mode"
        "l, vocab_size)` です。",
    ),
    Text(
        en="ids (B, T) become (B, T, D); `positional_encoding` gives (T, D), which is added to every sentence "
        "of the batch.",
        ja="ids (B, T) が (B, T, D) になります。`positional_encoding` の (T, D) は、バッチのどの文にも足します。",
    ),
    Text(
        en="Every block gets the same `causal_mask(T)`, with the T of these ids. The logits (B, T, V) are "
        "returned without a softmax.",
        ja="どのブロックにも同じ `causal_mask(T)` を渡します（T はその ids の長さ）。logits (B, T, V) は softmax をとらずに返します。",
    ),
)
FORMS = (_tutorial_transformer,)


@check(points=1, ja="(B, T) の ID から、どの位置にも V 文字の得点が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores for V characters at every position."""
    asked = build(student, draw)
    asked(asked.ids)


@check(points=1, after=output_shape, ja="返るのは (B, T, V) の logits である（確率ではなく、語彙が最後の軸）")
def gives_logits(student: Student, draw: Draw) -> None:
    """What comes back are logits (B, T, V): the vocabulary is the last axis, and no softmax has been made."""
    asked = build(student, draw)
    asked(asked.ids)
    read = normalise.class_scores(*asked.ids.shape, asked.vocabulary, what=LOGITS, letters="(B, T, V)")

    def view(value: Any) -> Tensor:
        found: Tensor = read(value)
        raw = normalise.first(value)
        if (raw >= 0).all() and (raw <= 1).all():
            raise Failure(
                Text(
                    en="The model returns probabilities; the loss takes logits and makes the softmax itself.",
                    ja="モデルが確率を返しています。softmax は損失の側でとるので、ここでは logits を返します。",
                ),
                Text(
                    en="What is the last thing in forward? The head, Linear(D, V), is enough.",
                    ja="forward の最後は何ですか。Linear(D, V) だけで十分です。",
                ),
            )
        return found

    asked.model(asked.ids, view=view)


@check(points=3, after=output_shape, ja="埋め込み、位置、ブロック、得点の順に計算する（あなたの重みで検算）")
def computes_the_model(student: Student, draw: Draw) -> None:
    """Embedding, positions, blocks, scores (we recompute it with your weights)."""
    asked = build(student, draw)
    asked(asked.ids)
    try:
        student.must_agree(LOGITS, rtol=3e-3, atol=1e-3, help=STEPS)  # two layers of float32
    except (Unmatched, Failure):
        has_its_blocks(student, STEPS)
        raise


STEPS = Text(
    en="Write the shapes beside the lines: ids (B, T); embedding (B, T, D), times sqrt(D) if you like; plus the first T rows (T, D) of the "
    "positions; each block (B, T, D) -> (B, T, D) under the mask (T, T), its output the input of the next; with pre-norm a last "
    "normalisation; head (B, T, V). With num_layers = 0 only embedding, positions and head are left: check these first.",
    ja="1 行ごとに形を書いてみましょう。ID (B, T)、埋め込み (B, T, D)（√D を掛けてもよい）、位置の表の先頭 T 行 (T, D) を足す、どのブロックも (B, T, D) → (B, T, D) で、"
    "マスク (T, T) を渡し、出力を次の入力にする、pre-norm なら最後に正規化、出力層で (B, T, V)。num_layers = 0 なら埋め込み・位置・出力層だけになるので、まずそこを確かめましょう。",
)
AGAIN = Text(
    en="It was right for the first sizes. Does something stay from an earlier call (a mask, a table, a weight changed in place), or have a "
    "fixed size where max_len or vocab_size belongs?",
    ja="最初の大きさでは合っていました。前の呼び出しから残っているもの（マスク、表、その場で書き換えた重み）や、max_len や vocab_size のところに決まった数を書いているところはありませんか。",
)


@check(
    points=1,
    after=(output_shape, computes_the_model),
    ja="1 文字でも、max_len ちょうどでも、語彙が大きくても読める。何度呼んでも同じである",
)
def any_size(student: Student, draw: Draw) -> Text | None:
    """One character, a text as long as max_len, a large vocabulary: it stays right, however often it is asked."""
    return promised_or_advice(student, lambda: stays_right(student, draw))


def stays_right(student: Student, draw: Draw) -> None:
    """Raises Failure where it is right for the first sizes only."""
    settable = student.takes("TransformerLM", "max_len")
    longest = {"max_len": draw.number(300, 330)} if settable else {}
    asked = build(student, draw, vocabulary=draw.number(700, 800), **longest)
    batch, time = asked.ids.shape
    lengths = [(1, time), (batch, 1), (2, time + 1)]
    lengths += [(1, longest["max_len"])] if longest else [(1, 60)] if student.promised else []
    lengths += [(batch, time)]
    for rows, places in lengths:
        try:
            asked(draw.integers(0, asked.vocabulary, rows, places))
        except CallFailed as error:
            raise too_long(error, places) if places == longest.get("max_len") else error from None
        student.must_agree(LOGITS, rtol=3e-3, atol=1e-3, help=AGAIN)


def too_long(error: CallFailed, length: int) -> Failure:
    """Shorter texts went through: something is smaller than max_len."""
    return Failure(
        Text(
            en=f"A model made with max_len = {length} stopped at a text of {length} characters: {error.fault.type}: {error.fault.message}",
            ja=f"max_len = {length} のモデルが、{length} 文字の入力で止まりました。{error.fault.type}: {error.fault.message}",
        ),
        AGAIN,
        misconception="table_of_fixed_size",
    )


@check(points=2, after=output_shape, ja="どの位置の予測も、それより後ろの文字に左右されない")
def sees_no_future(student: Student, draw: Draw) -> None:
    """No prediction depends on later characters, and each depends on its own."""
    asked = build(student, draw)
    both = asked.ids, asked.ids[:, 1:]  # a length that is odd, and one that is even
    for ids in both:  # all of them first: a mistake's name has to explain each
        steady(partial(asked, ids), LOGITS, asked.kept)
    for ids in both:
        place = draw.number(1, ids.shape[1])
        properties.causal(asked, ids, properties.changed_at(ids, place, asked.vocabulary), place, LOGITS)


@check(points=1, after=output_shape, ja="文字の並び順を区別する")
def knows_the_order(student: Student, draw: Draw) -> None:
    """It knows the order: the same characters in another order give another prediction at the end."""
    recompute.until_seen(lambda: tells_order(student, draw))


def tells_order(student: Student, draw: Draw) -> None:
    """Raises Failure where another order gives the same prediction."""
    asked = build(student, draw)
    ids, end = asked.ids.clone(), asked.ids.shape[1] - 1
    ids[:, 0] = (ids[:, end - 1] + 1) % asked.vocabulary  # or turning the first of them round might change nothing
    order = torch.cat([torch.arange(end).flip(0), torch.tensor([end])])

    def last(x: Tensor) -> Tensor:
        """The prediction at the end, which has seen everything: one answer for the whole row."""
        found = asked(x)
        return found[:, -1:].expand_as(found)

    properties.order_matters(last, ids, order)


@check(points=1, after=output_shape, ja="バッチ内の文どうしは影響し合わない")
def sentences_are_independent(student: Student, draw: Draw) -> None:
    """Sentences of a batch do not touch each other: the last one alone gives what it gives within the batch."""
    asked = build(student, draw)

    def alone(ids: Tensor) -> Tensor:
        """A lone sentence goes beside itself: that one alone works at all is another check's."""
        return asked(ids.expand(max(2, len(ids)), -1))[-len(ids) :]

    steady(partial(asked, asked.ids), LOGITS, asked.kept)
    properties.batch_independent(alone, asked.ids, Text(en="the logits of the last sentence", ja="最後の文の logits"))


@check(points=1, after=output_shape, ja="評価モードでは dropout が止まり、同じ入力に同じ出力を返す。重みも変わらない")
def repeatable_in_evaluation(student: Student, draw: Draw) -> Text | None:
    """In evaluation mode the same input gives the same output twice: dropout is off, and no parameter changes."""
    asked = build(student, draw, dropout=0.3)
    asked(asked.ids)
    if changed := asked.changed():
        raise Failure(
            Text(
                en=f"The parameter {changed[:60]} was changed by asking the model: each call starts from other weights.",
                ja=f"モデルを呼び出しただけで、パラメータ {changed[:60]} が書き換わりました。呼ぶたびに別の重みになります。",
            ),
            misconception="weights_scaled_in_place",
        )
    try:
        quiet(student, lambda: asked(asked.ids), LOGITS, asked.kept)
    except Failure:
        has_its_blocks(student, STEPS)  # else eval() does not reach them
        raise

    def other(dropout: float) -> tuple[Module, Callable[[], Tensor]]:
        asked = build(student, draw, dropout=dropout)
        return asked.model, lambda: asked(asked.ids)

    return dropout_advice(student, other)


@check(points=1, after=output_shape, ja="どの層のパラメータも使われ、勾配が届く")
def every_layer_learns(student: Student, draw: Draw) -> Text | None:
    """All layers take part: a gradient reaches every parameter."""
    asked = build(student, draw)
    shape = (*asked.ids.shape, asked.vocabulary)
    reply = asked.model(asked.ids, view=normalise.first)
    turned_over = isinstance(reply, Tensor) and tuple(reply.shape) != shape
    cotangent = draw.normal(*shape)
    pull = cotangent.transpose(1, 2).contiguous() if turned_over else cotangent
    found = asked.model.gradients(asked.ids, cotangents=[pull])["parameters"]
    try:
        properties.reached(found)
    except Failure as failure:
        compute = partial(computes_the_model.function, student, draw)
        return tell_leftovers(student, failure, asked.model, found, partial(asked, asked.ids), compute)
    return None
