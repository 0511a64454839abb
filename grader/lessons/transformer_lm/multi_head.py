"""MultiHeadAttention(d_model, num_heads): (query, key, value, mask) -> output (B, Tq, D), weights (B, N, Tq, Tk).

Vaswani et al. 2017, section 3.2.2.
"""

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    backward,
    check,
    properties,
    recompute,
    sign,
    tell_leftovers,
    trace,
)
from grader.lessons.transformer_lm import _heads_layout_mistakes, _heads_mistakes, _heads_right, _interfaces
from grader.lessons.transformer_lm._attention import (
    ONE_LENGTH,
    AttentionSizes,
    draw_sizes,
    in_form,
    mean_weights,
    other_sizes,
    output,
    promised_or_advice,
    unchanged_by,
)
from grader.lessons.transformer_lm._columns import cut_by_columns
from grader.lessons.transformer_lm._equal_lengths import in_its_form, of_one_length_only
from grader.lessons.transformer_lm._hidden_places import hides_places, lets_hidden_through, sees_no_future

TITLE = Text(en="Multi-head attention", ja="マルチヘッド Attention")
NAMES = ("MultiHeadAttention",)
KNOWN_ANSWERS = (_heads_layout_mistakes, _heads_mistakes, _heads_right)
HEADINGS = ("multi-head attention", "マルチヘッドアテンション", "マルチヘッド注意", "多頭注意")
SIGNS = (
    sign(
        r"^class\s+\w*(?:Multi_?Head|MHA|Self_?Att|Causal_?Att|Cached_?Att)\w*\b|^class\s+Attention\b|^def\s+\w*multi_?head\w*",
        "multi-head attention",
        "マルチヘッド Attention のクラス",
        rank=180,
    ),
)
TRACES = (
    trace(r"(?i)(?:\bnum|\bn)_?heads?\b|\bnhead|multi_?head|self_?att|head_?(?:size|dim)|scaled_dot_product_attention"),
)  # q.view(B, T, n_head, C // n_head)
INTERFACES = _interfaces.MULTI_HEAD
STARTERS = (
    Text(
        en="Four `nn.Linear(d_model, d_model)`: for query, key, value, and for the output.",
        ja="`nn.Linear(d_model, d_model)` が 4 つ要ります。query、key、value、そして出力用です。",
    ),
    Text(
        en="Cut (B, T, D) into heads (B, N, T, d_h), with d_h = D / N: first split the last axis, then swap two "
        "axes. A small method for it serves three times.",
        ja="(B, T, D) をヘッド (B, N, T, d_h) に分けます（d_h = D / N）。最後の軸を分けてから、2 つの軸を入れ替えます。小さなメソッドにすれば 3 回使え"
        "ます。",
    ),
    Text(
        en="Scores are (B, N, Tq, Tk), the softmax runs over the last axis, and on the way back the swap comes "
        "before the heads are joined.",
        ja="スコアは (B, N, Tq, Tk) で、softmax は最後の軸でとります。戻すときは、軸を入れ替えてからヘッドをつなげます。",
    ),
)

NO_WEIGHTS = Text(
    en="No attention weights come back beside the output. That is fine here, but without them there is no picture of where "
    "the heads look.",
    ja="出力といっしょに Attention の重みが返ってきていません。ここではかまいませんが、重みがないと、ヘッドがどこを見ているかを絵にできません。",
)


NO_MASK = Text(
    en="It takes no mask. That is enough for full attention; padding, or the future in a decoder, could not be hidden.",
    ja="mask を受け取りません。全体を見るだけならこれで足りますが、パディングや、デコーダーでの未来を隠すことができません。",
)


def build(student: Student, draw: Draw) -> tuple[Module, AttentionSizes]:
    """A module with drawn parameters, in evaluation mode, and sizes to ask it with."""
    sizes = draw_sizes(draw)
    model = student.module("MultiHeadAttention", d_model=sizes.width, num_heads=sizes.heads)
    return model.randomise(draw).eval(), in_its_form(student, sizes)


@check(points=1, ja="query (B, Tq, D) と key, value (B, Tk, D) から出力 (B, Tq, D) が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """A query (B, Tq, D) with key and value (B, Tk, D) gives an output (B, Tq, D)."""
    model, sizes = build(student, draw)
    inputs = sizes.inputs(draw)
    model(*inputs, *needed(model, sizes, inputs), view=sizes.output())


def needed(model: Module, sizes: AttentionSizes, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """A mask that hides nothing, for a module that cannot do without one, which costs it one check only."""
    try:
        model(*inputs, view=sizes.output())
    except CallFailed:
        return sizes.shown()
    return ()


@check(
    points=2, after=output_shape, ja="ヘッドごとに softmax(QK^T/√d_h)V を計算し、W_O でまとめる（あなたの重みで検算）"
)
def computes_every_head(student: Student, draw: Draw) -> Text | None:
    """Every head computes softmax(QK^T / sqrt(d_h)) V, and W_O joins them (we recompute it with your weights)."""
    model, sizes = build(student, draw)
    inputs = sizes.inputs(draw)
    recompute.without_mask(
        partial(model, *inputs, view=sizes.output()), partial(model, *inputs, *sizes.shown(), view=sizes.output())
    )
    try:
        student.must_agree(help=STEPS)
    except Failure:
        with student.unrecorded():
            unchanged_by(student, model, inputs, sizes.output(), "query_changed_in_place")
        raise
    if sizes.masks:
        # With a mask too: the scale, say, may be lost on that path alone.
        masked_in_a_square(student, draw)
        model(*sizes.inputs(draw), draw.mask(sizes.queries, sizes.keys), view=sizes.output())
        student.must_agree(help=STEPS)
    return EVERY_NTH if cut_by_columns(student, draw) else None


def masked_in_a_square(student: Student, draw: Draw) -> None:
    """As many queries as keys, under a mask that reads the same both ways: who obeys it only here has not left the mask out.

    Asked of a module of its own: that a mask is kept from an earlier call is another check's.
    """
    model, sizes = build(student, draw)
    square = in_form(replace(sizes, keys=sizes.queries), sizes.limitations)
    mask = draw.mask(square.queries, square.keys)
    model(*square.inputs(draw), mask | mask.T, view=square.output())


@check(
    points=1,
    after=(output_shape, computes_every_head),
    ja="query や key が 1 つでも、文が 1 つでも、スコアが大きくても正しい。渡したものは変えない",
)
def any_size(student: Student, draw: Draw) -> Text | None:
    """One query, one key, one sentence, another mask or large scores: it stays right, and leaves its inputs as they are."""
    return promised_or_advice(student, lambda: stays_right(student, draw))


def stays_right(student: Student, draw: Draw) -> None:
    """Raises Failure where it is right for the first sizes only."""
    model, sizes = build(student, draw)
    if ONE_LENGTH in sizes.limitations:
        raise of_one_length_only(student, sizes, draw)
    for each in (sizes, sizes, *other_sizes(sizes, draw)):
        inputs = each.inputs(draw)
        masks = (draw.mask(each.queries, each.keys),) if each.masks and each.keys > 1 else each.shown()
        unchanged_by(student, model, (*inputs, *masks), each.output(), "query_changed_in_place")
        student.must_agree(help=AGAIN)
    query, *others = sizes.inputs(draw)
    query = query if sizes.alone else 100 * query
    masks = (draw.mask(sizes.queries, sizes.keys),) if sizes.masks else ()
    found = model(query, *others, *masks, view=sizes.output())
    properties.finite(found)
    try:
        student.must_agree(help=LARGE)
    except Failure as failure:
        if masks and not sizes.alone and lets_hidden_through(student, model, sizes, (query, *others), draw):
            failure.misconception = "mask_of_minus_a_hundred"
        raise


STEPS = Text(
    en="Write the shape beside each line. Project: (B, Tq, D) and (B, Tk, D). Cut, then swap: (B, Tq, N, d_h), (B, N, Tq, d_h). "
    "Scores, divided once by sqrt(d_h): (B, N, Tq, Tk). Mask (Tq, Tk), then softmax over the last axis. Times the values: "
    "(B, N, Tq, d_h). Swap back and join: (B, Tq, N, d_h), (B, Tq, D). Then W_O. Begin with N = 1, where nothing is cut.",
    ja="1 行ごとに形を書いてみましょう。射影: (B, Tq, D) と (B, Tk, D)。分けて入れ替える: (B, Tq, N, d_h) → (B, N, Tq, d_h)。√d_h で 1 回割ったスコア: "
    "(B, N, Tq, Tk)。マスク (Tq, Tk) をかけ、最後の軸で softmax。value を掛ける: (B, N, Tq, d_h)。入れ替えて戻す: (B, Tq, N, d_h) → (B, Tq, D)。最後に "
    "W_O。まず、何も分けない N = 1 で確かめると楽です。",
)
AGAIN = Text(
    en="It was right for the first sizes. Does something depend on a size, or stay from an earlier call: a squeeze, a mask that "
    "is kept, a `view` with fixed numbers? Print the shapes for one query and for one sentence.",
    ja="最初の大きさでは合っていました。大きさや前の呼び出しに左右されるもの（squeeze、取っておいた mask、数を決め打ちした view など）はありませんか。query が 1 つのとき、"
    "文が 1 つのときの形を表示してみましょう。",
)
LARGE = Text(
    en="The scores were made large, some hundreds. What is hidden has to stay below all of them (-inf, or -1e9), and exp of a large "
    "number overflows: torch.softmax takes care of that.",
    ja="スコアを数百まで大きくしました。隠したスコアは、そのどれよりも小さく（-∞ か -1e9）なければなりません。また、大きな数の exp はあふれます。torch.softmax なら大丈夫です。",
)
EVERY_NTH = Text(
    en="Your heads take every N-th column, and are put back in the same way. That is right; most code gives each head d_h columns "
    "that lie side by side, and weights from elsewhere would not fit yours.",
    ja="ヘッドに N 列おきの列を割り当て、同じ並びで戻しています。これも正しい書き方です。ただ、ふつうは隣り合う d_h 列を 1 つのヘッドにするので、ほかで学習した重みはそのままでは"
    "使えません。",
)


@check(points=2, after=output_shape, ja="mask が False の key は、出力にまったく影響しない")
def obeys_the_mask(student: Student, draw: Draw) -> Text | None:
    """A key where the mask is False has no influence on the output."""
    model, sizes = build(student, draw)
    if "causal" in sizes.limitations:
        sees_no_future(model, sizes, draw)
        return None
    if not sizes.masks:
        return NO_MASK
    if sizes.alone:
        hides_places(model, sizes, draw)
        return None
    masked_in_a_square(student, draw)
    query, key, value = sizes.inputs(draw)
    hidden = ~draw.mask(sizes.keys)[:, None]  # the same keys for every query
    mask = (~hidden).T.expand(sizes.queries, sizes.keys)
    other_key, other_value = sizes.keys_and_values(draw)

    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        found: Tensor = model(query, key, value, mask, view=sizes.output())
        return found

    changed = torch.where(hidden, other_key, key), torch.where(hidden, other_value, value)
    properties.blind_to_hidden(attention, query, key, value, changed)
    seen = torch.where(hidden, key, other_key), torch.where(hidden, value, other_value)
    properties.moves(attention(query, key, value), attention(query, *seen))
    if student.promised:
        recompute.same_in_training(student, model, lambda: attention(query, key, value), properties.OUTPUT)
    return None


@check(points=2, after=output_shape, ja="返ってくる重みは、key についての確率分布で、隠した key では 0 である")
def weights_are_distributions(student: Student, draw: Draw) -> Text | None:
    """The weights returned are distributions over the keys, zero on hidden keys."""
    model, sizes = build(student, draw)
    inputs = sizes.inputs(draw)
    inputs = (*inputs, draw.mask(sizes.queries, sizes.keys)) if sizes.masks else inputs
    found = model(*inputs, view=mean_weights(sizes))
    if found is None:
        return NO_WEIGHTS
    properties.distribution(found)
    if len(inputs) > 3:
        properties.hidden(found, inputs[3])
    return None


@check(points=1, after=output_shape, ja="バッチ内の文どうしは影響し合わない")
def sentences_are_independent(student: Student, draw: Draw) -> None:
    """Sentences of a batch do not touch each other: the last one alone gives what it gives within the batch."""
    model, sizes = build(student, draw)
    inputs = sizes.inputs(draw)
    _, key, value, *future = inputs
    masks = (*future, *needed(model, sizes, inputs))

    def attention(query: Tensor) -> Tensor:
        """A lone sentence goes beside itself: that one alone works at all is another check's."""
        asked, rows = len(query), max(2, len(query))
        query, keys, values = (x[-asked:].expand(rows, -1, -1) for x in (query, key, value))
        others = (query, query) if sizes.alone else (keys, values)
        found: Tensor = model(query, *others, *masks, view=output(rows, sizes.queries, sizes.width))
        return found[-asked:]

    properties.batch_independent(
        attention, inputs[0], Text(en="the output of the last sentence", ja="最後の文に対する出力")
    )


@check(points=1, after=output_shape, ja="4 つの射影がすべて使われ、勾配が届く")
def every_parameter_learns(student: Student, draw: Draw) -> Text | None:
    """All projections take part: a gradient reaches every parameter."""
    model, sizes = build(student, draw)
    cotangent, inputs = draw.normal(sizes.batch, sizes.queries, sizes.width), sizes.inputs(draw)
    more = needed(model, sizes, inputs)
    found = model.gradients(*inputs, *more, cotangents=[cotangent])["parameters"]
    try:
        properties.reached(found)
    except Failure as failure:
        ask, compute = partial(model, *inputs, *more), partial(computes_every_head.function, student, draw)
        return tell_leftovers(student, failure, model, found, ask, compute)
    if sizes.masks:
        backward.learns_with_a_mask(model, inputs, backward.half_hidden(sizes.queries, sizes.keys), cotangent)
    return None
