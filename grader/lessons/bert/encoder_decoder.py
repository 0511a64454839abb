"""Transformer, seq2seq_loss, greedy_decode: figure 1 of Vaswani et al. 2017.

The model may be built in many ways (pre- or post-norm, nn.Transformer, one's own attention): it is judged by what influences what,
and then recomputed in all of these ways with the student's own weights.
"""

from contextlib import suppress
from functools import partial

import torch

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    Unmatched,
    check,
    recompute,
    sign,
    trace,
)
from grader.lessons.bert import (
    _attention_mistakes,
    _encoder_decoder_mistakes,
    _encoder_decoder_right,
    _interfaces,
    _norm_mistakes,
    _position_mistakes,
    _writer,
)
from grader.lessons.bert._decoding import (
    as_if_alone,
    as_long_as_promised,
    in_this_order,
    reads_its_ends,
    reads_no_padding,
    remembers,
    sees_no_future,
    which_future,
    words_of_the_source_learn,
    works_with_equal_lengths,
)
from grader.lessons.bert._encoder_decoder_failures import (
    leaked,
    lengths_confused,
    what_is_seen,
)
from grader.lessons.bert._figure_one import build, padded, told_apart
from grader.lessons.bert._layers import agree, every_layer_has_its_own, for_comparison, has_its_parts
from grader.lessons.bert._losses import LOSS, scalar
from grader.lessons.bert._simple_encoder import MOVED, STILL, change

TITLE = Text(en="The whole Transformer", ja="Transformer の全体")
NAMES = ("Transformer", "seq2seq_loss", "greedy_decode")
KNOWN_ANSWERS = (
    _attention_mistakes,
    _encoder_decoder_mistakes,
    _encoder_decoder_right,
    _norm_mistakes,
    _position_mistakes,
)
HEADINGS = ("encoder-decoder transformer", "encoder-decoder", "エンコーダ・デコーダ", "エンコーダデコーダ")
SIGNS = (
    sign(
        r"^class\s+(?:EncoderDecoder|Seq2SeqTransformer)\w*\("
        # class Seq2Seq(nn.Module): def __init__(self, encoder, decoder, ...): ... def make_trg_mask(self, trg):
        r"|^[ \t]+def\s+make_(?:tgt|trg|target)_mask\("
        # class Transformer(nn.Module): ... def forward(self, src, tgt, src_mask):
        r"|^class\s+\w*Transformer\w*\b[^\n]*\n(?:(?!class\s)[^\n]*\n){0,80}?\s+def\s+\w+\([^\n]*\b(?:src|source|enc)[^\n]*\b(?:tgt|trg|target|dec)",
        "encoder and decoder together",
        "エンコーダー・デコーダー",
        rank=270,
    ),
)
# self.decoder(tgt, enc_out)
TRACES = (trace(r"(?i)class\s+\w{0,40}decoder|cross_?att|encoder_?decoder|nn\.Transformer\(|\bmemory\b|enc_out"),)
INTERFACES = _interfaces.ENCODER_DECODER
STARTERS = (
    Text(
        en="A decoder block has three stages in this order: self-attention with a causal mask, attention on "
        "`memory`, feed-forward. Each has its own `nn.LayerNorm` and residual.",
        ja="デコーダーのブロックは 3 段です。因果マスク付きの Self-Attention、`memory` を見る Attention、全結合の順で、それぞれに `nn.LayerNorm`"
        " と残差接続を付けます。",
    ),
    Text(
        en="`encode` gives memory (B, S, D), `decode` starts from the embedded target (B, T, D) and ends with "
        "an `nn.Linear` to (B, T, V).",
        ja="`encode` は memory (B, S, D) を返します。`decode` は訳文の埋め込み (B, T, D) から始まり、`nn.Linear` で (B, T, "
        "V) にします。",
    ),
    Text(
        en="For the loss, `tgt[:, :-1]` goes in and `tgt[:, 1:]` should come out. `greedy_decode` adds one "
        "column at a time.",
        ja="損失では `tgt[:, :-1]` を入力し、`tgt[:, 1:]` を当てます。`greedy_decode` は 1 列ずつ書き足します。",
    ),
)


@check(points=1, ja="原文 (B, S) と訳文 (B, T) から (B, T, V) が得られる")
def shapes(student: Student, draw: Draw) -> None:
    """A source (B, S) and a target (B, T) give (B, T, V), and encode gives (B, S, D)."""
    for larger in ("src_vocab", "tgt_vocab"):
        scene = build(student, draw, larger=larger)
        try:
            scene.logits()
        except CallFailed as error:
            if error.fault.kind == "raised" and works_with_equal_lengths(scene):
                with suppress(CallFailed, Failure, Unmatched):
                    for_comparison(student, draw, equal=True)
                raise lengths_confused(scene, error) from None
            raise
        if not scene.form.whole:
            scene.read()
        last = (
            torch.full_like(scene.src, scene.sizes.src_vocab - 1),
            torch.full_like(scene.tgt, scene.sizes.tgt_vocab - 1),
        )
        scene.logits(*last)  # every id has a vector


@check(points=1, after=shapes, ja="デコーダーは、自分とそれより前だけを見る")
def the_decoder_is_causal(student: Student, draw: Draw) -> None:
    """A position of the target sees itself and what is before it, and nothing after."""
    place = 5
    for _ in range(recompute.LOOKS):  # what is not seen for once may have been hidden by the numbers
        scene = build(student, draw)
        seen = scene.logits()
        late = change(seen, scene.logits(tgt=scene.other_target(place)))
        early = change(seen, scene.logits(tgt=scene.other_target(2)))
        leaks, forgets = (late[:place] > STILL), ~(early[3:] > STILL)
        if leaks.any():
            break
        if not forgets.any():
            if student.promised:
                recompute.also_in_training(scene.model, partial(sees_no_future, scene, place))
            return
    if leaks.any():
        name = "mask_upside_down" if forgets.all() else which_future(student, draw)
    elif early[2] > MOVED:
        name = "history_not_seen"
    else:  # the word itself is not seen either
        name = None
        for_comparison(student, draw)
    raise Failure(
        what_is_seen(place, leaks, forgets),
        Text(
            en="Draw the (T, T) mask: in nn.MultiheadAttention True means hidden.",
            ja="(T, T) のマスクを書き出してみましょう。nn.MultiheadAttention では True が「見ない」です。",
        ),
        misconception=name,
    )


@check(points=1, after=shapes, ja="原文のパディングは、エンコーダーにもデコーダーにも影響しない")
def padding_has_no_influence(student: Student, draw: Draw) -> Text | None:
    """Padding of the source influences neither the encoder nor the decoder."""
    scene = build(student, draw)
    if not scene.form.padded:
        return NOT_PADDED
    behind = ~scene.mask
    elsewhere = torch.where(behind, (scene.src + 7) % scene.sizes.src_vocab, scene.src)
    if scene.form.whole:
        try:
            reads_no_padding(scene, elsewhere)
            as_if_alone(scene)
        except Failure:
            for_comparison(student, draw)
            raise
        return None
    read = scene.read()
    by_padding = change(read, scene.read(elsewhere))
    by_words = (read - scene.read(scene.other_source(0))).abs().amax(dim=2)[:, 1:]  # (B, S - 1)
    if (by_padding > STILL).any():
        raise leaked("encode", not (by_words[scene.mask[:, 1:]] > MOVED).any(), "encoder_padding_attended")
    state = draw.normal(*scene.src.shape, scene.sizes.d_model)
    plain, away = scene.written(state), draw.normal(*state.shape)
    if (change(plain, scene.written(torch.where(behind[:, :, None], state + 1.0, state))) > STILL).any():
        moved = change(plain, scene.written(torch.where(behind[:, :, None], state, state + away)))
        flipped = not (moved > MOVED).any()
        if not flipped:
            for_comparison(student, draw)
        raise leaked("decode", flipped, None)
    if student.promised:
        recompute.also_in_training(scene.model, partial(reads_no_padding, scene, elsewhere))
    return None


NOT_PADDED = Text(
    en="It was asked with full sentences only: no way was found to tell it which words are padding.",
    ja="どの単語がパディングかを伝える方法が見つからなかったので、パディングのない文だけで確認しました。",
)


@check(points=1, after=padding_has_no_influence, ja="訳文のどの位置も、原文のどの単語も見る")
def reads_all_of_the_source(student: Student, draw: Draw) -> None:
    """Every position of the target sees every word of the source, and so does every position of the source."""
    scene, read = recompute.until_seen(lambda: reads_its_ends(student, draw))
    remembers(scene, read)
    if student.promised:
        words_of_the_source_learn(scene, draw)


@check(
    points=1,
    after=(padding_has_no_influence, the_decoder_is_causal),
    ja="原文でも訳文でも、単語の並び順が区別され、max_len 語まで扱える",
)
def order_matters(student: Student, draw: Draw) -> None:
    """The order of the words matters, in the source and in the target, and there may be max_len of them."""
    recompute.until_seen(lambda: in_this_order(student, draw))
    as_long_as_promised(student, draw)


@check(
    points=2,
    after=(reads_all_of_the_source, the_decoder_is_causal),
    ja="エンコーダーとデコーダーの層は図 1 のとおりである（あなたの重みで検算、pre-norm でも post-norm でもよい）",
)
def computes_the_layers(student: Student, draw: Draw) -> Text | None:
    """The layers of encoder and decoder are those of figure 1 (we recompute it with your weights, pre-norm or post-norm)."""
    apart = told_apart(student, draw)
    apart.load()
    try:
        agree(student, draw, apart)
    except Unmatched:
        if student.promised or not has_its_parts(apart):
            raise
        return NOT_RECOMPUTED
    every_layer_has_its_own(student, draw)
    return None


NOT_RECOMPUTED = Text(
    en="What influences what is as in figure 1; its layers are built in a way that could not be recomputed.",
    ja="何が何に影響するかは図 1 のとおりです。層の中身は、検算できる形ではありませんでした。",
)


@check(points=1, ja="seq2seq_loss は 1 つずらした正解に対する、パディングを除いた平均である")
def loss_is_shifted_by_one(student: Student, draw: Draw) -> None:
    """seq2seq_loss is the mean over the target shifted by one, without padding."""
    model = _writer.writer_for_loss(student, draw).eval()
    for batch, source, length in ((3, 7, 10), (2, 6, 9), (4, 8, 2)):
        start, stop, pad = draw.sample(range(_writer.WORDS), 3)
        ordinary = torch.tensor([i for i in range(_writer.WORDS) if i not in (start, stop, pad)])
        tgt = ordinary[draw.integers(0, len(ordinary), batch, length)]
        place, end = torch.arange(length), draw.integers(1, length, batch, 1)
        end[-1] = length - 1
        tgt = torch.where(place > end, pad, torch.where(place == end, stop, tgt))
        tgt[:, 0] = start
        src, mask = draw.integers(0, 9, batch, source), padded(draw, batch, source)
        given = (model, src, mask, tgt, pad)
        _, after = student.call_and_inputs("seq2seq_loss", *given, view=scalar)
        student.must_agree(LOSS, help=SHIFTED)
        recompute.untouched(given[1:], after[1:], ("src", "src_mask", "tgt"), {})
    if student.promised:
        _writer.teaches(student, *given)


SHIFTED = Text(
    en="Write one row of tgt (T,) down: which T - 1 words go in, which T - 1 words should come out, and which of these are padding?",
    ja="tgt の 1 行 (T,) を書き出してみましょう。入力する T − 1 語、正解の T − 1 語はどれで、そのうちパディングはどれですか。",
)


@check(points=1, ja="greedy_decode は、書いたものを全部渡して最良の単語を足し、全文が終わるまで続ける")
def decodes_greedily(student: Student, draw: Draw) -> Text | None:
    """greedy_decode hands over all that is written, appends the best word, and goes on until every sentence has stopped."""
    model = _writer.writer(student, draw)
    for batch, source, max_len in ((17, 7, 12), (1, 4, 9), (8, 6, 5)):
        start, stop = draw.sample(range(1, _writer.WORDS), 2)
        src, mask = draw.integers(0, 9, batch, source), padded(draw, batch, source)
        view = _writer.written(batch, start, stop, max_len)
        model.train()
        given = (model, src, mask, start, stop, max_len)
        _, after = student.call_and_inputs("greedy_decode", *given, view=view)
        student.must_agree(_writer.WRITTEN, help=STEP_BY_STEP)
        recompute.untouched(given[1:3], after[1:3], ("src", "src_mask"), {})
    return _writer.goes_on(student, draw) if student.promised else None


STEP_BY_STEP = Text(
    en="Follow one sentence: words (1, t) from the start on -> decode gives (1, t, V) -> the last place (1, V) -> argmax (1,) -> words (1, t + 1). "
    "In which mode is the model, and when does the loop end?",
    ja="1 文でたどってみましょう。start からの words (1, t) → decode で (1, t, V) → 最後の位置 (1, V) → argmax (1,) → words (1, t + 1)。"
    "モデルはどちらのモードで、ループはいつ終わりますか。",
)
