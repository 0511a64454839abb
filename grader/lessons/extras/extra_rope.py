"""rotate(x, start=0): x (B, T, D), each vector turned by its position -> (B, T, D)."""

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, misconception, normalise, properties

TITLE = Text(en="Positions as rotations: RoPE", ja="位置を回転で表す: RoPE")
NAMES = ("rotate",)
HEADINGS = ("positions as rotations", "位置を回転で表す")
STARTERS = (
    Text(
        en="Begin with the angles: T positions, D / 2 speeds, one table (T, D / 2). Print it for T = 3 and D = 4: the first column is 0, 1, 2, the second a hundredth of it.",
        ja="まず角度から。T 個の位置と D / 2 個の速さで、表 (T, D / 2) ができます。T = 3、D = 4 で表示すると、1 列目は 0, 1, 2、2 列目はその 100 分の 1 です。",
    ),
    Text(
        en="Cut x into the first and the second of each pair, `x[..., 0::2]` and `x[..., 1::2]`, both (B, T, D / 2); the angles fit by broadcasting. Then put the two results back where they came from.",
        ja="x を、組の 1 つ目 `x[..., 0::2]` と 2 つ目 `x[..., 1::2]` に分けます。どちらも (B, T, D / 2) で、角度はブロードキャストで合います。計算したら元の場所に戻します。",
    ),
)
TURNED = Text(en="the turned vectors", ja="回したベクトル")
LENGTH = Text(en="the lengths of the vectors", ja="ベクトルの長さ")
ON_PAPER = Text(
    en="Take D = 2, where there is one pair and the speed is 1: (1, 0) at position 1 becomes (cos 1, sin 1) = (0.540, 0.841). Then D = 4, where the second pair turns a hundred times more slowly.",
    ja="D = 2 では組は 1 つ、速さは 1 です。位置 1 の (1, 0) は (cos 1, sin 1) = (0.540, 0.841) になります。次に D = 4 で試しましょう。2 つ目の組は 100 倍ゆっくり回ります。",
)
GOES_ON = Text(
    en="Turn six vectors at once, then the last two alone with start=4: the same two come out.",
    ja="6 本をまとめて回した結果と、最後の 2 本だけを start=4 で回した結果を比べましょう。同じになるはずです。",
)


def turn(student: Student, x: Tensor, *start: int) -> Tensor:
    view = normalise.tensor(*x.shape, what=TURNED, letters="(B, T, D)")
    found: Tensor = student.call("rotate", x, *start, view=view)
    return found


def vectors(draw: Draw, time: int | None = None) -> Tensor:
    """(B, T, D), D even and not small, so that the speeds differ."""
    batch, length = draw.sizes(2)
    return draw.normal(batch, time or length, draw.widths(1, smallest=6)[0])


@check(points=1, ja="形 (B, T, D) が保たれる（T = 1 や D = 2 でもよい）")
def keeps_the_shape(student: Student, draw: Draw) -> None:
    """The shape (B, T, D) is kept, with one position or one pair too."""
    for x in (vectors(draw), vectors(draw, time=1), draw.normal(2, 5, 2)):
        turn(student, x)


@check(points=1, after=keeps_the_shape, ja="ベクトルの長さは変わらず、位置 0 では何も変わらない")
def only_turns(student: Student, draw: Draw) -> None:
    """A turn leaves every vector as long as it was, and at position 0 as it was."""
    x = vectors(draw)
    found = turn(student, x)
    properties.equal(found.norm(dim=-1), x.norm(dim=-1), LENGTH, rtol=1e-3, atol=1e-3)
    properties.equal(found[:, 0], x[:, 0], TURNED)


@check(points=3, after=keeps_the_shape, ja="どの組も、位置と自分の速さに応じた角度だけ回る")
def turns_by_the_position(student: Student, draw: Draw) -> None:
    """Every pair turns by its position, at its own speed."""
    for x in (vectors(draw), draw.normal(1, 4, 2), vectors(draw, time=40)):
        turn(student, x)
        student.must_agree(TURNED, rtol=1e-3, atol=1e-3, help=ON_PAPER)


@check(points=1, after=keeps_the_shape, ja="Query と Key の内積は、位置の差だけで決まる")
def only_the_distance_counts(student: Student, draw: Draw) -> None:
    """The product of a query and a key depends only on how far apart they stand."""
    one, other = vectors(draw, time=1), vectors(draw, time=1)
    width = min(one.size(2), other.size(2))
    query, key = one[:1, :, :width].expand(1, 12, width), other[:1, :, :width].expand(1, 12, width)
    products = (turn(student, query)[0] @ turn(student, key)[0].T).double()
    for distance in (1, 4):
        along = products.diagonal(-distance)
        if not torch.allclose(along, along[:1].expand_as(along), rtol=1e-3, atol=1e-3):
            raise Failure(
                Text(
                    en=f"The same query and key, {distance} apart, have the product {along[0]:.4f} at the beginning and {along[-1]:.4f} further on; it should be the same.",
                    ja=f"同じ Query と Key が {distance} 離れているとき、内積は先頭で {along[0]:.4f}、後ろで {along[-1]:.4f} です。同じになるはずです。",
                ),
                ON_PAPER,
            )


@check(points=2, after=keeps_the_shape, ja="start から始まる位置として回る")
def begins_at_start(student: Student, draw: Draw) -> None:
    """With `start` the vectors are turned as those from that position on."""
    for start in (draw.number(2, 9), 1, 0):
        turn(student, vectors(draw), start)
        student.must_agree(TURNED, rtol=1e-3, atol=1e-3, help=GOES_ON)


TURN = (
    "    even, odd = x[..., 0::2], x[..., 1::2]  # (B, T, D/2)\n"
    "    turned = torch.zeros_like(x)\n"
    "    turned[..., 0::2] = even * angles.cos() - odd * angles.sin()\n"
    "    turned[..., 1::2] = even * angles.sin() + odd * angles.cos()\n"
    "    return turned\n"
)
in_halves = accepts(
    edit(
        TURN,
        "    first, second = x.chunk(2, dim=-1)\n"
        "    cos, sin = angles.cos(), angles.sin()\n"
        "    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)\n",
    ),
    other_values="it turns other pairs of columns, the first half with the second, as Llama does",
)
stacked = accepts(
    edit(
        TURN,
        "    even, odd = x[..., 0::2], x[..., 1::2]\n"
        "    cos, sin = angles.cos(), angles.sin()\n"
        "    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)\n",
    )
)
complex_numbers = accepts(
    edit(
        TURN,
        "    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))\n"
        "    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).flatten(-2)\n",
    )
)
by_logarithm = accepts(
    edit("10000.0 ** (-torch.arange(0, width, 2) / width)", "torch.exp(-math.log(10000.0) * torch.arange(0, width, 2) / width)")
)  # fmt: skip

turned_backwards = misconception(
    edit("even * angles.cos() - odd * angles.sin()", "even * angles.cos() + odd * angles.sin()"),
    edit("even * angles.sin() + odd * angles.cos()", "odd * angles.cos() - even * angles.sin()"),
    en="The pairs turn the other way round: the minus belongs to the first of each pair.",
    ja="回る向きが逆です。マイナスが付くのは、組の 1 つ目のほうです。",
)
both_minus = misconception(
    edit("even * angles.sin() + odd * angles.cos()", "even * angles.sin() - odd * angles.cos()"),
    en="Both formulas have a minus, which is no rotation. The second of each pair gets a plus.",
    ja="どちらの式もマイナスになっていて、回転になりません。組の 2 つ目のほうはプラスです。",
)
both_plus = misconception(
    edit("even * angles.cos() - odd * angles.sin()", "even * angles.cos() + odd * angles.sin()"),
    en="Both formulas have a plus, which is no rotation. The first of each pair gets a minus.",
    ja="どちらの式もプラスになっていて、回転になりません。組の 1 つ目のほうはマイナスです。",
)
sine_and_cosine_swapped = misconception(
    edit("even * angles.cos() - odd * angles.sin()", "even * angles.sin() - odd * angles.cos()"),
    edit("even * angles.sin() + odd * angles.cos()", "even * angles.cos() + odd * angles.sin()"),
    en="Sine and cosine are swapped: position 0 should leave the vector as it is, cos 0 = 1.",
    ja="sin と cos が逆です。位置 0 では cos 0 = 1 なので、ベクトルは変わらないはずです。",
)
counts_from_one = misconception(
    edit("torch.arange(start, start + time)", "torch.arange(start + 1, start + time + 1)"),
    en="Positions are counted from 1; the first stands at `start`, which is 0 where nothing is said.",
    ja="位置を 1 から数えています。最初の位置は `start`（何も渡されなければ 0）です。",
)
start_ignored = misconception(
    edit("torch.arange(start, start + time)", "torch.arange(time)"),
    en="`start` is not used: every piece is turned as if it stood at the beginning.",
    ja="`start` を使っていないので、どこから始めても先頭の位置として回ります。",
)
one_speed = misconception(
    edit("10000.0 ** (-torch.arange(0, width, 2) / width)", "torch.ones(width // 2)"),
    en="All pairs turn at the same speed. Pair number i turns at 10000 ** (-2i / D).",
    ja="どの組も同じ速さで回っています。i 番目の組の速さは 10000 ** (-2i / D) です。",
)
exponent_halved = misconception(
    edit("torch.arange(0, width, 2) / width", "torch.arange(width // 2) / width"),
    en="The exponent is i / D in place of 2i / D, so the pairs turn too fast.",
    ja="指数が 2i / D ではなく i / D になっていて、速く回りすぎます。",
)
faster_not_slower = misconception(
    edit("10000.0 ** (-torch.arange", "10000.0 ** (torch.arange"),
    en="The minus in the exponent is missing: later pairs turn faster in place of more slowly.",
    ja="指数のマイナスが抜けていて、後ろの組ほど速く回っています。ゆっくりになるはずです。",
)
base_1000 = misconception(
    edit("10000.0 **", "1000.0 **"),
    en="The base is 1000; it should be 10000.",
    ja="底が 1000 になっています。10000 です。",
)
position_of_the_batch = misconception(
    edit("time, width = x.size(1), x.size(2)", "time, width = x.size(0), x.size(2)"),
    edit("    angles = positions * speeds  # (T, D/2)\n", "    angles = (positions * speeds).unsqueeze(1)\n"),
    en="The position is that of the sentence in the batch: axis 0 of (B, T, D). The positions lie along axis 1.",
    ja="位置が、バッチの中の文の番号（軸 0）になっています。(B, T, D) で位置が並ぶのは軸 1 です。",
)
pairs_are_kept_apart = misconception(
    edit(
        TURN,
        "    even, odd = x[..., 0::2], x[..., 1::2]\n"
        "    cos, sin = angles.cos(), angles.sin()\n"
        "    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1)\n",
    ),
    en="The result has an axis too many, (B, T, D/2, 2): the pairs stand apart. Join the last two with flatten(-2).",
    ja="結果の軸が 1 つ多く、(B, T, D/2, 2) になっています。flatten(-2) で最後の 2 つを 1 つにまとめましょう。",
)
only_the_first_of_each_pair = misconception(
    edit("    return turned\n", "    return turned[..., 0::2]\n"),
    en="Only the first of each pair is returned, (B, T, D/2).",
    ja="組の 1 つ目しか返していないので、(B, T, D/2) になっています。",
)
added_not_turned = misconception(
    edit(TURN, "    return x + torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)\n"),
    en="Sine and cosine are added to the vectors, as `positional_encoding` does. Here they turn them.",
    ja="`positional_encoding` のように sin と cos を足しています。ここではベクトルを回します。",
)
neighbours_and_halves_mixed = misconception(
    edit(
        TURN,
        "    both = angles.repeat_interleave(2, dim=-1)\n"
        "    half = torch.cat([-x[..., width // 2 :], x[..., : width // 2]], dim=-1)\n"
        "    return x * both.cos() + half * both.sin()\n",
    ),
    en="Two kinds of pairs are mixed: the angles are laid out for neighbours (each twice in a row), the turn pairs the two halves. Take halves in both (torch.cat([angles, angles], dim=-1)), or neighbours in both.",
    ja="2 通りの組が混ざっています。角度は隣どうしの並び（同じ角度が 2 つずつ続く）なのに、回すときは前半と後半を組にしています。どちらも前半と後半（torch.cat([angles, angles], dim=-1)）にするか、どちらも隣どうしにしましょう。",
)
halves_and_neighbours_mixed = misconception(
    edit(
        TURN,
        "    both = torch.cat([angles, angles], dim=-1)\n"
        "    beside = torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).flatten(-2)\n"
        "    return x * both.cos() + beside * both.sin()\n",
    ),
    en="Two kinds of pairs are mixed: the angles are laid out for the two halves, the turn pairs neighbours. Take neighbours in both (angles.repeat_interleave(2, dim=-1)), or halves in both.",
    ja="2 通りの組が混ざっています。角度は前半と後半の並びなのに、回すときは隣どうしを組にしています。どちらも隣どうし（angles.repeat_interleave(2, dim=-1)）にするか、どちらも前半と後半にしましょう。",
)
second_formula_sees_the_new_first = misconception(
    edit("turned = torch.zeros_like(x)", "turned = x.clone()"),
    edit("even, odd = x[..., 0::2], x[..., 1::2]  # (B, T, D/2)", "even, odd = None, None"),
    edit(
        "turned[..., 0::2] = even * angles.cos() - odd * angles.sin()",
        "turned[..., 0::2] = turned[..., 0::2] * angles.cos() - turned[..., 1::2] * angles.sin()",
    ),
    edit(
        "turned[..., 1::2] = even * angles.sin() + odd * angles.cos()",
        "turned[..., 1::2] = turned[..., 0::2] * angles.sin() + turned[..., 1::2] * angles.cos()",
    ),
    en="The second of each pair is computed from the first after it was turned already. Keep the old values until both are done.",
    ja="組の 2 つ目を、すでに回した 1 つ目から計算しています。両方が済むまで元の値を取っておきましょう。",
)
taken_for_degrees = misconception(
    edit("angles = positions * speeds", "angles = torch.deg2rad(positions * speeds)"),
    en="The angle is taken for degrees and made 57 times too small. sin and cos take radians, and so does the formula: leave the conversion out.",
    ja="角度を「度」とみなして変換したため、57 分の 1 になっています。sin・cos も式もラジアンです。変換せずに使いましょう。",
)
