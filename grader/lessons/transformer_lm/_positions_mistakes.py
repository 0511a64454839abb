"""Mistakes people make in positional_encoding."""

from grader.checks import edit, misconception
from grader.lessons.transformer_lm._lines_positions import SPEED

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

remembers_the_first_table = misconception(
    edit("def positional_encoding(", "TABLES = {}\n\n\ndef positional_encoding("),
    edit("return table", "return TABLES.setdefault(d_model, table)[:max_len]"),
    en="The table of the first call is kept and used again, also where a longer one is asked for. A function should give the "
    "same answer whatever was asked before: make the table anew, or keep one for each pair of length and width.",
    ja="最初の呼び出しで作った表を取っておいて使い回しています。もっと長い表を求められても、最初の長さのままです。関数の答えは、以前に何を聞かれたかに"
    "左右されてはいけません。毎回作り直すか、長さと幅の組ごとに取っておきましょう。",
)
one_table_for_all = misconception(
    edit("def positional_encoding(", "TABLES = []\n\n\ndef positional_encoding("),
    edit("return table", "TABLES.append(table)\n    return TABLES[0][:max_len, :d_model]"),
    en="The table of the very first call serves all later ones, whatever length and width they ask for. The speeds depend on D, so "
    "a narrower table is not a piece of a wider one: make it anew.",
    ja="最初の呼び出しで作った表を、長さや幅が違っても使い回しています。速さは D によって変わるので、幅の狭い表は広い表の一部分ではありません。毎回作りましょう。",
)
half_precision = misconception(
    edit("return table", "return table.half()"),
    en="The table is in half precision, three digits, and positions that lie far out become alike. Keep float32.",
    ja="表が半精度（3 桁ほど）になっていて、遠い位置どうしの区別がつかなくなります。float32 のままにしましょう。",
)
divided_by_d_minus_two = misconception(
    edit("2) / d_model", "2) / max(d_model - 2, 1)"),
    en="The exponent is 2i / (D - 2) where it should be 2i / D. (Some libraries do that, so that the slowest speed is exactly "
    "1/10000.) Divide by D.",
    ja="指数が 2i/D ではなく 2i/(D - 2) になっています（いちばん遅い速さをちょうど 1/10000 にするために、そうするライブラリもあります）。D で割りましょう。",
)
degrees = misconception(
    edit("angle = position * speed", "angle = torch.deg2rad(position * speed)"),
    en="The angle is taken for degrees and converted once more. sin and cos of torch take radians: position times speed as it is.",
    ja="角度を「度」だと思って変換しています。torch の sin・cos はラジアンを受け取るので、位置 × 速さをそのまま渡しましょう。",
)
multiplied_by_the_width = misconception(
    edit("2) / d_model", "2) * d_model"),
    en="The exponent is multiplied by D where it should be divided: 2i / D lies between 0 and 1.",
    ja="指数を D で割るところを、掛けています。2i/D は 0 から 1 の間の数です。",
)
logarithm_to_base_ten = misconception(
    edit(SPEED, "torch.exp(torch.arange(0, d_model, 2) * (-math.log10(10000.0) / d_model))"),
    en="The logarithm is the one to base ten. exp undoes the natural logarithm: math.log(10000).",
    ja="対数が常用対数（底 10）です。exp と対になるのは自然対数 math.log(10000) です。",
)

table_of_fixed_size = misconception(
    edit("torch.arange(max_len)", "torch.arange(512)"),
    edit("torch.zeros(max_len, d_model)", "torch.zeros(512, d_model)"),
    edit("return table", "return table[:max_len]"),
    en="The table is cut out of one of fixed size, so that a longer one comes out too short. Make it from max_len.",
    ja="決まった大きさの表から切り出しているので、それより長い表を求められると足りません。max_len から作りましょう。",
)
pairs_counted_from_one = misconception(
    edit("torch.arange(0, d_model, 2) /", "torch.arange(2, d_model + 2, 2) /"),
    en="The pairs are counted from 1: the first pair already turns more slowly than one radian a step. i begins at 0.",
    ja="組を 1 から数えているので、最初の組がもう遅くなっています。i は 0 から始まります。",
)
