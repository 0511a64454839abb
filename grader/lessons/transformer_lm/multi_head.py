"""MultiHeadAttention(d_model, num_heads): (query, key, value, mask) -> output (B, Tq, D), weights (B, N, Tq, Tk).

Vaswani et al. 2017, section 3.2.2.
"""

import torch
from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.transformer_lm._attention import Sizes, draw_sizes, in_form, mean_weights, output
from grader.model import Text
from grader.student import Module, Student

TITLE = Text(en="Multi-head attention", ja="マルチヘッド Attention")
NAMES = ("MultiHeadAttention",)
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
    ja="mask を受け取りません。全体を見るだけならこれで足りますが、パディングや、デコーダでの未来を隠すことができません。",
)


def build(student: Student, draw: Draw) -> tuple[Module, Sizes]:
    """A module with drawn parameters, in evaluation mode, and sizes to ask it with."""
    sizes = draw_sizes(draw)
    model = student.module("MultiHeadAttention", d_model=sizes.width, num_heads=sizes.heads)
    return model.randomise(draw).eval(), in_form(sizes, student.ways("MultiHeadAttention"))


@check(points=1, ja="query (B, Tq, D) と key, value (B, Tk, D) から出力 (B, Tq, D) が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """A query (B, Tq, D) with key and value (B, Tk, D) gives an output (B, Tq, D)."""
    model, sizes = build(student, draw)
    model(*sizes.inputs(draw), view=sizes.output())


@check(
    points=3, after=output_shape, ja="ヘッドごとに softmax(QK^T/√d_h)V を計算し、W_O でまとめる（あなたの重みで検算）"
)
def computes_every_head(student: Student, draw: Draw) -> None:
    """Every head computes softmax(QK^T / sqrt(d_h)) V, and W_O joins them: recomputed with your own weights."""
    model, sizes = build(student, draw)
    model(*sizes.inputs(draw), view=sizes.output())
    student.must_agree()
    if not sizes.masks:
        return
    # With a mask too: the scale, say, may be lost on that path alone.
    model(*sizes.inputs(draw), draw.mask(sizes.queries, sizes.keys), view=sizes.output())
    student.must_agree()


@check(points=2, after=output_shape, ja="mask が False の key は、出力にまったく影響しない")
def obeys_the_mask(student: Student, draw: Draw) -> Text | None:
    """A key where the mask is False has no influence on the output."""
    model, sizes = build(student, draw)
    if "causal" in sizes.ways:
        sees_no_future(model, sizes, draw)
        return None
    if not sizes.masks:
        return NO_MASK
    if sizes.alone:
        hides_places(model, sizes, draw)
        return None
    query, key, value = sizes.inputs(draw)
    hidden = ~draw.mask(sizes.keys)[:, None]  # the same keys for every query
    mask = (~hidden).T.expand(sizes.queries, sizes.keys)
    other_key, other_value = draw.normal(*key.shape), draw.normal(*value.shape)

    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        found: Tensor = model(query, key, value, mask, view=sizes.output())
        return found

    changed = torch.where(hidden, other_key, key), torch.where(hidden, other_value, value)
    properties.blind_to_hidden(attention, query, key, value, changed)
    seen = torch.where(hidden, key, other_key), torch.where(hidden, value, other_value)
    properties.moves(attention(query, key, value), attention(query, *seen))
    return None


def sees_no_future(model: Module, sizes: Sizes, draw: Draw) -> None:
    """Of a module with a mask of its own: no place is told by what comes behind it."""
    x, _, _, future = sizes.inputs(draw)
    place = draw.number(1, sizes.queries)
    changed = torch.cat([x[:, :place], draw.normal(*x[:, place:].shape)], dim=1)
    properties.causal(lambda x: model(x, x, x, future, view=sizes.output()), x, changed, place)


def hides_places(model: Module, sizes: Sizes, draw: Draw) -> None:
    """Of a module with one input: what stands at hidden places has no influence on the others, and what is shown has."""
    x = sizes.inputs(draw)[0]
    shown = draw.mask(sizes.keys)
    mask = shown.expand(sizes.queries, sizes.keys)
    other = draw.normal(*x.shape)

    def at_shown(x: Tensor) -> Tensor:
        found: Tensor = model(x, x, x, mask, view=sizes.output())
        return found[:, shown]

    hidden = torch.where(shown[:, None], x, other)
    properties.equal(
        at_shown(hidden),
        at_shown(x),
        Text(en="the output after hidden places were changed", ja="隠した場所を変えた後の出力"),
    )
    properties.moves(at_shown(x), at_shown(torch.where(shown[:, None], other, x)))


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

    def attention(query: Tensor) -> Tensor:
        others = (query, query) if sizes.alone else (key[-len(query) :], value[-len(query) :])
        found: Tensor = model(query, *others, *future, view=output(len(query), sizes.queries, sizes.width))
        return found

    properties.batch_independent(
        attention,
        inputs[0],
        Text(en="the output of the last sentence", ja="最後の文に対する出力"),
    )


@check(points=1, after=output_shape, ja="4 つの射影がすべて使われ、勾配が届く")
def every_parameter_learns(student: Student, draw: Draw) -> None:
    """All projections take part: a gradient reaches every parameter."""
    model, sizes = build(student, draw)
    cotangent = draw.normal(sizes.batch, sizes.queries, sizes.width)
    found = model.gradients(*sizes.inputs(draw), cotangents=[cotangent])
    properties.reached(found["parameters"])


# --- right answers -----------------------------------------------------------------------------

Q, K, V = (f"        self.w_{x} = nn.Linear(d_model, d_model)\n" for x in "qkv")
OUT = "        self.w_o = nn.Linear(d_model, d_model)\n"
SCORES = "scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))"
MASKED = 'scores = scores.masked_fill(~mask, float("-inf"))'
MERGED = "heads.transpose(1, 2).flatten(2)"
SPLIT = "x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)"

fused = accepts(
    edit(Q + K + V, "        self.qkv = nn.Linear(d_model, 3 * d_model)\n"),
    edit("self.w_q(query)", "self.qkv(query).chunk(3, dim=-1)[0]"),
    edit("self.w_k(key)", "self.qkv(key).chunk(3, dim=-1)[1]"),
    edit("self.w_v(value)", "self.qkv(value).chunk(3, dim=-1)[2]"),
)
fused_by_head = accepts(  # of each head its query, its key and its value in turn
    edit(Q + K + V, "        self.qkv = nn.Linear(d_model, 3 * d_model)\n"),
    edit("self.split(self.w_q(query))", "self.split(self.qkv(query)).chunk(3, dim=-1)[0]"),
    edit("self.split(self.w_k(key))", "self.split(self.qkv(key)).chunk(3, dim=-1)[1]"),
    edit("self.split(self.w_v(value))", "self.split(self.qkv(value)).chunk(3, dim=-1)[2]"),
)
fused_by_column = accepts(  # and of each column
    edit(Q + K + V, "        self.qkv = nn.Linear(d_model, 3 * d_model)\n"),
    edit("self.split(self.w_q(query))", "self.split(self.qkv(query)).unflatten(-1, (-1, 3))[..., 0]"),
    edit("self.split(self.w_k(key))", "self.split(self.qkv(key)).unflatten(-1, (-1, 3))[..., 1]"),
    edit("self.split(self.w_v(value))", "self.split(self.qkv(value)).unflatten(-1, (-1, 3))[..., 2]"),
)
no_bias = accepts(
    edit(Q + K + V, (Q + K + V).replace("d_model)\n", "d_model, bias=False)\n")),
    edit(OUT, OUT.replace("d_model)\n", "d_model, bias=False)\n")),
)
bias_only_at_the_end = accepts(edit(Q + K + V, (Q + K + V).replace("d_model)\n", "d_model, bias=False)\n")))
library = accepts(
    edit(Q + K + V + OUT, "        self.mha = nn.MultiheadAttention(d_model, num_heads, batch_first=True)\n"),
    edit(
        "        q = self.split(self.w_q(query))",
        "        blocked = None if mask is None else ~mask\n"
        "        return self.mha(query, key, value, attn_mask=blocked)  # weights averaged\n"
        "        q = self.split(self.w_q(query))",
    ),
)
flash = accepts(
    edit(SCORES, "heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)"),
    edit(f"        if mask is not None:\n            {MASKED}\n", ""),
    edit("        weights = scores.softmax(dim=-1)  # (B, N, Tq, Tk)\n", ""),
    edit("        heads = weights @ v  # (B, N, Tq, d_h)\n", ""),
    edit("self.w_o(merged), weights", "self.w_o(merged), None"),
)
einsum = accepts(
    edit(
        Q + K + V + OUT,
        "        d_h = d_model // num_heads\n"
        "        self.to_q = nn.Parameter(torch.randn(num_heads, d_model, d_h) / d_model**0.5)\n"
        "        self.to_k = nn.Parameter(torch.randn(num_heads, d_model, d_h) / d_model**0.5)\n"
        "        self.to_v = nn.Parameter(torch.randn(num_heads, d_model, d_h) / d_model**0.5)\n"
        "        self.to_out = nn.Parameter(torch.randn(num_heads, d_h, d_model) / d_model**0.5)\n",
    ),
    edit("self.split(self.w_q(query))", 'torch.einsum("btd,nde->bnte", query, self.to_q)'),
    edit("self.split(self.w_k(key))", 'torch.einsum("btd,nde->bnte", key, self.to_k)'),
    edit("self.split(self.w_v(value))", 'torch.einsum("btd,nde->bnte", value, self.to_v)'),
    edit("self.w_o(merged)", 'torch.einsum("bnte,ned->btd", heads, self.to_out)'),
)
list_of_heads = accepts(
    edit(Q, Q.replace("nn.Linear(d_model, d_model)", "self.each(d_model, num_heads)")),
    edit(K, K.replace("nn.Linear(d_model, d_model)", "self.each(d_model, num_heads)")),
    edit(V, V.replace("nn.Linear(d_model, d_model)", "self.each(d_model, num_heads)")),
    edit("self.split(self.w_q(query))", "torch.stack([head(query) for head in self.w_q], dim=1)"),
    edit("self.split(self.w_k(key))", "torch.stack([head(key) for head in self.w_k], dim=1)"),
    edit("self.split(self.w_v(value))", "torch.stack([head(value) for head in self.w_v], dim=1)"),
    edit(
        "    def split(self, x):",
        "    def each(self, d_model, num_heads):\n"
        "        return nn.ModuleList([nn.Linear(d_model, d_model // num_heads) for _ in range(num_heads)])\n\n"
        "    def split(self, x):",
    ),
)
additive_inside = accepts(edit(MASKED, 'scores = scores + torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))'))
very_negative = accepts(edit('float("-inf")', "-1e9"))
output_only = accepts(edit("self.w_o(merged), weights", "self.w_o(merged)"))

norm_inside = accepts(  # the residual connection and the normalisation of a block, kept with its attention
    edit(OUT, OUT + "        self.norm = nn.LayerNorm(d_model)\n"),
    edit("self.w_o(merged), weights", "self.norm(query + self.w_o(merged)), weights"),
)

# --- mistakes: the scale -----------------------------------------------------------------------

no_scale = misconception(
    edit(" / math.sqrt(q.size(-1))", ""),
    en="The scores are not divided by sqrt(d_h). Dot products grow with the width, the softmax turns into a hard maximum, "
    "and the gradient dies. Divide by the root of the width of a head.",
    ja="点数を √d_h で割っていません。内積は次元とともに大きくなり、softmax が最大値だけを選ぶようになって、勾配が消えます。ヘッドの幅の平方根で割りましょう。",
)
scale_by_d_model = misconception(
    edit("math.sqrt(q.size(-1))", "math.sqrt(query.size(-1))"),
    en="The scores are divided by sqrt(d_model). Each dot product runs over one head only, so it is the width of a head, "
    "d_model / num_heads, whose root belongs there; otherwise the attention comes out too even.",
    ja="点数を √d_model で割っています。内積をとるのは 1 つのヘッドの中だけなので、割るのはヘッドの幅 d_model / num_heads の平方根です。"
    "このままでは注意が平らになりすぎます。",
)
scale_without_root = misconception(
    edit("math.sqrt(q.size(-1))", "q.size(-1)"),
    en="The scores are divided by d_h instead of its square root, or twice by the root. The spread of a dot product of d_h "
    "terms is sqrt(d_h); dividing by more makes all keys look alike. Divide once, by the root.",
    ja="点数を √d_h ではなく d_h で割っています（あるいは √d_h で 2 回割っています）。d_h 個の積の和の散らばりは √d_h です。割りすぎると、どの key も"
    "同じに見えます。平方根で 1 回だけ割りましょう。",
)
scale_lost_when_masked = misconception(
    edit("scores.masked_fill(", "(q @ k.transpose(-2, -1)).masked_fill("),
    en="The scale is lost as soon as there is a mask: the masked branch starts again from the unscaled product. Mask the "
    "scores that have already been divided.",
    ja="mask があるときだけスケーリングが消えています。マスクする側の枝で、割る前の積から計算し直しています。割ったあとの点数にマスクをかけましょう。",
)
scale_after_softmax = misconception(
    edit(" / math.sqrt(q.size(-1))", ""),
    edit("scores.softmax(dim=-1)", "scores.softmax(dim=-1) / math.sqrt(q.size(-1))"),
    en="The division by sqrt(d_h) comes after the softmax. There it only shrinks the weights, which no longer sum to one; "
    "divide the scores before it.",
    ja="√d_h で割るのが softmax の後になっています。そこで割っても重みが縮んで和が 1 でなくなるだけです。softmax の前の点数を割りましょう。",
)

# --- mistakes: the softmax ---------------------------------------------------------------------

softmax_over_queries = misconception(
    edit("scores.softmax(dim=-1)", "scores.softmax(dim=-2)"),
    en="The softmax runs over the queries. Each query distributes its attention over the keys, the last axis: dim=-1.",
    ja="softmax を query の軸に沿ってとっています。1 つの query が key 全体に注意を配分するので、最後の軸 dim=-1 です。",
)
softmax_over_heads = misconception(
    edit("scores.softmax(dim=-1)", "scores.softmax(dim=1)"),
    en="The softmax runs over the heads, so they compete for each pair of positions. Axis 1 was the time axis before the "
    "split, but now holds the heads; use dim=-1.",
    ja="softmax をヘッドの軸に沿ってとっていて、ヘッドどうしが奪い合っています。分割の後の軸 1 は時間ではなくヘッドです。dim=-1 を使いましょう。",
)
softmax_over_batch = misconception(
    edit("scores.softmax(dim=-1)", "scores.softmax(dim=0)"),
    en="The softmax runs over the batch: sentences that have nothing to do with each other share the attention. Use dim=-1.",
    ja="softmax をバッチの軸に沿ってとっていて、無関係な文どうしが注意を分け合っています。dim=-1 を使いましょう。",
)
no_softmax = misconception(
    edit("scores.softmax(dim=-1)", "scores"),
    edit('float("-inf")', "0.0"),
    en="There is no softmax. Raw scores are no weights: they can be negative and sum to anything. Apply softmax over the keys.",
    ja="softmax がありません。点数のままでは負にもなり、和も 1 になりません。key の軸で softmax をとりましょう。",
)
scores_returned = misconception(
    edit("self.w_o(merged), weights", "self.w_o(merged), scores"),
    en="The scores are returned in the place of the weights. Return what came out of the softmax.",
    ja="重みの代わりに softmax 前の点数を返しています。softmax の結果を返しましょう。",
)
dropout_in_evaluation = misconception(
    edit("scores.softmax(dim=-1)", "F.dropout(scores.softmax(dim=-1), 0.1)"),
    en="Dropout on the weights stays on in evaluation: F.dropout does so unless told training=self.training, and the same "
    "input gives another output each time. Use an nn.Dropout module.",
    ja="評価モードでも重みの dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まらず、同じ入力でも毎回出力が変わります。"
    "nn.Dropout を使いましょう。",
)

# --- mistakes: the mask ------------------------------------------------------------------------

mask_flipped = misconception(
    edit("~mask", "mask"),
    en="The mask is used the wrong way round: what is allowed gets hidden. True means allowed here, so fill where ~mask. "
    "(nn.MultiheadAttention has it the other way.)",
    ja="mask の向きが逆で、見てよいところを隠しています。ここでは True が「見てよい」なので、~mask のところを埋めます"
    "（nn.MultiheadAttention は逆の流儀です）。",
)
mask_after_softmax = misconception(
    edit(MASKED, "hidden = ~mask"),
    edit(
        "weights = scores.softmax(dim=-1)",
        "weights = scores.softmax(dim=-1) if mask is None else scores.softmax(dim=-1).masked_fill(hidden, 0.0)",
    ),
    en="The mask comes after the softmax. The hidden keys have had their share by then, so what is left does not sum to one. "
    "Set their scores to -inf before the softmax.",
    ja="マスクが softmax の後になっています。隠したい key がすでに分け前を取ったあとなので、残りの和が 1 になりません。softmax の前に点数を -∞ にしましょう。",
)
masked_score_zero = misconception(
    edit('float("-inf")', "0.0"),
    en="Hidden scores are set to 0 (or to something as small as -1e-9). exp(0) is 1: a hidden key still gets a fair share. "
    'It takes float("-inf"), or at least -1e9.',
    ja='隠す点数を 0（あるいは -1e-9 のような小さな値）にしています。exp(0) は 1 なので、隠したはずの key にも注意が向きます。float("-inf") か、せめて '
    "-1e9 にしましょう。",
)
mask_not_assigned = misconception(
    edit("scores = scores.masked_fill", "scores.masked_fill"),
    en="The mask has no effect: every key is seen. Either it is never applied, or the result of masked_fill is thrown away: "
    "without the underscore it returns a new tensor. Assign it, or use masked_fill_.",
    ja="mask が効いておらず、すべての key が見えています。使い忘れたか、masked_fill の結果を捨てています。末尾に _ のない masked_fill は新しいテンソルを"
    "返すだけです。代入するか、masked_fill_ を使いましょう。",
)

# --- mistakes: cutting and joining -------------------------------------------------------------

split_without_transpose = misconception(
    edit(SPLIT, "x.reshape(x.size(0), self.num_heads, x.size(1), -1)"),
    en="The heads are cut out by a view straight to (B, N, T, d_h). That cuts along time, so each head gets pieces of other "
    "positions. Cut the last axis first, (B, T, N, d_h), then transpose.",
    ja="view でいきなり (B, N, T, d_h) に切っています。これは時間方向に切ることになり、各ヘッドに別の位置の断片が混ざります。まず最後の軸を切って "
    "(B, T, N, d_h) にし、それから転置しましょう。",
)
head_and_width_confused = misconception(
    edit(SPLIT, "x.unflatten(-1, (-1, self.num_heads)).permute(0, 3, 1, 2)"),
    en="Heads and their width are confused in the split: each head takes every N-th column instead of d_h neighbouring ones, "
    "while the merge puts neighbours together. Cut into (N, d_h), in this order.",
    ja="分割でヘッドの数と幅を取り違えています。各ヘッドが隣り合う d_h 列ではなく N 列おきの列を取り、結合の並びと合いません。(N, d_h) の順に切りましょう。",
)
merged_without_transpose = misconception(
    edit(MERGED, "heads.reshape(query.size(0), query.size(1), -1)"),
    en="The heads are merged without the transpose back: (B, N, T, d_h) read as (B, T, D) mixes positions and heads. Swap "
    "axes 1 and 2 first.",
    ja="転置で戻さずにヘッドを結合しています。(B, N, T, d_h) をそのまま (B, T, D) と読むと、位置とヘッドが混ざります。先に軸 1 と 2 を入れ替えましょう。",
)
view_after_transpose = misconception(
    edit(".flatten(2)", ".view(query.size(0), query.size(1), query.size(2))"),
    en="view stands directly after a transpose, and stops with an error: the numbers no longer lie in that order in memory. "
    "Put .contiguous() before it, or use reshape or flatten.",
    ja="transpose の直後に view を呼んでいてエラーになります。メモリ上の並びが変わっているためです。間に .contiguous() を入れるか、reshape・flatten を使いましょう。",
)
heads_summed = misconception(
    edit(MERGED, "heads.sum(dim=1).repeat(1, 1, self.num_heads)"),
    en="The heads are summed up. They are concatenated: each keeps its own place in the D columns, and W_O mixes them.",
    ja="ヘッドを足し合わせています。ヘッドは連結します。それぞれが D 列の中に自分の場所を持ち、混ぜるのは W_O の仕事です。",
)
attention_among_heads = misconception(
    edit("        scores = q @ k", "        q, k, v = (x.transpose(1, 2) for x in (q, k, v))\n        scores = q @ k"),
    edit(MERGED, "heads.flatten(2)"),
    en="The heads attend to each other instead of the positions: the product ran over (B, T, N, d_h), whose last but one axis "
    "holds the heads. Transpose to (B, N, T, d_h) first.",
    ja="位置どうしではなくヘッドどうしで Attention を計算しています。(B, T, N, d_h) のまま積をとると、後ろから 2 番目の軸はヘッドです。先に "
    "(B, N, T, d_h) に転置しましょう。",
)
one_big_head = misconception(
    edit("(self.num_heads, -1)", "(1, -1)"),
    en="There is only one head, as wide as the model: num_heads is not used. Cut the D columns into num_heads pieces.",
    ja="num_heads が使われておらず、D 次元まるごとの 1 ヘッドになっています。D 列を num_heads 個に切りましょう。",
)

# --- mistakes: the projections -----------------------------------------------------------------

no_output_projection = misconception(
    edit("self.w_o(merged)", "merged"),
    en="The output projection W_O is there but not used. Without it what one head found stays in its own columns; apply it to "
    "the merged heads.",
    ja="出力の射影 W_O を用意したのに使っていません。これがないと、各ヘッドが見つけたことが自分の列に留まったままです。結合したヘッドに掛けましょう。",
)
one_projection = misconception(
    edit("self.w_k(key)", "self.w_q(key)"),
    edit("self.w_v(value)", "self.w_q(value)"),
    en="One projection makes query, key and value alike. What a word looks for, what it offers and what it hands over are "
    "different things; use W_Q, W_K and W_V.",
    ja="query・key・value をすべて同じ射影で作っています。探すもの、持っているもの、渡すものは別です。W_Q、W_K、W_V を使い分けましょう。",
)
shared_by_all_heads = misconception(
    edit(Q + K + V, (Q + K + V).replace("d_model)\n", "d_model // num_heads)\n")),
    edit(SPLIT, "x.unsqueeze(1).expand(-1, self.num_heads, -1, -1)"),
    en="All heads share one projection to d_h columns, so they all look at the same place. Each head needs a matrix of its "
    "own; together they are one Linear(D, D).",
    ja="すべてのヘッドが d_h 列への同じ射影を共有していて、みな同じところを見ています。ヘッドごとに別の行列が必要です。まとめれば 1 つの Linear(D, D) です。",
)
one_small_matrix = misconception(
    edit(Q + K + V, (Q + K + V).replace("(d_model, d_model)", "(d_model // num_heads, d_model // num_heads)")),
    edit("self.split(self.w_q(query))", "self.w_q(self.split(query))"),
    edit("self.split(self.w_k(key))", "self.w_k(self.split(key))"),
    edit("self.split(self.w_v(value))", "self.w_v(self.split(value))"),
    en="The columns are cut into heads first, and then one Linear(d_h, d_h) projects every head alike. No head can look at columns "
    "other than its own, and all share their weights. Project the whole vector, Linear(D, D), and cut afterwards.",
    ja="先に列をヘッドに切り分け、そのあと全ヘッド共通の Linear(d_h, d_h) で射影しています。これではどのヘッドも自分の列しか見られず、重みも"
    "みな同じです。ベクトル全体を Linear(D, D) で射影してから、ヘッドに切りましょう。",
)
one_small_matrix_and_scale_by_d_model = misconception(
    *one_small_matrix.edits,
    *scale_by_d_model.edits,
    en="Two things at once. The columns are cut into heads first, and one Linear(d_h, d_h) projects every head alike: project the whole "
    "vector, Linear(D, D), and cut afterwards. And the scores are divided by sqrt(d_model), where the width of a head, "
    "d_model / num_heads, belongs.",
    ja="まちがいが 2 つ重なっています。1 つは、先に列をヘッドに切り、全ヘッド共通の Linear(d_h, d_h) で射影していること。ベクトル全体を "
    "Linear(D, D) で射影してから切りましょう。もう 1 つは、点数を √d_model で割っていること。割るのはヘッドの幅 d_model / num_heads の平方根です。",
)
value_not_projected = misconception(
    edit("self.w_v(value)", "value"),
    en="The value is not projected. W_V decides what a word hands over; apply it before the heads are cut.",
    ja="value を射影していません。何を渡すかを決めるのが W_V です。ヘッドに分ける前に掛けましょう。",
)
value_from_key = misconception(
    edit("self.w_v(value)", "self.w_v(key)"),
    en="The values are made from `key`. In self-attention the two are the same, so nobody notices; with a different value "
    "the output is wrong. Project `value`.",
    ja="value を `key` から作っています。self-attention では同じものなので気づきませんが、value が別のときに間違いになります。`value` を射影しましょう。",
)
only_self_attention = misconception(
    edit("self.w_k(key)", "self.w_k(query)"),
    edit("self.w_v(value)", "self.w_v(query)"),
    en="Keys and values are made from `query`, so this can only look at itself. Source-target attention needs keys and values "
    "from the other sentence: project `key` and `value`.",
    ja="key と value を `query` から作っていて、自分の文しか見られません。source-target attention では、相手の文の `key` と `value` を射影します。",
)
query_and_key_swapped = misconception(
    edit("q @ k.transpose(-2, -1)", "k @ q.transpose(-2, -1)"),
    en="Query and key have changed places: the table of scores is (Tk, Tq), keys by queries. Rows are the ones who look: "
    "Q K^T.",
    ja="query と key が入れ替わり、点数の表が (Tk, Tq) になっています。行が「見る側」です。Q K^T の順に掛けましょう。",
)
