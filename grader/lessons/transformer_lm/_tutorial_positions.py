"""PositionalEncoding in the form of the course's notebook: a module that adds the positions to x (T, B, D)."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Module,
    Student,
    Text,
    accepts,
    check,
    edit,
    misconception,
    normalise,
    properties,
)
from grader.lessons.transformer_lm import _tutorial

FORM = "tutorial"
TITLE = _tutorial.TITLE
SOLUTION = _tutorial.SOLUTION
NAMES = ("PositionalEncoding",)
SIGNATURES = (_tutorial.POSITIONS,)
TIME_IS_FIRST = ("PositionalEncoding", _tutorial.MODEL)  # others write the same class batch first

ADDED = Text(en="what was added to x", ja="x に足された値")
NOT_ALWAYS = Text(en="what is added to another x", ja="別の x に足される値")


def build(student: Student, draw: Draw, dropout: float = 0.4) -> tuple[Module, Tensor]:
    """The module in evaluation mode and x (T, B, D), which has fewer rows than the table."""
    time, batch, half = draw.sizes(3, smallest=5)
    model = student.module("PositionalEncoding", 2 * half, dropout, max_len=time + 4).eval()
    return model, draw.normal(time, batch, 2 * half)


def ask(model: Module, x: Tensor) -> Tensor:
    found: Tensor = model(x, view=normalise.tensor(*x.shape, letters="(T, B, D)"))
    return found


@check(points=1, ja="(T, B, D) を受け取り、同じ形で返す")
def shape_is_kept(student: Student, draw: Draw) -> None:
    """x (T, B, D) keeps its shape, for any T up to max_len."""
    ask(*build(student, draw))


@check(points=2, after=shape_is_kept, ja="どの文にも、x の値によらず同じものを足す")
def adds_the_same_everywhere(student: Student, draw: Draw) -> None:
    """The same is added to every sentence of the batch, whatever x is."""
    model, x = build(student, draw)
    added = ask(model, x) - x
    first = added[:, :1].expand_as(added).contiguous()
    properties.equal(added, first, ADDED, help=TIME_FIRST)
    properties.equal(ask(model, 2 * x) - 2 * x, added, NOT_ALWAYS, atol=1e-4)


TIME_FIRST = Text(
    en="Axis 0 of (T, B, D) is time, axis 1 the batch. Which of them does the table follow?",
    ja="(T, B, D) の軸 0 が時間、軸 1 がバッチです。表はどちらの軸に沿っていますか。",
)


@check(points=1, after=shape_is_kept, ja="位置 0 には 0, 1, 0, 1, … を足す")
def starts_at_zero(student: Student, draw: Draw) -> None:
    """To position 0 it adds 0, 1, 0, 1, ...: sin 0 and cos 0 in turn."""
    model, x = build(student, draw)
    row = Text(en="what is added at position 0", ja="位置 0 に足される値")
    properties.equal((ask(model, x) - x)[0, 0], torch.tensor([0.0, 1.0] * (x.shape[2] // 2)), row)


@check(points=3, after=shape_is_kept, ja="すべての値が式どおりである")
def follows_the_formula(student: Student, draw: Draw) -> None:
    """Every value is that of the formula, for one length after another."""
    model, x = build(student, draw)
    time, batch, width = x.shape
    for rows, columns in ((time, batch), (time + 3, 1), (1, batch), (time - 1, batch)):
        ask(model, draw.normal(rows, columns, width))
        student.must_agree(ADDED, help=STEPS)


STEPS = Text(
    en="Go through it for D = 4: position (T, 1), rates 1 and 1/100 (D / 2,), angles (T, D / 2); sines to columns 0 and 2, cosines to 1 and "
    "3; the table (T, 1, D) is added to x (T, B, D), cut to the first x.size(0) rows.",
    ja="D = 4 で 1 つずつ確かめましょう。位置 (T, 1)、速さ 1 と 1/100 (D/2,)、角度 (T, D/2)。sin は列 0 と 2、cos は列 1 と 3。表 (T, 1, D) を先頭の x.size(0) 行に"
    "切って、x (T, B, D) に足します。",
)


@check(points=1, after=shape_is_kept, ja="dropout は学習モードで効き、評価モードで止まる")
def dropout_in_training_only(student: Student, draw: Draw) -> None:
    """Dropout is on in training mode and off in evaluation mode."""
    model, x = build(student, draw, dropout=0.5)
    quiet = ask(model, x)
    student.seed += 1
    properties.repeatable(quiet, ask(model, x))
    if properties.close(ask(model.train(), x), quiet):
        raise Failure(
            Text(
                en="With dropout 0.5 the result in training mode is that of evaluation mode.",
                ja="dropout が 0.5 でも、学習モードの結果が評価モードと同じです。",
            ),
            Text(en="Where is self.dropout used?", ja="self.dropout はどこで使われていますか。"),
        )


@check(points=1, ja="表は学習するパラメータではない")
def table_is_no_parameter(student: Student, draw: Draw) -> None:
    """The table is no parameter: it is written down, not learned."""
    model, _ = build(student, draw)
    if model.weights:
        name = next(iter(model.weights))
        raise Failure(
            Text(
                en=f"The module has a parameter {name[:60]}, which the optimizer would change.",
                ja=f"パラメータ {name[:60]} があり、optimizer に書き換えられてしまいます。",
            ),
            misconception="table_is_learned",
        )


batch_axis_by_transposing = accepts(edit("pe = pe.unsqueeze(1)", "pe = pe.unsqueeze(0).transpose(0, 1)"))
by_power = accepts(
    edit(
        "torch.exp(torch.arange(0, d_model, 2).to(pe) * (-math.log(10000.0) / d_model))",
        "10000.0 ** (-torch.arange(0, d_model, 2).to(pe) / d_model)",
    )
)
plain_attribute = accepts(edit('self.register_buffer("pe", pe)', "self.pe = pe"))

sin_on_both = misconception(
    edit("torch.cos(position * rate)", "torch.sin(position * rate)"),
    en="Both columns of a pair take the sine. The odd ones take the cosine: position 0 would otherwise be all zeros.",
    ja="偶数列も奇数列も sin になっています。奇数列は cos です。このままでは位置 0 がすべて 0 になります。",
)
sin_and_cos_swapped = misconception(
    edit("pe[:, 0::2] = torch.sin", "pe[:, 1::2] = torch.sin"),
    edit("pe[:, 1::2] = torch.cos", "pe[:, 0::2] = torch.cos"),
    en="Sine and cosine have changed places. The even columns take the sine, the odd ones the cosine.",
    ja="sin と cos が入れ替わっています。偶数列が sin、奇数列が cos です。",
)
wrong_sign = misconception(
    edit("(-math.log(10000.0) / d_model)", "(math.log(10000.0) / d_model)"),
    en="The sign of the exponent is wrong: the speeds grow to 10000 instead of falling to 1/10000. It is exp(-log(10000) ...).",
    ja="指数の符号が逆で、速さが 1/10000 に向かって遅くなるのではなく、10000 に向かって速くなっています。exp(-log(10000) ...) です。",
)
exponent_doubled = misconception(
    edit("torch.arange(0, d_model, 2).to(pe) *", "2 * torch.arange(0, d_model, 2).to(pe) *"),
    en="The exponent is doubled. arange(0, d_model, 2) already counts 2i.",
    ja="指数が 2 倍になっています。arange(0, d_model, 2) がすでに 2i です。",
)
logarithm_to_base_ten = misconception(
    edit("math.log(10000.0)", "math.log10(10000.0)"),
    en="The logarithm is the one to base ten. exp undoes the natural logarithm: math.log.",
    ja="対数が常用対数です。exp と対になるのは自然対数 math.log です。",
)
positions_from_one = misconception(
    edit("torch.arange(0, max_len)", "torch.arange(1, max_len + 1)"),
    en="The positions begin at 1. The first is 0, with sin 0 = 0 and cos 0 = 1.",
    ja="位置が 1 から始まっています。最初は 0 で、sin 0 = 0、cos 0 = 1 です。",
)
along_the_batch = misconception(
    edit("self.pe[: x.size(0)]", "self.pe[: x.size(1)].transpose(0, 1)"),
    en="The positions run along the batch: all words of a sentence get the sentence's number. Axis 0 of (T, B, D) is time; cut the "
    "table to x.size(0).",
    ja="位置がバッチの軸に沿って振られ、同じ文の語がみな同じ位置になっています。(T, B, D) の軸 0 が時間です。表は x.size(0) で切りましょう。",
)
table_not_cut = misconception(
    edit("self.pe[: x.size(0)]", "self.pe"),
    en="The whole table is added, all max_len rows of it, which fits no shorter text. Cut it to x.size(0) rows.",
    ja="表を max_len 行すべて足そうとしていて、それより短い入力に合いません。x.size(0) 行に切りましょう。",
)
multiplied = misconception(
    edit("x + self.pe", "x * self.pe"),
    en="The positions are multiplied with x. They are added: at position 0 half of x would be lost.",
    ja="位置を掛けています。足すのが正解です。掛けると、位置 0 では x の半分が 0 になってしまいます。",
)
not_added = misconception(
    edit("x = x + self.pe[: x.size(0)]", "self.pe[: x.size(0)]"),
    en="The positions are computed and not added: x comes back as it was.",
    ja="位置を計算しただけで足していないので、x がそのまま返ってきます。",
)
dropout_forgotten = misconception(
    edit("return self.dropout(x)", "return x"),
    en="The dropout is made but not used. Return self.dropout(x).",
    ja="dropout を作ったのに使っていません。self.dropout(x) を返しましょう。",
)
dropout_always = misconception(
    edit("return self.dropout(x)", "return nn.functional.dropout(x, self.dropout.p)"),
    en="Dropout stays on in evaluation: F.dropout does so unless told training=self.training. Use the nn.Dropout module.",
    ja="評価モードでも dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まりません。nn.Dropout を使いましょう。",
)
table_is_learned = misconception(
    edit('self.register_buffer("pe", pe)', "self.pe = nn.Parameter(pe)"),
    en="The table is a parameter, so training changes it. Here it is a formula: self.register_buffer.",
    ja="表をパラメータにしているので、学習で書き換えられます。ここでは式で決まる値です。self.register_buffer を使いましょう。",
)
