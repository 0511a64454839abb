"""positional_encoding(T, D) -> (T, D): sin on even columns, cos on odd ones. Vaswani et al. 2017, section 3.5."""

from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    UnlikeAnyAnswer,
    accepts,
    check,
    edit,
    normalise,
    properties,
    sign,
    trace,
)
from grader.lessons.transformer_lm import _interfaces, _positions_mistakes, _tutorial_positions
from grader.lessons.transformer_lm._lines_positions import SPEED

TITLE = Text(en="Positional encoding", ja="位置エンコーディング")
NAMES = ("positional_encoding",)
KNOWN_ANSWERS = _positions_mistakes
HEADINGS = ("positional encoding", "position encoding", "位置エンコーディング", "位置符号化", "位置情報の付加")
SIGNS = (
    sign(
        r"^(?:class|def)\s+_?[Pp]osition\w*_?[Ee](?:ncod|mbed)\w*|^class\s+\w*(?:RoPE|Rotary)\w*|^def\s+\w*(?:rope|rotary)\w*\(",
        "a positional encoding",
        "位置エンコーディング",
        rank=160,
    ),
)
TRACES = (
    trace(
        # self.pos_emb = nn.Embedding(block_size, n_embd); wpe = nn.Embedding(...); self.pos = nn.Parameter(...)
        r"(?i)(?:pos\w{0,40}|wpe)\s{0,4}[=:]\s{0,4}(?:\w{1,20}\.){0,3}(?:Embedding|Parameter)\(",
        "The positions here seem to be a table that is learned, not the sines and cosines that this exercise asks for. That is no "
        "mistake, and a person decides.",
        "ここでの位置は、この課題の sin・cos の表ではなく、学習される表のようです。間違いではないので、人が判断します。",
    ),
    trace(
        r"(?i)rotary|\brope|freqs_cis|\balibi",  # apply_rotary_emb(q, k, freqs_cis)
        "The positions here seem to go into the attention itself (rotary, or a bias), and are not the table that this exercise asks "
        "for. That is no mistake, and a person decides.",
        "ここでの位置は、この課題の表ではなく、Attention の中で使う方式（回転やバイアス）のようです。間違いではないので、人が判断します。",
    ),
    trace(
        r"(?i)position|\bpos_|\bpos(?:enc|emb)?\b|\bwpe\b|\bpe\b|\barange\(|10_?000|\bsin\("
    ),  # x + self.where(torch.arange(T))
)
INTERFACES = _interfaces.POSITIONAL_ENCODING
STARTERS = (
    Text(
        en="Make the angles first: positions (T, 1) times speeds (D/2,) give a table (T, D/2), one column for "
        "each pair.",
        ja="まず角度を作ります。位置 (T, 1) と速さ (D/2,) の積が表 (T, D/2) で、1 列が 1 組です。",
    ),
    Text(
        en="The result is (T, D): sines go to the even columns, cosines of the same angles to the odd ones. "
        "`table[:, 0::2]` is every second column.",
        ja="結果は (T, D) です。偶数列に sin、奇数列に同じ角度の cos を入れます。`table[:, 0::2]` は 1 列おきです。",
    ),
    Text(
        en="Check by hand: row 0 is 0, 1, 0, 1, ... Then think about an odd D.",
        ja="手で確かめましょう。0 行目は 0, 1, 0, 1, … です。それから D が奇数の場合を考えます。",
    ),
)
FORMS = (_tutorial_positions,)

NAME = "positional_encoding"
TABLE = Text(en="the table of positions", ja="位置エンコーディングの表")
REFUSALS = ("ValueError", "AssertionError")  # raised on purpose; a RuntimeError is an accident of shapes
COARSE = (torch.float16, torch.bfloat16)


def bare(value: Any) -> Tensor:
    """A tensor without an axis of one that it has too many."""
    found = properties.is_tensor(normalise.unpacked(value), TABLE)
    lone = [axis for axis, size in enumerate(found.shape) if size == 1]
    return found.squeeze(lone[0]) if found.dim() == 3 and lone else found


def ask(student: Student, length: int, width: int) -> Tensor:
    """(T, D) real numbers; a batch axis of one, as in (1, T, D) or (T, 1, D), and numpy are fine."""
    found: Tensor = student.call(NAME, length, width, view=bare)
    rows, columns = found.shape if found.dim() == 2 else (length, width)
    if rows <= length and columns <= width and (rows, columns) != (length, width):  # cut out of something too small
        raise too_small(student, found, length, width)
    return properties.finite(properties.has_shape(found, (length, width), TABLE, "(T, D)"), TABLE)


def too_small(student: Student, found: Tensor, length: int, width: int) -> Failure:
    """A table with too few rows or columns. Another width, never asked for before, tells what it was cut out of."""
    try:
        other: Tensor = student.call(NAME, 2 * length, width + 40, view=bare)
        short, narrow = other.shape[0] < 2 * length, other.shape[-1] < width + 40
    except (Failure, CallFailed):
        short = narrow = False
    mistake = "one_table_for_all" if narrow else "table_of_fixed_size" if short else "remembers_the_first_table"
    return Failure(
        Text(
            en=f"{NAME}({length}, {width}) should have shape {(length, width)} = (T, D), but has shape {tuple(found.shape)}.",
            ja=f"{NAME}({length}, {width}) の形は {(length, width)} = (T, D) のはずですが、{tuple(found.shape)} でした。",
        ),
        AGAIN,
        misconception=mistake if found.shape[0] < length or narrow else None,
    )


def sizes(draw: Draw) -> tuple[int, int]:
    """A length, odd or even, and an even width, not equal."""
    length, half = draw.sizes(2, smallest=5)
    return 3 * length, 2 * half


@check(points=1, ja="表の形は (T, D) で、中身は有限の実数である")
def shape_and_dtype(student: Student, draw: Draw) -> None:
    """The table has shape (T, D) and holds finite real numbers."""
    ask(student, *sizes(draw))


@check(points=1, after=shape_and_dtype, ja="位置 0 の行は 0, 1, 0, 1, … である")
def starts_at_zero(student: Student, draw: Draw) -> None:
    """The row of position 0 is 0, 1, 0, 1, ...: sin 0 and cos 0 in turn."""
    length, width = sizes(draw)
    found = ask(student, length, width)
    help = Text(
        en="sin 0 = 0 stands in the even columns and cos 0 = 1 in the odd ones. Do the positions start at 0?",
        ja="偶数列には sin 0 = 0、奇数列には cos 0 = 1 が並ぶはずです。位置は 0 から始まっていますか。",
    )
    row = Text(en="the row of position 0", ja="位置 0 の行")
    properties.equal(found[0], torch.tensor([0.0, 1.0] * (width // 2)), row, help=help)


@check(points=2, after=shape_and_dtype, ja="隣り合う sin と cos の組は単位円の上にある（同じ速さで回る）")
def pairs_turn_together(student: Student, draw: Draw) -> None:
    """Each pair of a sine and a cosine is a point on the unit circle: both turn at the same speed."""
    found = ask(student, *sizes(draw))
    radius = found[:, 0::2].double().square() + found[:, 1::2].double().square()  # (T, D / 2)
    off = ((radius - 1).abs() > (0.05 if found.dtype in COARSE else 1e-3)).nonzero().tolist()
    if off:
        t, i = off[0]
        raise Failure(
            Text(
                en=f"In {len(off)} pairs the squares do not add up to 1: at position {t}, columns {2 * i} and {2 * i + 1} "
                f"give {float(radius[t, i]):.4g}.",
                ja=f"2 乗の和が 1 にならない組が {len(off)} 個あります。たとえば位置 {t} の列 {2 * i} と {2 * i + 1} では "
                f"{float(radius[t, i]):.4g} です。",
            ),
            Text(
                en="Both columns of a pair have the same angle; one takes its sine, the other its cosine.",
                ja="1 組の 2 列は同じ角度を使います。片方が sin、もう片方が cos です。",
            ),
            (properties.matrix(TABLE, found, ((t, 2 * i), (t, 2 * i + 1))),),
        )


STEPS = Text(
    en="Go through it for D = 4. The exponents 2i / D (D / 2 of them) are 0 and 1/2, the speeds 10000^(-2i / D) are 1 and 1/100; "
    "positions (T, 1) times speeds (D / 2,) are angles (T, D / 2); their sines go to columns 0 and 2, their cosines to 1 and 3.",
    ja="D = 4 で 1 つずつ確かめましょう。指数 2i/D（D/2 個）は 0 と 1/2、速さ 10000^(-2i/D) は 1 と 1/100。位置 (T, 1) × 速さ (D/2,) が"
    "角度 (T, D/2) で、その sin が列 0 と 2、cos が列 1 と 3 に入ります。",
)
AGAIN = Text(
    en="It was right for the first sizes and is not for others. Is something kept from an earlier call, or made for one length or "
    "width only?",
    ja="最初の大きさでは合っていたのに、別の大きさで違ってきます。前の呼び出しの結果を使い回していたり、決まった長さや幅だけを想定していたりしませんか。",
)


@check(points=4, after=shape_and_dtype, ja="すべての値が式どおりである。どの長さと幅でも、何度呼んでも同じである")
def follows_the_formula(student: Student, draw: Draw) -> Text | None:
    """Every value is that of the formula, for one length and width after another."""
    length, width = sizes(draw)
    found = ask(student, length, width)
    if found.dtype in COARSE:
        raise too_coarse(found)
    student.must_agree(TABLE, help=STEPS)
    more, other = draw.number(1, 4), width + 2 * draw.number(1, 4)
    for time, columns in ((length + more, width), (length + more - 2, other), (1, width), (length, 2)):
        ask(student, time, columns)
        student.must_agree(TABLE, help=AGAIN)
    return follows_it_far(student, draw.number(1025, 1100))


def follows_it_far(student: Student, length: int) -> Text | None:
    """A long table too. One that is made for fewer places was promised to nobody outside of our notebook."""
    try:
        ask(student, length, 4)
    except (Failure, CallFailed):
        if student.promised:
            raise
        return MADE_FOR_FEWER
    student.must_agree(TABLE, atol=2e-3, help=AGAIN)  # an angle of 1000 has three digits less behind the point
    return None


MADE_FOR_FEWER = Text(
    en="The table is made for fewer than a thousand places. Nothing is deducted; a longer text needs a longer table.",
    ja="表は 1000 より少ない位置の分しか作られません。減点はありませんが、もっと長い文にはもっと長い表が必要です。",
)


def too_coarse(found: Tensor) -> Failure:
    return Failure(
        Text(
            en=f"The table is of dtype {found.dtype}, which keeps three digits.",
            ja=f"表の dtype が {found.dtype} で、3 桁ほどの精度しかありません。",
        ),
        misconception="half_precision",
    )


@check(points=1, after=shape_and_dtype, ja="D が奇数でも動くか、ValueError で断る")
def odd_width(student: Student, draw: Draw) -> Text | None:
    """An odd D works too, or is refused with a ValueError."""
    length, half = draw.sizes(2, smallest=5)
    width = 2 * half + 1
    try:
        ask(student, length, width)
    except CallFailed as error:
        if error.fault.type in REFUSALS:
            return None
        if not student.promised:
            return EVEN_ONLY
        raise Failure(
            Text(
                en=f"With D = {width} it stops by accident: {error.fault.type}: {error.fault.message}",
                ja=f"D = {width} のとき、意図しないエラーで止まりました。{error.fault.type}: {error.fault.message}",
            ),
            CUT,
        ) from error
    try:
        student.must_agree(TABLE, help=CUT)
    except UnlikeAnyAnswer:
        if right_for_even_widths(student, draw):  # else it is the formula, which has been paid for
            if not student.promised:
                return EVEN_ONLY
            raise
    return None


def right_for_even_widths(student: Student, draw: Draw) -> bool:
    """Whether the table of an even width is right."""
    with student.unrecorded(), suppress(Failure):
        ask(student, *sizes(draw))
        student.must_agree(TABLE)
        return True
    return False


CUT = Text(
    en="There is one more sine column than cosine columns. Cut the cosines to fit, or raise a ValueError.",
    ja="sin の列が cos の列より 1 本多くなります。cos を切り詰めるか、ValueError を出しましょう。",
)
EVEN_ONLY = Text(
    en="With an odd D it stops with an error of shapes, or a column comes out wrong. Nobody needs an odd D, but a ValueError would say so.",
    ja="D が奇数だと、形の不一致で止まるか、値の違う列が残ります。奇数を使うことはまずありませんが、ValueError にしておくと原因が分かります。",
)

# --- other right answers -----------------------------------------------------------------------

exp_of_log = accepts(edit(SPEED, "torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))"))
division = accepts(
    edit(SPEED, "10000 ** (torch.arange(0, d_model, 2) / d_model)"), edit("position * speed", "position / speed")
)
batch_axis = accepts(edit("return table", "return table.unsqueeze(0)"))
plain_loop = accepts(
    edit("table[:, 0::2] = torch.sin(angle)", "for t in range(max_len):\n        for j in range(d_model):"),
    edit(
        "    table[:, 1::2] = torch.cos(angle)[:, : d_model // 2]\n",
        "            a = t / 10000 ** (2 * (j // 2) / d_model)\n"
        "            table[t, j] = math.sin(a) if j % 2 == 0 else math.cos(a)\n",
    ),
)
odd_refused = accepts(
    edit(
        "table = torch.zeros(max_len, d_model)",
        'if d_model % 2:\n        raise ValueError("d_model must be even")\n    table = torch.zeros(max_len, d_model)',
    )
)
