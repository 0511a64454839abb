"""LayerNorm(d_model, eps) and EncoderBlock(d_model, num_heads, d_ff, dropout): (B, T, D) -> (B, T, D).

Vaswani et al. 2017, sections 3.1 and 3.3; Ba et al. 2016, "Layer Normalization".
"""

import torch
from torch import Tensor

from grader import properties, views
from grader.draw import Draw
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.transformer_lm import multi_head
from grader.lessons.transformer_lm._attention import of_the_past
from grader.model import Text
from grader.student import Module, Student, View

TITLE = Text(en="Residual connection and layer normalisation", ja="残差接続と層正規化")
NAMES = ("LayerNorm", "EncoderBlock")
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

SHAPE = "(B, T, D)"


def build(student: Student, draw: Draw) -> tuple[Module, Tensor]:
    """A block as it is made, in evaluation mode, and an input (B, T, D)."""
    heads, head_width = draw.sample((3, 5), 2)
    batch, time, more = draw.sample((7, 9, 11), 3)
    width = heads * head_width  # small: a wrong block is compared with hundreds
    sizes = student.sized("EncoderBlock", d_model=width, num_heads=heads, d_ff=width + more)
    model = student.module("EncoderBlock", **sizes, dropout=0.3)
    return model.eval(), draw.normal(batch, time, width)


def masks(student: Student, x: Tensor, *masks: Tensor) -> tuple[Tensor, ...]:
    """What goes in beside x: these masks, none where the block takes none, that of the future where it has its own."""
    ways = student.ways("EncoderBlock")
    if "causal" in ways:
        return (of_the_past(x.shape[1]),)
    return () if "no mask" in ways else masks


def view(x: Tensor) -> View:
    return views.tensor(*x.shape, letters=SHAPE)


@check(points=2, ja="LayerNorm は各位置の D 個の値だけを、偏りのある分散（D で割る）で正規化する（あなたの重みで検算）")
def normalises_each_position(student: Student, draw: Draw) -> None:
    """LayerNorm normalises the D values of each position, with the variance that divides by D: recomputed."""
    batch, time, width = draw.sample((3, 5, 7), 3)
    norm = student.module("LayerNorm", d_model=width).randomise(draw)
    x = draw.normal(batch, time, width, scale=3.0) + draw.normal(batch, time, 1, scale=2.0)
    norm(x, view=view(x))
    student.must_agree()


@check(points=1, after=normalises_each_position, ja="ε は根号の中にあり、全部同じ値の行でも割り算が壊れない")
def epsilon_inside_the_root(student: Student, draw: Draw) -> None:
    """Epsilon stands inside the root: rows of equal, or nearly equal, values come out right."""
    batch, time, width = draw.sample((3, 5, 7), 3)
    second = [str(row[0]) for row in student.describe("LayerNorm")["parameters"]][1:2]
    takes_eps = any("eps" in name for name in second)  # a class without it keeps its own epsilon
    sizes = {"d_model": width, "eps": 0.5} if takes_eps else {"d_model": width}
    norm = student.module("LayerNorm", **sizes).randomise(draw)
    x = draw.normal(batch, time, width)
    x[-1] = 2.0
    x = x if takes_eps else x[-1:]
    properties.finite(norm(x, view=view(x)))
    student.must_agree()


@check(points=1, ja="ブロックは (B, T, D) を (B, T, D) に写す")
def block_shape(student: Student, draw: Draw) -> None:
    """The block maps (B, T, D) to (B, T, D)."""
    model, x = build(student, draw)
    model.randomise(draw)(x, *masks(student, x), view=view(x))


@check(
    points=2,
    after=block_shape,
    ja="どちらの段も入力を足し戻す。段の出力が 0 なら、入力がそのまま（post-norm なら正規化だけされて）通る",
)
def residual_path(student: Student, draw: Draw) -> None:
    """Both stages add their input back: with silent stages the input passes, or is only normalised (post-norm)."""
    model, x = build(student, draw)
    gains = {name: bool((w == 1).all()) and w.dim() == 1 for name, w in model.weights.items()}
    model.load({name: torch.full_like(w, float(gains[name])) for name, w in model.weights.items()})
    properties.passes_through(model(x, *masks(student, x), view=view(x)), x)


@check(
    points=4,
    after=block_shape,
    ja="見る段と考える段を順に計算する（あなたの重みで検算、pre-norm でも post-norm でもよい）",
)
def computes_both_stages(student: Student, draw: Draw) -> None:
    """It looks, then thinks: recomputed with your own weights, pre-norm or post-norm."""
    model, x = build(student, draw)
    model.randomise(draw)(x, *masks(student, x, draw.mask(x.shape[1], x.shape[1])), view=view(x))
    student.must_agree()


@check(points=1, after=block_shape, ja="mask が attention まで届いている")
def passes_the_mask_on(student: Student, draw: Draw) -> Text | None:
    """The mask reaches the attention: what it hides does not move the output."""
    model, x = build(student, draw)
    if "no mask" in student.ways("EncoderBlock"):
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
def repeatable_in_evaluation(student: Student, draw: Draw) -> None:
    """In evaluation mode dropout is off: the same input gives the same output twice."""
    model, x = build(student, draw)
    model.randomise(draw)
    first = model(x, *masks(student, x), view=view(x))
    student.seed += 1  # another stream of random numbers, so that what depends on them shows
    properties.repeatable(first, model(x, *masks(student, x), view=view(x)))


@check(points=1, after=block_shape, ja="すべてのパラメータが使われ、勾配が届く")
def every_parameter_learns(student: Student, draw: Draw) -> None:
    """All parameters take part: a gradient reaches each of them."""
    model, x = build(student, draw)
    found = model.randomise(draw).gradients(x, *masks(student, x), cotangents=[draw.normal(*x.shape)])
    properties.reached(found["parameters"])


# --- right answers -----------------------------------------------------------------------------

NORMAL = (
    "        centred = x - x.mean(dim=-1, keepdim=True)\n"
    "        variance = centred.square().mean(dim=-1, keepdim=True)\n"
    "        normal = centred / torch.sqrt(variance + self.eps)\n"
    "        return self.gain * normal + self.shift\n"
)
POST = (
    edit("h = self.norm1(x)", "h = x"),
    edit("x = x + self.dropout(attended)", "x = self.norm1(x + self.dropout(attended))"),
    edit("h = self.norm2(x)", "h = x"),
    edit("return x + self.dropout(thought)", "return self.norm2(x + self.dropout(thought))"),
)
GELU = edit("nn.ReLU()", "nn.GELU()")
GELU_TANH = edit("nn.ReLU()", 'nn.GELU(approximate="tanh")')

post_norm = accepts(*POST)
gelu = accepts(GELU)
post_norm_gelu = accepts(*POST, GELU)
gelu_tanh = accepts(GELU_TANH)
fused_by_head = accepts(*multi_head.fused_by_head.edits)
post_norm_fused_by_head = accepts(*POST, *multi_head.fused_by_head.edits)
post_norm_gelu_tanh = accepts(*POST, GELU_TANH)
library_norm = accepts(
    edit(NORMAL, "        return F.layer_norm(x, self.gain.shape, self.gain, self.shift, self.eps)\n"),
)
library_block = accepts(
    edit(
        "        self.attention = MultiHeadAttention(d_model, num_heads)\n",
        "        self.layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)\n",
    ),
    edit("h = self.norm1(x)", "return self.layer(x, src_mask=None if mask is None else ~mask)"),
    edit(
        "        self.feed_forward = nn.Sequential(\n"
        "            nn.Linear(d_model, d_ff),\n"
        "            nn.ReLU(),\n"
        "            nn.Linear(d_ff, d_model),\n"
        "        )\n"
        "        self.norm1 = LayerNorm(d_model)\n"
        "        self.norm2 = LayerNorm(d_model)\n",
        "",
    ),
)
no_gain_in_the_norm = accepts(
    edit("        self.gain = nn.Parameter(torch.ones(d_model))\n", ""),
    edit("        self.shift = nn.Parameter(torch.zeros(d_model))\n", ""),
    edit("self.gain * normal + self.shift", "normal"),
)

# --- mistakes: the normalisation ---------------------------------------------------------------

unbiased_variance = misconception(
    edit("centred.square().mean(dim=-1, keepdim=True)", "x.var(dim=-1, keepdim=True)"),
    en="The variance divides by D - 1, as Tensor.var and Tensor.std do by default. Layer normalisation divides by D: pass "
    "unbiased=False.",
    ja="分散を D - 1 で割っています。Tensor.var や Tensor.std の既定の動作です。層正規化では D で割ります。unbiased=False を渡しましょう。",
)
epsilon_outside_the_root = misconception(
    edit("torch.sqrt(variance + self.eps)", "(torch.sqrt(variance) + self.eps)"),
    en="Epsilon is added after the root. Inside it, as in sqrt(variance + eps), it also keeps the gradient of the root finite "
    "where a row is constant.",
    ja="ε を根号の外で足しています。sqrt(分散 + ε) のように中で足すと、値がそろった行でも根号の勾配が無限大になりません。",
)
no_epsilon = misconception(
    edit("variance + self.eps", "variance"),
    en="There is no epsilon: a row of equal values divides 0 by 0, and one NaN spoils everything after it. Add eps inside the "
    "root.",
    ja="ε がありません。全部同じ値の行で 0/0 になり、1 つの NaN がその先をすべて壊します。根号の中で eps を足しましょう。",
)
divided_by_the_variance = misconception(
    edit("torch.sqrt(variance + self.eps)", "(variance + self.eps)"),
    en="It divides by the variance instead of its root, the standard deviation; the result does not have variance 1.",
    ja="標準偏差（分散の平方根）ではなく、分散そのもので割っています。これでは分散が 1 になりません。",
)
normalised_over_time = misconception(
    edit("x.mean(dim=-1, keepdim=True)", "x.mean(dim=1, keepdim=True)"),
    edit("centred.square().mean(dim=-1, keepdim=True)", "centred.square().mean(dim=1, keepdim=True)"),
    en="The mean is taken over time instead of over the D values of one position. So a position sees the others, the future "
    "too. Use the last axis.",
    ja="1 つの位置の D 個の値ではなく、時間の軸で平均しています。これではほかの位置が、未来まで見えてしまいます。最後の軸を使いましょう。",
)
mean_not_subtracted = misconception(
    edit("x - x.mean(dim=-1, keepdim=True)", "x"),
    en="The mean is not subtracted. (That is RMSNorm, another normalisation.) Centre first, then divide by the root of the "
    "variance.",
    ja="平均を引いていません（それは RMSNorm という別の正規化です）。まず平均を引き、それから標準偏差で割りましょう。",
)
gain_forgotten = misconception(
    edit("self.gain * normal + self.shift", "normal + self.shift"),
    en="The gain is made but not used: the normalised values are never multiplied by it, and it never learns.",
    ja="倍率 γ を作ったのに使っていません。正規化した値に掛けていないので、学習されることもありません。",
)

# --- mistakes: the block -----------------------------------------------------------------------

no_residual_around_attention = misconception(
    edit("x + self.dropout(attended)", "self.dropout(attended)"),
    en="The input is not added back to the attention's output. Without the residual connection what a position was itself is "
    "lost, and deep stacks do not train. Add x.",
    ja="attention の出力に入力を足し戻していません。残差接続がないと、その位置自身の情報が失われ、深く積んだとき学習が進みません。x を足しましょう。",
)
no_residual_around_feed_forward = misconception(
    edit("x + self.dropout(thought)", "self.dropout(thought)"),
    en="The input is not added back to the feed-forward output. Both stages have a residual connection; add x here too.",
    ja="全結合の出力に入力を足し戻していません。残差接続は 2 つの段の両方に付きます。ここでも x を足しましょう。",
)
residual_from_the_normalised = misconception(
    edit("attended, _ = self", "x = h\n        attended, _ = self"),
    en="The normalised input is added back instead of the input itself, because x was overwritten. The straight path through "
    "the block is cut; keep the normalised one under another name.",
    ja="入力そのものではなく、正規化した後の値を足し戻しています（x を上書きしたためです）。まっすぐな通り道が切れてしまいます。正規化した値は別の名前に"
    "しましょう。",
)
second_residual_from_the_start = misconception(
    edit("x = x + self.dropout(attended)", "start = x\n        x = x + self.dropout(attended)"),
    edit("x + self.dropout(thought)", "start + self.dropout(thought)"),
    en="The second sum adds the input of the block again instead of the result of the first stage; what the attention found "
    "is dropped from the straight path.",
    ja="2 段目の足し算で、1 段目の結果ではなくブロックの入力を足しています。attention が見つけたものが、まっすぐな通り道から落ちてしまいます。",
)
one_norm_for_both = misconception(
    edit("self.norm2(x", "self.norm1(x"),
    en="One normalisation serves both stages. Each needs its own: share nothing but the class. The second one is never "
    "trained.",
    ja="1 つの正規化を 2 つの段で使い回しています。段ごとに自分の正規化が必要です。2 つ目はまったく学習されません。",
)
second_norm_missing = misconception(
    edit("h = self.norm2(x)", "h = x"),
    en="The feed-forward stage has no normalisation. Both stages have one.",
    ja="全結合の段に正規化がありません。正規化は両方の段に付きます。",
)
only_the_query_normalised = misconception(
    edit("self.attention(h, h, h, mask)", "self.attention(h, x, x, mask)"),
    en="Only the query is normalised; keys and values come from the raw input. In self-attention all three are the same: "
    "normalise once and pass it three times.",
    ja="query だけを正規化し、key と value は正規化前の入力から作っています。self-attention では 3 つとも同じものです。一度正規化して 3 回渡しましょう。",
)
norm_on_the_branch = misconception(
    edit("h = self.norm1(x)", "h = x"),
    edit("self.dropout(attended)", "self.norm1(self.dropout(attended))"),
    edit("h = self.norm2(x)", "h = x"),
    edit("self.dropout(thought)", "self.norm2(self.dropout(thought))"),
    en="The output of each stage is normalised, then added. Pre-norm normalises what goes into the stage, post-norm the sum; "
    "this does neither, and the straight path grows from block to block.",
    ja="段の出力を正規化してから足しています。pre-norm は段に入る値を、post-norm は足した後の値を正規化します。これはどちらでもなく、ブロックを重ねる"
    "たびに値が大きくなります。",
)
no_activation = misconception(
    edit("            nn.ReLU(),\n", ""),
    en="There is no activation between the two linear layers, so together they are one linear layer and nothing is gained by "
    "the width d_ff. Put a ReLU between them.",
    ja="2 つの線形層の間に活性化関数がありません。これでは合わせて 1 つの線形層と同じで、d_ff に広げた意味がなくなります。間に ReLU を入れましょう。",
)
activation_at_the_end = misconception(
    edit(
        "            nn.ReLU(),\n            nn.Linear(d_ff, d_model),\n",
        "            nn.Linear(d_ff, d_model),\n            nn.ReLU(),\n",
    ),
    en="The activation comes after the second linear layer. Then a stage can only ever add, never take away, and the two linear "
    "layers are one. It belongs between them.",
    ja="活性化関数が 2 つ目の線形層の後にあります。これでは足すことしかできず、2 つの線形層も 1 つと同じです。間に置きましょう。",
)
attention_scaled_by_d_model = misconception(
    *multi_head.scale_by_d_model.edits,
    en="The block is put together rightly; it is the attention inside that divides its scores by sqrt(d_model) instead of the root of "
    "a head's width, d_model / num_heads.",
    ja="ブロックの組み立ては正しくできています。中の attention が、点数をヘッドの幅 d_model / num_heads の平方根ではなく √d_model で割っています。",
)
attention_not_scaled = misconception(
    *multi_head.no_scale.edits,
    en="The block is put together rightly; it is the attention inside that does not divide its scores by sqrt(d_h).",
    ja="ブロックの組み立ては正しくできています。中の attention が、点数を √d_h で割っていません。",
)
attention_of_one_small_matrix = misconception(
    *multi_head.one_small_matrix.edits,
    en="The block is put together rightly; it is the attention inside that cuts the columns into heads first and projects every head "
    "with one Linear(d_h, d_h). Project the whole vector, and cut afterwards.",
    ja="ブロックの組み立ては正しくできています。中の attention が、先に列をヘッドに切り、全ヘッド共通の Linear(d_h, d_h) で射影しています。"
    "ベクトル全体を射影してから切りましょう。",
)
attention_of_one_small_matrix_scaled_by_d_model = misconception(
    *multi_head.one_small_matrix_and_scale_by_d_model.edits,
    en="The block is put together rightly; two things are wrong in the attention inside. It cuts the columns into heads first and "
    "projects every head with one Linear(d_h, d_h), and it divides the scores by sqrt(d_model) instead of sqrt(d_h).",
    ja="ブロックの組み立ては正しくできています。中の attention に 2 つまちがいがあります。先に列をヘッドに切って全ヘッド共通の Linear(d_h, d_h) で"
    "射影していることと、点数を √d_h ではなく √d_model で割っていることです。",
)
mask_not_passed_on = misconception(
    edit("(h, h, h, mask)", "(h, h, h)"),
    en="The mask is taken but not passed on to the attention, so every position sees its future. Hand it over.",
    ja="受け取った mask を attention に渡していません。どの位置からも未来が見えてしまいます。引数として渡しましょう。",
)
dropout_in_evaluation = misconception(
    edit("self.dropout(attended)", "F.dropout(attended, 0.1)"),
    en="Dropout stays on in evaluation: F.dropout does so unless told training=self.training. Use the nn.Dropout module.",
    ja="評価モードでも dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まりません。nn.Dropout を使いましょう。",
)
flattened = misconception(
    edit("return x + self.dropout(thought)", "return (x + self.dropout(thought)).flatten(1)"),
    en="The block flattens its output to (B, T * D). Blocks are stacked, so what comes out has the shape of what went in: "
    "(B, T, D).",
    ja="ブロックの出力を (B, T * D) に平らにしています。ブロックは積み重ねるので、出力は入力と同じ (B, T, D) の形でなければなりません。",
)
