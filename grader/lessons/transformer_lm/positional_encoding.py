"""positional_encoding(T, D) -> (T, D): sin on even columns, cos on odd ones. Vaswani et al. 2017, section 3.5."""

from typing import Any

import torch
from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.transformer_lm import _tutorial_positions
from grader.model import Text
from grader.student import CallFailed, Student, View

TITLE = Text(en="Positional encoding", ja="位置エンコーディング")
NAMES = ("positional_encoding",)
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

TABLE = Text(en="the table of positions", ja="位置エンコーディングの表")
REFUSALS = ("ValueError", "AssertionError")  # raised on purpose; a RuntimeError is an accident of shapes


def table(length: int, width: int) -> View:
    """(T, D) real numbers; a batch axis of one, as in (1, T, D) or (T, 1, D), and numpy are fine."""

    def view(value: Any) -> Tensor:
        found = properties.is_tensor(value, TABLE)
        lone = [axis for axis, size in enumerate(found.shape) if size == 1]
        bare = found.squeeze(lone[0]) if found.dim() == 3 and lone else found
        return properties.finite(properties.has_shape(bare, (length, width), TABLE, "(T, D)"), TABLE)

    return view


def sizes(draw: Draw) -> tuple[int, int]:
    """A length and an even width, not equal."""
    length, half = draw.sizes(2, smallest=5)
    return 3 * length, 2 * half


@check(points=1, ja="表の形は (T, D) で、中身は有限の実数である")
def shape_and_dtype(student: Student, draw: Draw) -> None:
    """The table has shape (T, D) and holds finite real numbers."""
    length, width = sizes(draw)
    student.call("positional_encoding", length, width, view=table(length, width))


@check(points=1, after=shape_and_dtype, ja="位置 0 の行は 0, 1, 0, 1, … である")
def starts_at_zero(student: Student, draw: Draw) -> None:
    """The row of position 0 is 0, 1, 0, 1, ...: sin 0 and cos 0 in turn."""
    length, width = sizes(draw)
    found = student.call("positional_encoding", length, width, view=table(length, width))
    help = Text(
        en="sin 0 = 0 stands in the even columns and cos 0 = 1 in the odd ones. Do the positions start at 0?",
        ja="偶数列には sin 0 = 0、奇数列には cos 0 = 1 が並ぶはずです。位置は 0 から始まっていますか。",
    )
    row = Text(en="the row of position 0", ja="位置 0 の行")
    properties.equal(found[0], torch.tensor([0.0, 1.0] * (width // 2)), row, help=help)


@check(points=2, after=shape_and_dtype, ja="隣り合う sin と cos の組は単位円の上にある（同じ速さで回る）")
def pairs_turn_together(student: Student, draw: Draw) -> None:
    """Each pair of a sine and a cosine is a point on the unit circle: both turn at the same speed."""
    length, width = sizes(draw)
    found = student.call("positional_encoding", length, width, view=table(length, width)).double()
    radius = found[:, 0::2].square() + found[:, 1::2].square()  # (T, D / 2)
    off = ((radius - 1).abs() > 1e-3).nonzero().tolist()
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


@check(points=4, after=shape_and_dtype, ja="すべての値が式どおりである")
def follows_the_formula(student: Student, draw: Draw) -> None:
    """Every value is that of the formula."""
    length, width = sizes(draw)
    student.call("positional_encoding", length, width, view=table(length, width))
    student.must_agree(
        TABLE,
        help=Text(
            en="Print the speeds of the first pairs for D = 4: they are 1 and 1/100.",
            ja="D = 4 のときの速さを表示してみましょう。1 と 1/100 になるはずです。",
        ),
    )


@check(points=1, after=shape_and_dtype, ja="D が奇数でも動くか、ValueError で断る")
def odd_width(student: Student, draw: Draw) -> Text | None:
    """An odd D works too, or is refused with a ValueError."""
    length, width = draw.sizes(2, smallest=5)
    try:
        student.call("positional_encoding", length, width, view=table(length, width))
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
            Text(
                en="There is one more sine column than cosine columns. Cut the cosines to fit, or raise a ValueError.",
                ja="sin の列が cos の列より 1 本多くなります。cos を切り詰めるか、ValueError を出しましょう。",
            ),
        ) from error
    student.must_agree(TABLE)
    return None


EVEN_ONLY = Text(
    en="With an odd D it stops with an error of shapes. Nobody needs an odd D, but a ValueError would say what is wrong.",
    ja="D が奇数だと形の不一致で止まります。奇数を使うことはまずありませんが、ValueError にしておくと原因が分かります。",
)


SPEED = "10000 ** -(torch.arange(0, d_model, 2) / d_model)"

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

sine_twice = misconception(
    edit("torch.cos(angle)", "torch.sin(angle)"),
    en="Both columns of each pair are sines. Then the pair holds one number instead of two and cannot say which way the "
    "hand points; the odd columns take the cosine of the same angle.",
    ja="組の両方の列が sin になっています。これでは同じ数が 2 つ並ぶだけで、針の向きが決まりません。奇数列には同じ角度の cos を入れましょう。",
)
columns_swapped = misconception(
    edit("table[:, 0::2] = torch.sin(angle)", "table[:, 0::2] = torch.cos(angle)"),
    edit("torch.cos(angle)[:, ", "torch.sin(angle)[:, "),
    en="Sine and cosine have changed places. The even columns (0, 2, ...) take the sine, the odd ones the cosine.",
    ja="sin と cos が入れ替わっています。偶数列（0, 2, …）が sin、奇数列が cos です。",
)
exponent_doubled = misconception(
    edit("(torch.arange(0, d_model, 2) / d_model)", "(2 * torch.arange(0, d_model, 2) / d_model)"),
    en="The exponent is doubled: arange(0, D, 2) already is 2i, and it was multiplied by two once more. The speeds fall "
    "to 1/10000 halfway, and half of the columns hardly move. Use it as it is.",
    ja="指数が 2 倍になっています。arange(0, D, 2) がすでに 2i なのに、もう一度 2 を掛けています。速さが途中で 1/10000 まで落ち、"
    "残り半分の列がほとんど動きません。そのまま使いましょう。",
)
exponent_halved = misconception(
    edit("torch.arange(0, d_model, 2) / d_model", "torch.arange((d_model + 1) // 2) / d_model"),
    en="The exponent is i/D where it should be 2i/D. The speeds then stop at 1/100, so distant positions look alike "
    "sooner. Count the columns in steps of two: arange(0, D, 2).",
    ja="指数が 2i/D ではなく i/D になっています。速さが 1/100 で止まり、遠い位置どうしが早くから似てしまいます。arange(0, D, 2) のように 2 つ"
    "とびに数えましょう。",
)
speed_per_column = misconception(
    edit(
        "torch.cos(angle)[:, : d_model // 2]",
        "torch.cos(position * 10000 ** -(torch.arange(1, d_model, 2) / d_model))",
    ),
    en="The cosine columns have a speed of their own, made from the column number 2i+1. Sine and cosine of one pair share "
    "the angle t / 10000^(2i/D); only so is a shift of position a turn of the pair.",
    ja="cos の列が、列番号 2i+1 から作った別の速さで回っています。1 組の sin と cos は同じ角度 t / 10000^(2i/D) を使います。そうして初めて、位置の"
    "ずれが組の回転になります。",
)
wrong_sign = misconception(
    edit("** -(", "** ("),
    en="The sign of the exponent is wrong: the angle is multiplied by 10000^(2i/D) instead of divided by it. The hands "
    "race round thousands of times a step, and the pattern is noise. Negate the exponent, or divide.",
    ja="指数の符号が逆で、10000^(2i/D) で割るところを掛けています。針が 1 歩で何千回も回り、模様がでたらめになります。指数にマイナスを付けるか、"
    "割り算にしましょう。",
)
floor_division = misconception(
    edit("2) / d_model", "2) // d_model"),
    en="The exponent is an integer division and so always 0. Every pair then turns at the same speed; use / instead of //.",
    ja="指数が整数の割り算になっていて、いつも 0 です。どの組も同じ速さで回ってしまいます。// ではなく / を使いましょう。",
)
in_halves = misconception(
    edit("table[:, 0::2]", "table[:, : (d_model + 1) // 2]"),
    edit("table[:, 1::2]", "table[:, (d_model + 1) // 2 :]"),
    en="All sines stand in the left half and all cosines in the right. Some libraries do that; the formula asked for puts "
    "them in turn: sine in column 2i, cosine in column 2i+1.",
    ja="左半分に sin、右半分に cos をまとめて並べています。そうするライブラリもありますが、ここの式では列 2i に sin、列 2i+1 に cos と交互に並びます。",
)
from_one = misconception(
    edit("torch.arange(max_len)", "torch.arange(1, max_len + 1)"),
    en="Positions are counted from 1. The first row should be that of position 0: 0, 1, 0, 1, ...",
    ja="位置を 1 から数えています。最初の行は位置 0、つまり 0, 1, 0, 1, … です。",
)
base_too_small = misconception(
    edit("speed = 10000 **", "speed = 1000 **"),
    en="The base is 1000, not 10000. The slowest hands turn ten times too fast; count the zeros.",
    ja="底が 10000 ではなく 1000 です。いちばん遅い針が 10 倍近く速く回ります。ゼロの数を確かめましょう。",
)
sine_of_the_speed = misconception(
    edit("torch.sin(angle)", "torch.sin(position) * speed"),
    edit("torch.cos(angle)[:,", "(torch.cos(position) * speed)[:,"),
    en="The speed multiplies the sine instead of its argument. It should be sin(t * speed): the hands turn at different "
    "speeds, they are not of different lengths.",
    ja="速さを sin の中ではなく外で掛けています。sin(t × 速さ) が正しい形です。針は長さではなく、回る速さが違います。",
)
odd_width_breaks = misconception(
    edit("[:, : d_model // 2]", ""),
    en="An odd D breaks it: there is one sine column more than there are cosine columns, and the assignment does not fit. "
    "Cut the cosines to D // 2 columns, or raise a ValueError that says D must be even.",
    ja="D が奇数だと止まります。sin の列が cos の列より 1 本多く、代入の形が合いません。cos を D // 2 列に切るか、D は偶数でなければならないと "
    "ValueError で伝えましょう。",
)
transposed = misconception(
    edit("return table", "return table.T"),
    en="The table lies on its side: (D, T) instead of (T, D). A row belongs to a position; return it without the transpose.",
    ja="表が横倒しです。(T, D) のところが (D, T) になっています。1 行が 1 つの位置です。転置せずに返しましょう。",
)
