"""mean_of_rows(table, ids) -> (E,) and linear_scores(x, weight, bias) -> (B, L)."""

import torch
from torch import Tensor

from grader.checks import Draw, Student, Text, accepts, check, edit, misconception, normalise

TITLE = Text(en="Tensors and their shapes", ja="テンソルと形")
NAMES = ("mean_of_rows", "linear_scores")
HEADINGS = ("tensors and their shapes", "テンソルと形")
STARTERS = (
    Text(
        en="Write the shapes beside the lines first: (V, E) and (T,) give (T, E), and that becomes (E,). Which axis has to go?",
        ja="まず形を書き添えましょう。(V, E) と (T,) から (T, E)、それが (E,) になります。消えるのはどの軸ですか。",
    ),
    Text(
        en="For the scores the inner axes must match: x is (B, E), and what stands to the right of `@` has to be (E, L). Which "
        "shape does `weight` have?",
        ja="行列の積では隣り合う軸が同じ長さです。x は (B, E) なので、`@` の右側は (E, L) でなければなりません。`weight` の形はどうでしたか。",
    ),
)
MEAN = Text(en="the mean of the rows", ja="行の平均")
SCORES = Text(en="the scores", ja="得点")
WALK = Text(
    en="Take a table of three rows, (3, 2), and the ids [1, 2], and do it on paper: which two rows are taken, (2, 2), and which "
    "two numbers come out, (2,)? Then print yours after each line.",
    ja="3 行の表 (3, 2) と ID [1, 2] を紙の上でたどりましょう。取り出されるのはどの 2 行 (2, 2) で、出てくる 2 つの数 (2,) は何ですか。自分の値を 1 行ごとに表示して見比べましょう。",
)
PRODUCT = Text(
    en="Score [b, l] is the sum over E of x[b, e] * weight[l, e], plus bias[l]. Compute one of them by hand, and print x.shape and "
    "weight.T.shape: the inner axes are both E.",
    ja="得点 [b, l] は、x[b, e] * weight[l, e] を E にわたって足し、bias[l] を加えたものです。1 つを手で計算し、x.shape と weight.T.shape を表示しましょう。"
    "隣り合う軸はどちらも E です。",
)


def mean(student: Student, table: Tensor, ids: Tensor) -> Tensor:
    """The student's mean (E,) of these rows."""
    view = normalise.tensor(table.shape[1], what=MEAN, letters="(E,)")
    found: Tensor = student.call("mean_of_rows", table, ids, view=view)
    return found


def scores(student: Student, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The student's scores (B, L)."""
    view = normalise.tensor(len(x), len(weight), what=SCORES, letters="(B, L)")
    found: Tensor = student.call("linear_scores", x, weight, bias, view=view)
    return found


@check(points=1, ja="平均は (E,) の 1 本のベクトルになる")
def mean_is_one_vector(student: Student, draw: Draw) -> None:
    """The mean is one vector (E,)."""
    words, time, width = draw.sizes(3)
    mean(student, draw.normal(words, width), draw.integers(0, words, time))


@check(points=2, after=mean_is_one_vector, ja="ID が指す行の平均である（同じ単語が 2 回あれば 2 回数える）")
def mean_of_these_rows(student: Student, draw: Draw) -> None:
    """It is the mean of the rows that the ids name; a word that occurs twice counts twice."""
    words, time, width = draw.sizes(3, smallest=4)
    table, ids = draw.normal(words, width), draw.integers(0, words, time)
    for asked in (torch.cat([ids, ids[:1], ids[:1]]), ids[:1], torch.tensor([0, words - 1])):
        mean(student, table, asked)
        student.must_agree(MEAN, help=WALK)


@check(points=1, ja="得点は (B, L) になる")
def scores_shape(student: Student, draw: Draw) -> None:
    """The scores are (B, L)."""
    batch, width, labels = draw.sizes(3)
    scores(student, draw.normal(batch, width), draw.normal(labels, width), draw.normal(labels))


@check(points=2, after=scores_shape, ja="得点は x Wᵀ + b の値になる（文が 1 つだけでも）")
def scores_are_the_product(student: Student, draw: Draw) -> None:
    """The scores are x W^T + b, for a single sentence too."""
    batch, width, labels = draw.sizes(3)
    for count in (batch, 1):
        scores(student, draw.normal(count, width), draw.normal(labels, width), draw.normal(labels))
        student.must_agree(SCORES, help=PRODUCT)


loop = accepts(edit("rows.mean(dim=0)", "sum(rows) / len(ids)"))
index_select = accepts(edit("table[ids]", "table.index_select(0, ids)"))
embedding = accepts(edit("table[ids]", "nn.functional.embedding(ids, table)"))
library_linear = accepts(edit("x @ weight.T + bias", "nn.functional.linear(x, weight, bias)"))
einsum = accepts(edit("x @ weight.T + bias", 'torch.einsum("be,le->bl", x, weight) + bias'))
by_addmm = accepts(edit("x @ weight.T + bias", "torch.addmm(bias, x, weight.t())"))

mean_over_the_columns = misconception(
    edit("rows.mean(dim=0)", "rows.mean(dim=1)"),
    en="The mean is taken along the wrong axis: (T, E) becomes (T,), one number a word. The axis that is to go is T, the first: dim=0.",
    ja="平均をとる軸が違います。(T, E) が (T,) になり、単語ごとに 1 つの数になっています。消したいのは先頭の T なので dim=0 です。",
)
mean_of_everything = misconception(
    edit("rows.mean(dim=0)", "rows.mean()"),
    en="Without `dim` the mean is taken over all numbers, and one number is left. Say which axis goes: dim=0.",
    ja="`dim` を指定しないと、すべての数の平均になり、数が 1 つしか残りません。消す軸を dim=0 と指定しましょう。",
)
sum_for_mean = misconception(
    edit("rows.mean(dim=0)", "rows.sum(dim=0)"),
    en="The rows are added up but not divided by their number. A long sentence would get a long vector; use mean.",
    ja="行を足しただけで、個数で割っていません。長い文ほどベクトルが大きくなってしまいます。mean を使いましょう。",
)
keeps_the_axis = misconception(
    edit("rows.mean(dim=0)", "rows.mean(dim=0, keepdim=True)"),
    en="The axis that was averaged is still there, with length 1: (1, E). Leave keepdim out, or squeeze(0).",
    ja="平均をとった軸が長さ 1 で残り、(1, E) になっています。keepdim を外すか、squeeze(0) しましょう。",
)
mean_of_the_whole_table = misconception(
    edit("rows.mean(dim=0)", "table.mean(dim=0)"),
    en="This is the mean of the whole table, whatever the sentence says. Take the rows of its ids first: table[ids].",
    ja="文に関係なく、表全体の平均になっています。まず table[ids] で文の単語の行を取り出しましょう。",
)
ids_from_one = misconception(
    edit("table[ids]", "table[ids - 1]"),
    en="The rows are one off: id 0 is row 0 in Python. Index with the ids as they are.",
    ja="行が 1 つずれています。Python では ID 0 が 0 行目です。ID をそのまま添字に使いましょう。",
)
each_word_once = misconception(
    edit("table[ids]", "table[ids.unique()]"),
    en="A word that occurs twice is counted once. Take a row for each id, repetitions included.",
    ja="2 回出てくる単語を 1 回しか数えていません。重複も含め、ID ごとに 1 行取り出しましょう。",
)
max_for_mean = misconception(
    edit("rows.mean(dim=0)", "rows.max(dim=0).values"),
    en="This is the largest number of each column, not the mean.",
    ja="列ごとの最大値になっています。求めるのは平均です。",
)
bias_left_out = misconception(
    edit("x @ weight.T + bias", "x @ weight.T"),
    en="The bias is not added. `+ bias` adds it to every row.",
    ja="bias を足していません。`+ bias` と書けば、すべての行に足されます。",
)
bias_subtracted = misconception(
    edit("x @ weight.T + bias", "x @ weight.T - bias"),
    en="The bias is subtracted; it is to be added.",
    ja="bias を引いています。足しましょう。",
)
scores_transposed = misconception(
    edit("x @ weight.T + bias", "(x @ weight.T + bias).T"),
    en="The scores are turned round, (L, B): rows are the sentences, columns the categories, (B, L).",
    ja="得点の向きが (L, B) と逆です。行が文、列がカテゴリの (B, L) にしましょう。",
)
weight_not_transposed = misconception(
    edit("weight.T", "weight"),
    en="(B, E) @ (L, E) does not fit: the inner axes have to be equal. Turn the weight round with .T, so that it is (E, L).",
    ja="(B, E) @ (L, E) では、隣り合う軸の長さが合いません。weight を .T で (E, L) に向きを変えましょう。",
)
multiplied_element_by_element = misconception(
    edit("x @ weight.T + bias", "(x.unsqueeze(1) * weight + bias.unsqueeze(1)).mean(dim=2)"),
    en="The products are averaged over E. A matrix product adds them up: the result is E times as large before the bias.",
    ja="積を E にわたって平均しています。行列の積は足し合わせるだけなので、（bias を除いて）E 倍の大きさになります。",
)
