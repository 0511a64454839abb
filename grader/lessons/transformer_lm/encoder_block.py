"""LayerNorm(d_model, eps) and EncoderBlock(d_model, num_heads, d_ff, dropout): (B, T, D) -> (B, T, D).

Vaswani et al. 2017, sections 3.1 and 3.3; Ba et al. 2016, "Layer Normalization".
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Module,
    Student,
    Text,
    Unmatched,
    backward,
    check,
    properties,
    sign,
    tell_leftovers,
    trace,
)
from grader.lessons.transformer_lm import _block_mistakes, _block_right, _interfaces
from grader.lessons.transformer_lm._attention import promised_or_advice, quiet, unchanged_by
from grader.lessons.transformer_lm._block_questions import (
    at_rest,
    build,
    build_sized,
    drawn_input,
    lost_residuals,
    masks,
    needed,
    turns_in_a_norm,
    view,
)
from grader.lessons.transformer_lm._dropout import dropout_advice

TITLE = Text(en="Residual connection and layer normalisation", ja="残差接続と層正規化")
NAMES = ("LayerNorm", "EncoderBlock")
KNOWN_ANSWERS = (_block_mistakes, _block_right)
HEADINGS = (
    "encoder block",
    "encoder layer",
    "transformer block",
    "エンコーダブロック",
    "エンコーダ層",
    "トランスフォーマブロック",
)
SIGNS = (
    sign(
        r"^class\s+(?:Transformer|GPT|My)?(?:Encoder|Decoder)?_?(?:Block|Layer)\b|^class\s+(?:LayerNorm|RMSNorm|FeedForward)\w*\("
        r"|^def\s+(?:\w*_)?(?:block|layer_?norm)\(",
        "a block of the Transformer",
        "Transformer のブロック",
        rank=190,
    ),
)
# self.ln1 = nn.LayerNorm(d)
TRACES = (trace(r"(?i)layer_?norm|rms_?norm|feed_?forward|\bffn?\b|TransformerEncoder|TransformerDecoder"),)
INTERFACES = _interfaces.ENCODER_BLOCK
STARTERS = (
    Text(
        en="Begin with `LayerNorm`: two parameters of shape (D,), ones and zeros; mean and variance over the "
        "last axis with `keepdim=True`.",
        ja="`LayerNorm` から書きましょう。パラメータは形 (D,) の 1 と 0 の 2 つです。平均と分散は最後の軸で、`keepdim=True` でとります。",
    ),
    Text(
        en="The block has one `MultiHeadAttention`, two `nn.Linear` with an activation between them (D to d_ff "
        "and back), two `LayerNorm` and dropout.",
        ja="ブロックの部品は、`MultiHeadAttention` が 1 つ、間に活性化関数を挟む `nn.Linear` が 2 つ（D から d_ff、また D へ）、`LayerN"
        "orm` が 2 つ、dropout です。",
    ),
    Text(
        en="x stays (B, T, D) all the way: each stage gives something of that shape, which is added to what came in.",
        ja="x の形は最後まで (B, T, D) です。各段はその形の値を作り、入力に足します。",
    ),
)

ATOL = 5e-4  # blocks may have an epsilon of 1e-6 or 1e-5


@check(points=2, ja="LayerNorm は各位置の D 個の値だけを、偏りのある分散（D で割る）で正規化する（あなたの重みで検算）")
def normalises_each_position(student: Student, draw: Draw) -> None:
    """LayerNorm normalises the D values of each position, with the variance that divides by D: recomputed."""
    width = draw.widths(1)[0]
    batch, time, other = draw.spread([size for size in range(3, 12) if size != width], 3, both_parities=True)
    new = student.module("LayerNorm", d_model=width)
    x = draw.normal(batch, time, width, scale=3.0)
    new(x, view=view(x))
    student.must_agree(help=NEW_NORM)
    norm = new.randomise(draw)
    for rows, places in ((batch, time), (1, other), (other, 1)):
        x = draw.normal(rows, places, width, scale=3.0) + draw.normal(rows, places, 1, scale=2.0)
        unchanged_by(student, norm, (x,), view(x))
        student.must_agree(help=NORM_STEPS)


@check(points=1, after=normalises_each_position, ja="ε は根号の中にあり、全部同じ値の行でも割り算が壊れない")
def epsilon_inside_the_root(student: Student, draw: Draw) -> Text | None:
    """Epsilon stands inside the root: rows of equal, or nearly equal, values come out right."""
    (batch, time), width = draw.sizes(2), draw.widths(1)[0]
    second = [str(row[0]) for row in student.describe("LayerNorm")["parameters"]][1:2]
    takes_eps = any("eps" in name for name in second)  # a class without it keeps its own epsilon
    sizes = {"d_model": width, "eps": 0.5} if takes_eps else {"d_model": width}
    norm = student.module("LayerNorm", **sizes).randomise(draw)
    x = draw.normal(batch, time, width)
    x[-1] = 2.0
    x = x if takes_eps else x[-1:]
    properties.finite(norm(x, view=view(x)))
    student.must_agree(help=EPSILON)
    return None if norm.weights else NOTHING_LEARNED


NOTHING_LEARNED = Text(
    en="This LayerNorm has no parameters, so nothing of it is learned. Make the gain and the shift with nn.Parameter.",
    ja="この LayerNorm にはパラメータがなく、倍率もずれも学習されません。nn.Parameter で作りましょう。",
)
NEW_NORM = Text(
    en="A new LayerNorm changes nothing but mean and variance: print its gain and its shift before any training. What does x become when it is "
    "multiplied by such a gain?",
    ja="作ったばかりの LayerNorm は、平均と分散をそろえるだけです。学習前の倍率とずれを表示してみましょう。その倍率を掛けると x はどうなりますか。",
)
NORM_STEPS = Text(
    en="Take one position, a row of D numbers: subtract its mean; the variance is the mean of the squares (divided by D); divide by "
    "sqrt(variance + eps); times the gain (D,), plus the shift (D,). Means along the last axis with keepdim have shape (B, T, 1).",
    ja="1 つの位置（D 個の数）で確かめましょう。平均を引く。分散は 2 乗の平均（D で割る）。√(分散 + ε) で割る。倍率 (D,) を掛け、ずれ (D,) を足す。最後の軸で "
    "keepdim=True を付けた平均の形は (B, T, 1) です。",
)
EPSILON = Text(
    en="LayerNorm(D, eps=0.5) was asked: the divisor is sqrt(variance + 0.5), at every position. Is the eps that was passed in used, "
    "and inside the root?",
    ja="LayerNorm(D, eps=0.5) で試しました。割る数はどの位置でも √(分散 + 0.5) です。渡された eps を、根号の中で使っていますか。",
)


@check(points=1, ja="ブロックは (B, T, D) を (B, T, D) に写す")
def block_shape(student: Student, draw: Draw) -> None:
    """The block maps (B, T, D) to (B, T, D)."""
    model, x = build(student, draw)
    model.randomise(draw)(x, *needed(student, model, x), view=view(x))


@check(
    points=2,
    after=block_shape,
    ja="どちらの段も入力を足し戻す。段の出力が 0 なら、入力がそのまま（post-norm なら正規化だけされて）通る",
)
def residual_path(student: Student, draw: Draw) -> None:
    """Both stages add their input back: with silent stages the input passes, or is only normalised (post-norm)."""
    model, width, inner = build_sized(student, draw)
    x = drawn_input(draw, width)
    silent = at_rest(model)
    model.load(silent)
    try:
        properties.passes_through(model(x, *needed(student, model, x), view=view(x)), x)
    except Failure as failure:
        if turns_in_a_norm(model):
            raise Unmatched("a matrix in a normalisation", UNTOLD) from None
        lost = lost_residuals(student, model, silent, x, inner, draw)
        raise Failure(failure.rationale, failure.help, failure.evidence, lost) from None


UNTOLD = Text(
    en="A normalisation here has a matrix of its own, so the path around the two stages could not be told from the stages. A person looks.",
    ja="正規化の中にも行列があり、2 つの段を通らない経路だけを確かめられませんでした。人が確認します。",
)


@check(
    points=3,
    after=block_shape,
    ja="見る段と考える段を順に計算する（あなたの重みで検算、pre-norm でも post-norm でもよい）",
)
def computes_both_stages(student: Student, draw: Draw) -> None:
    """It looks, then thinks (we recompute it with your weights, pre-norm or post-norm)."""
    model, x = build(student, draw)
    model.randomise(draw)(x, *masks(student, x, draw.mask(x.shape[1], x.shape[1])), view=view(x))
    student.must_agree(help=STEPS, atol=ATOL)


@check(
    points=1,
    after=(block_shape, computes_both_stages),
    ja="文が 1 つでも、長さが 1 でも、長くても正しい。渡した x は変えない",
)
def any_size(student: Student, draw: Draw) -> Text | None:
    """One sentence, one word, a long text: it stays right, and leaves x as it is."""
    return promised_or_advice(student, lambda: stays_right(student, draw))


def stays_right(student: Student, draw: Draw) -> None:
    """Raises Failure where it is right for the first sizes only."""
    model, width, _ = build_sized(student, draw)
    model.randomise(draw)
    time, more = draw.sizes(2)
    for rows, places in ((1, time), (more, 1), (2, draw.number(60, 70)), (more, time)):
        x = draw.normal(rows, places, width)
        allowed = torch.eye(places, dtype=torch.bool)
        allowed = allowed | draw.mask(places, places) if places > 1 else allowed
        unchanged_by(student, model, (x, *masks(student, x, allowed)), view(x), "x_changed_in_place")
        student.must_agree(help=AGAIN, atol=ATOL)


STEPS = Text(
    en="Pre-norm, line by line, all of shape (B, T, D): h = LN1(x); attention(h, h, h, mask); x = x + it; h = LN2(x); Linear to d_ff, "
    "ReLU, Linear back to D; x + it. Post-norm: LN1(x + attention(x, x, x, mask)), then LN2(x + feed-forward(x)). Set one stage's last "
    "matrix to 0 and see whether the other is right.",
    ja="pre-norm なら、どの行も形は (B, T, D) で、h = LN1(x)、attention(h, h, h, mask)、x に足す、h = LN2(x)、d_ff への線形層・ReLU・D に戻す線形層、"
    "x に足す。post-norm なら LN1(x + attention(x, x, x, mask))、次に LN2(x + 全結合(x)) です。片方の段の最後の行列を 0 にして、もう片方だけ確かめてみましょう。",
)
AGAIN = Text(
    en="It was right for the first sizes. Does something depend on B or T, stay from an earlier call, or change x in place (x += ...)?",
    ja="最初の大きさでは合っていました。B や T に左右されるもの、前の呼び出しから残っているもの、x をその場で変えるもの（x += …）はありませんか。",
)


@check(points=1, after=block_shape, ja="mask が Attention まで届いている")
def passes_the_mask_on(student: Student, draw: Draw) -> Text | None:
    """The mask reaches the attention: what it hides does not move the output."""
    model, x = build(student, draw)
    if "no mask" in student.limitations("EncoderBlock"):
        return NO_MASK
    model.randomise(draw)
    place = draw.number(1, x.shape[1])
    mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool)
    mask[:place, place:] = False
    properties.causal(lambda x: model(x, mask, view=view(x)), x, properties.changed_at(x, place), place)
    return None


NO_MASK = Text(
    en="The block takes no mask, so that neither padding nor the future can be hidden from it.",
    ja="このブロックは mask を受け取らないので、パディングも未来も隠せません。",
)


@check(points=1, after=block_shape, ja="評価モードでは dropout が止まり、同じ入力に同じ出力を返す")
def repeatable_in_evaluation(student: Student, draw: Draw) -> Text | None:
    """In evaluation mode dropout is off: the same input gives the same output twice."""

    def asked(dropout: float) -> tuple[Module, Callable[[], Tensor]]:
        model, x = build(student, draw, dropout)
        model.randomise(draw)
        given = needed(student, model, x)
        return model, lambda: model(x, *given, view=view(x))

    quiet(student, asked(0.3)[1])
    return dropout_advice(student, asked)


@check(points=1, after=block_shape, ja="すべてのパラメータが使われ、勾配が届く")
def every_parameter_learns(student: Student, draw: Draw) -> Text | None:
    """All parameters take part: a gradient reaches each of them."""
    model, width, inner = build_sized(student, draw)
    x = drawn_input(draw, width)
    given = needed(student, model.randomise(draw), x)
    found = model.gradients(x, *given, cotangents=[draw.normal(*x.shape)])["parameters"]
    thinks = [name for name, w in model.weights.items() if w.dim() > 1 and inner in w.shape]
    try:
        properties.reached(found)
    except Failure as failure:
        silent = thinks and not any(found.get(name) is not None and found[name].any() for name in thinks)
        if silent:
            raise Failure(failure.rationale, failure.help, misconception="no_feed_forward") from None
        ask, compute = partial(model, x, *given, view=view(x)), partial(computes_both_stages.function, student, draw)
        return tell_leftovers(student, failure, model, found, ask, compute)
    for mask in masks(student, x, backward.half_hidden(x.shape[1], x.shape[1])):
        backward.learns_with_a_mask(model, (x,), mask, draw.normal(*x.shape))
    return None
