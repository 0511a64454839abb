"""scaled_dot_product_attention(q, k, v, mask=None) -> (out, weights). Vaswani et al. 2017, section 3.2.1."""

from contextlib import suppress

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Student,
    Text,
    backward,
    check,
    properties,
    recompute,
    sign,
    trace,
)
from grader.lessons.attention_translation import _dot_mistakes, _dot_right, _interfaces, _views
from grader.lessons.attention_translation._dot_questions import (
    NAME,
    ask,
    changed,
    cut_off,
    leaked,
    left_over,
    needed,
    poisoned,
    shaped,
)

TITLE = Text(en="Scaled dot-product attention", ja="内積型の Attention")
NAMES = ("scaled_dot_product_attention",)
KNOWN_ANSWERS = (_dot_mistakes, _dot_right)
HEADINGS = (
    "scaled dot-product attention",
    "dot-product attention",
    "縮小付き内積注意",
    "スケール化内積注意",
    "内積注意",
    "内積アテンション",
)
SIGNS = (
    sign(
        r"^def\s+\w*dot_product\w*|^class\s+\w*(?:DotProduct|Scaled(?:Product)?Att)\w*\(",
        "a dot-product attention",
        "内積型 Attention",
        rank=140,
    ),
)
# F.softmax(q @ k.transpose(-2, -1) / math.sqrt(d), dim=-1) @ v
TRACES = (trace(r"(?i)scaled_dot|dot_?product|transpose\(\s*-[12]\s*,\s*-[12]\s*\)|\.mT\b"),)
INTERFACES = _interfaces.DOT_ATTENTION
STARTERS = (
    Text(
        en="Begin with the scores of all pairs in one matrix product: (B, Tq, D) and (B, Tk, D) become (B, Tq, "
        "Tk). Which of the two has to be transposed?",
        ja="まず、すべての組のスコアを 1 回の行列積で求めます。(B, Tq, D) と (B, Tk, D) から (B, Tq, Tk) です。転置が要るのはどちらでしょう。",
    ),
    Text(
        en="The softmax runs over the keys, the last axis; what the mask hides has to be out of the running before it.",
        ja="softmax をとるのは Key の軸（最後の軸）です。mask で隠す場所は、softmax の前に候補から外しておきます。",
    ),
    Text(
        en="Weights (B, Tq, Tk) times values (B, Tk, Dv) give the output (B, Tq, Dv). At the end think of a "
        "query that may look nowhere.",
        ja="重み (B, Tq, Tk) と Value (B, Tk, Dv) の積が出力 (B, Tq, Dv) です。最後に、どこも見られない Query をどう扱うか考えましょう。",
    ),
)

BOTH = Text(en="the output and the attention weights", ja="出力と Attention の重み")
STEPS = Text(
    en="Write the shapes beside each line: q (B, Tq, D) times k turned to (B, D, Tk) -> scores (B, Tq, Tk), divided by the root of D -> mask -> softmax over "
    "Tk -> weights (B, Tq, Tk) times v (B, Tk, Dv) -> out (B, Tq, Dv).",
    ja="1 行ずつ形を書き添えてみましょう。q (B, Tq, D) と、向きを変えた k (B, D, Tk) の積 → スコア (B, Tq, Tk)、√D で割る → マスク → Tk についての softmax → "
    "重み (B, Tq, Tk) と v (B, Tk, Dv) の積 → 出力 (B, Tq, Dv)。",
)
ROW = Text(en="the weights of a query that may look nowhere", ja="どこも見られない query の重み")
ROW_OUT = Text(en="the output of a query that may look nowhere", ja="どこも見られない query の出力")


@check(points=1, ja="出力 (B, Tq, Dv) と重み (B, Tq, Tk) を返す")
def shapes(student: Student, draw: Draw) -> None:
    """It returns an output (B, Tq, Dv) and weights (B, Tq, Tk)."""
    ask(student, *draw.qkv())


@check(points=1, after=shapes, ja="重みは query ごとに、key の上の確率分布である")
def rows_are_distributions(student: Student, draw: Draw) -> None:
    """For every query the weights are a probability distribution over the keys."""
    given = draw.qkv()
    _, weights = recompute.steady(student, lambda: ask(student, *given), BOTH)
    properties.distribution(weights, dim=-1)


@check(points=2, after=shapes, ja="出力と重みは式どおりの値になる（大きさの違う d で検算）")
def computes_the_formula(student: Student, draw: Draw) -> None:
    """Output and weights are those of the formula, recomputed for a small and for a large d."""
    for size, scale in ((draw.number(3, 6), 1.0), (draw.number(30, 40), 1.0), (1, 1.0), (draw.number(3, 6), 5.0)):
        batch, queries, keys, values = draw.sizes(4)
        q, k = draw.normal(batch, queries, size, scale=scale), draw.normal(batch, keys, size, scale=scale)
        v = draw.normal(batch, keys, values)
        recompute.steady(student, lambda q=q, k=k, v=v: ask(student, q, k, v, bare=student.promised), BOTH)  # type: ignore[misc]
        student.must_agree(BOTH, help=STEPS)


@check(points=2, after=shapes, ja="マスクされた key の重みは 0 で、残りの重みの和は 1 になる")
def mask_hides(student: Student, draw: Draw) -> Text | None:
    """A masked key has weight 0, what is left sums to 1, and the numbers are those of the formula."""
    if takes_no_mask(student):
        return _views.NO_MASK
    q, k, v = draw.qkv()
    mask = draw.mask(q.shape[0], q.shape[1], k.shape[1])
    _, weights = ask(student, q, k, v, mask)
    leaks = (weights.abs() > 1e-6) & ~mask
    if leaks.any():
        raise leaked(weights, leaks)
    properties.distribution(weights, dim=-1)
    student.must_agree(BOTH, help=STEPS)
    return None


def takes_no_mask(student: Student) -> bool:
    """Whether the form of somebody's own has none; of each key then something is seen."""
    return "no mask" in student.limitations(NAME)


@check(points=1, after=shapes, ja="どこも見られない query は、NaN ではなく 0 になる")
def nothing_allowed_gives_zeros(student: Student, draw: Draw) -> Text | None:
    """A query that may look nowhere gets zeros, not NaN."""
    if takes_no_mask(student):
        return None
    q, k, v = draw.qkv()
    mask = draw.mask(q.shape[0], q.shape[1], k.shape[1])
    mask[1, 2] = False
    out, weights = ask(student, q, k, v, mask)
    if not student.promised and (told := left_over(weights[1, 2])):
        return told
    properties.equal(properties.finite(weights[1, 2], ROW), torch.zeros(k.shape[1]), ROW, help=NOWHERE)
    properties.equal(properties.finite(out[1, 2], ROW_OUT), torch.zeros(v.shape[2]), ROW_OUT, help=NOWHERE)
    return poisoned(student, q, k, v, mask)


NOWHERE = Text(
    en="Follow one row (Tk,) of the scores in which every place is masked: after the mask, after the softmax, after that.",
    ja="すべての場所がマスクされた行 (Tk,) をたどってみましょう。マスクの後、softmax の後、その後でどうなりますか。",
)


@check(points=1, after=shapes, ja="スコアが大きくても NaN や無限大にならない")
def survives_large_scores(student: Student, draw: Draw) -> None:
    """Large scores give no NaN and no infinity, and what is masked stays hidden beside them."""
    q, k, v = draw.qkv()
    out, weights = ask(student, q * 40, k * 40, v)
    properties.distribution(weights, dim=-1)
    properties.finite(out, _views.OUT)
    if takes_no_mask(student):
        return
    low = 14 * (q.shape[2] + 1) ** 0.25  # in one more column, which brings all scores down by 196
    q, k = (torch.cat([part, torch.full_like(part[:, :, :1], side)], dim=2) for part, side in ((q, low), (k, -low)))
    mask = draw.mask(q.shape[0], q.shape[1], k.shape[1])
    _, weights = ask(student, q, k, v, mask)
    leaks = (weights.abs() > 1e-6) & ~mask
    if leaks.any():
        raise leaked(weights, leaks)
    properties.distribution(weights, dim=-1)


@check(points=0.5, ja="key と value を一緒に並べ替えても、出力は変わらない")
def memory_has_no_order(student: Student, draw: Draw) -> None:
    """Keys and values put into another order together leave the output as it was."""
    batch, length, width, values = draw.sizes(4)  # as many queries as keys: a swap of the two would not crash
    q, k = draw.normal(batch, length, width), draw.normal(batch, length, width)
    v, order = draw.normal(batch, length, values), draw.permutation(length)
    before, _ = ask(student, q, k, v)
    after, _ = ask(student, q, k[:, order], v[:, order])
    properties.equal(
        after,
        before,
        Text(en="the output after reordering keys and values", ja="key と value を並べ替えた後の出力"),
        help=Text(
            en="Each query goes over all pairs (key, value). Which of the two, query or key, runs along the rows of the scores?",
            ja="query 1 本が (key, value) の組すべてを見渡します。スコアの行は query と key のどちらに沿っていますか。",
        ),
    )


@check(points=0.5, after=shapes, ja="文や query や key が 1 つだけでも、多くても計算できる")
def any_number_of_words(student: Student, draw: Draw) -> None:
    """One sentence, one query, one key or a hundred: the axes stay, and the numbers are those of the formula."""
    width, values = draw.widths(2)
    for batch, queries, keys in ((1, 3, 4), (3, 1, 4), (2, 4, 1), (1, 1, 1), (2, 3, draw.number(100, 140))):
        q, k = draw.normal(batch, queries, width), draw.normal(batch, keys, width)
        ask(student, q, k, draw.normal(batch, keys, values))
        student.must_agree(BOTH, help=STEPS)


@check(points=0.5, after=shapes, ja="渡されたテンソルを書き換えない")
def leaves_inputs_alone(student: Student, draw: Draw) -> None:
    """The tensors passed in are as they were."""
    q, k, v = draw.qkv()
    given = (q, k, v, draw.mask(q.shape[0], q.shape[1], k.shape[1]))
    _, after = student.call_and_inputs(NAME, *given, view=shaped(q, k, v))
    for name, was, now in zip(("q", "k", "v", "mask"), given, after, strict=True):
        if not isinstance(now, Tensor) or not torch.equal(now, was):
            raise changed(name)


@check(points=0.5, after=computes_the_formula, ja="query・key・value のすべてに勾配が流れる")
def gradients_flow(student: Student, draw: Draw) -> None:
    """The gradient reaches query, key and value."""
    inputs = tuple(part.requires_grad_() for part in draw.qkv())
    q, _, v = inputs
    cotangent = draw.normal(q.shape[0], q.shape[1], v.shape[2])
    reaches_all(student, (*inputs, *needed(student, *inputs)), cotangent)
    if not takes_no_mask(student):
        mask = backward.half_hidden(q.shape[0], q.shape[1], inputs[1].shape[1])
        with (
            student.unrecorded(),
            suppress(CallFailed),
        ):  # where a mask stops it, that is paid for where the mask is asked about
            reaches_all(student, (*inputs, mask), cotangent)


def reaches_all(student: Student, inputs: tuple[Tensor, ...], cotangent: Tensor) -> None:
    """Raises Failure where no gradient comes back to query, key or value."""
    _, received = backward.to_inputs(student, NAME, inputs, cotangent)
    for name, gradient in zip("qkv", received, strict=False):
        if not isinstance(gradient, Tensor) or not (gradient.abs() > 0).any():
            raise cut_off(name)
