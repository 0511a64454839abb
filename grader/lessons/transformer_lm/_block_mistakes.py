"""Mistakes people make in LayerNorm and EncoderBlock."""

from grader.checks import edit, misconception
from grader.lessons.transformer_lm import _heads_layout_mistakes, _heads_mistakes

# --- mistakes: the normalisation ---------------------------------------------------------------

unbiased_variance = misconception(
    edit("centred.square().mean(dim=-1, keepdim=True)", "x.var(dim=-1, keepdim=True)"),
    en="The variance divides by D - 1, as Tensor.var and Tensor.std do by default. Layer normalisation divides by D: pass "
    "unbiased=False.",
    ja="分散を D - 1 で割っています。Tensor.var や Tensor.std の既定の動作です。層正規化では D で割ります。unbiased=False を渡しましょう。",
)
variance_without_the_mean = misconception(
    edit("centred.square().mean(dim=-1, keepdim=True)", "x.square().mean(dim=-1, keepdim=True)"),
    en="The variance is the mean of the squares of x itself. It is that of the deviations: take the mean from x first, and square what is left.",
    ja="分散のかわりに、x そのものの 2 乗の平均をとっています。先に x から平均を引き、残りを 2 乗して平均しましょう。",
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
normalised_over_the_sentence = misconception(
    edit("x.mean(dim=-1, keepdim=True)", "x.mean(dim=tuple(range(1, x.dim())), keepdim=True)"),
    edit(
        "centred.square().mean(dim=-1, keepdim=True)",
        "centred.square().mean(dim=tuple(range(1, x.dim())), keepdim=True)",
    ),
    en="Mean and variance are taken over all positions of a sentence together, time and features. Each position is normalised by "
    "itself, or it sees the others, the future too: the last axis alone.",
    ja="平均と分散を、1 文の全位置まとめて（時間と特徴の両方の軸で）とっています。正規化は位置ごとに、最後の軸だけで行います。そうしないとほかの位置が、未来まで見えてしまいます。",
)
normalised_over_everything = misconception(
    edit("x.mean(dim=-1, keepdim=True)", "x.mean()"),
    edit("centred.square().mean(dim=-1, keepdim=True)", "centred.square().mean()"),
    en="One mean and one variance are taken over the whole batch. Each position is normalised by itself: dim=-1, keepdim=True.",
    ja="バッチ全体で 1 つの平均と分散をとっています。正規化は位置ごとに行います。dim=-1, keepdim=True を付けましょう。",
)
normalised_over_the_batch = misconception(
    edit("x.mean(dim=-1, keepdim=True)", "x.mean(dim=0, keepdim=True)"),
    edit("centred.square().mean(dim=-1, keepdim=True)", "centred.square().mean(dim=0, keepdim=True)"),
    en="The mean is taken over the batch: that is batch normalisation, and sentences influence each other. Use the last axis.",
    ja="バッチの軸で平均しています。それはバッチ正規化で、文どうしが影響し合います。最後の軸を使いましょう。",
)
epsilon_ignored = misconception(
    edit("variance + self.eps", "variance + 1e-5"),
    en="The eps that is passed in is not used: a fixed number stands in its place. Keep it in __init__ and use self.eps.",
    ja="渡された eps を使わず、決まった数を書いています。__init__ で取っておき、self.eps を使いましょう。",
)
epsilon_squared = misconception(
    edit("variance + self.eps", "variance + self.eps**2"),
    en="Epsilon is squared inside the root. It is added to the variance as it is.",
    ja="根号の中の ε を 2 乗しています。分散にそのまま足します。",
)
divided_by_d_minus_two = misconception(
    edit(
        "centred.square().mean(dim=-1, keepdim=True)", "centred.square().sum(dim=-1, keepdim=True) / (x.size(-1) - 2)"
    ),
    en="The variance divides by D - 2. It is the mean of the squares: divide by D.",
    ja="分散を D - 2 で割っています。2 乗の平均なので、D で割ります。",
)
mean_of_absolute_values = misconception(
    edit("torch.sqrt(variance + self.eps)", "(centred.abs().mean(dim=-1, keepdim=True) + self.eps)"),
    en="It divides by the mean of the absolute values, not by the standard deviation, the root of the mean of the squares.",
    ja="標準偏差（2 乗の平均の平方根）ではなく、絶対値の平均で割っています。",
)
gain_starts_at_zero = misconception(
    edit("nn.Parameter(torch.ones(d_model))", "nn.Parameter(torch.zeros(d_model))"),
    en="The gain of a new LayerNorm is zero, so everything that it is given becomes zero, and the layers behind it learn nothing for a long "
    "time. Start the gain at ones and the shift at zeros.",
    ja="作ったばかりの LayerNorm の倍率が 0 なので、何を渡しても 0 になり、その先の層が長いあいだ学習できません。倍率は 1、ずれは 0 から始めましょう。",
)
shift_starts_at_one = misconception(
    edit("nn.Parameter(torch.zeros(d_model))", "nn.Parameter(torch.ones(d_model))"),
    en="The shift of a new LayerNorm is one, so what comes out has mean 1 instead of 0. Start the gain at ones and the shift at zeros.",
    ja="作ったばかりの LayerNorm のずれが 1 なので、出力の平均が 0 でなく 1 になります。倍率は 1、ずれは 0 から始めましょう。",
)
shift_forgotten = misconception(
    edit("self.gain * normal + self.shift", "self.gain * normal"),
    en="The shift is made but not used: it is never added, and never learns.",
    ja="ずれ β を作ったのに使っていません。足していないので、学習されることもありません。",
)
gain_on_the_input = misconception(
    edit("self.gain * normal + self.shift", "self.gain * (normal + self.shift)"),
    en="The gain multiplies the shift as well. First times the gain, then plus the shift.",
    ja="倍率がずれにも掛かっています。倍率を掛けてから、ずれを足します。",
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
    ja="Attention の出力に入力を足し戻していません。残差接続がないと、その位置自身の情報が失われ、深く積んだとき学習が進みません。x を足しましょう。",
)
no_residual_around_feed_forward = misconception(
    edit("x + self.dropout(thought)", "self.dropout(thought)"),
    en="The input is not added back to the feed-forward output. Both stages have a residual connection; add x here too.",
    ja="全結合の出力に入力を足し戻していません。残差接続は 2 つの段の両方に付きます。ここでも x を足しましょう。",
)
no_residual_at_all = misconception(
    edit("x + self.dropout(attended)", "self.dropout(attended)"),
    edit("x + self.dropout(thought)", "self.dropout(thought)"),
    en="Neither stage adds its input back. Both have a residual connection: x + attention, then x + feed-forward.",
    ja="どちらの段でも入力を足し戻していません。残差接続は 2 つの段の両方に付きます。x + Attention、次に x + 全結合です。",
)
x_changed_in_place = misconception(
    edit("x = x + self.dropout(attended)", "x += self.dropout(attended)"),
    en="x += ... changes the tensor that was passed in, which whoever passed it still has. Write x = x + ..., which makes a new one.",
    ja="x += … は、渡されたテンソルそのものを書き換えます。渡した側はまだそれを持っています。新しいテンソルを作る x = x + … の形にしましょう。",
)
no_feed_forward = misconception(
    edit("return x + self.dropout(thought)", "return x"),
    en="The second stage is missing: the block looks, but does not think. After the attention comes the feed-forward network, with its "
    "own normalisation and residual connection.",
    ja="2 段目がありません。見るだけで、考えていません。Attention の後に、正規化と残差接続の付いた全結合の段が続きます。",
)
no_normalisation = misconception(
    edit("h = self.norm1(x)", "h = x"),
    edit("h = self.norm2(x)", "h = x"),
    en="Neither stage has a normalisation. Each has its own, before the stage or after the sum.",
    ja="どちらの段にも正規化がありません。それぞれの段の前か、足し算の後に、自分の正規化を置きましょう。",
)
first_norm_missing = misconception(
    edit("h = self.norm1(x)", "h = x"),
    en="The attention stage has no normalisation. Both stages have one.",
    ja="Attention の段に正規化がありません。正規化は両方の段に付きます。",
)
stages_side_by_side = misconception(
    edit("h = self.norm2(x)\n        thought", "h = self.norm2(x - self.dropout(attended))\n        thought"),
    en="Both stages read the input of the block, side by side. The second one thinks about what the first has found: it reads their sum.",
    ja="2 つの段がどちらもブロックの入力を読んでいて、横に並んでいます。2 段目は 1 段目の結果を足した x を読みます。",
)
stages_in_the_other_order = misconception(
    edit(
        "        h = self.norm1(x)\n"
        "        attended, _ = self.attention(h, h, h, mask)  # (B, T, D)\n"
        "        x = x + self.dropout(attended)\n"
        "        h = self.norm2(x)\n"
        "        thought = self.feed_forward(h)  # (B, T, D)\n"
        "        return x + self.dropout(thought)\n",
        "        x = x + self.dropout(self.feed_forward(self.norm2(x)))\n"
        "        h = self.norm1(x)\n"
        "        return x + self.dropout(self.attention(h, h, h, mask)[0])\n",
    ),
    en="The stages stand in the other order: it thinks first and looks afterwards. Attention comes first.",
    ja="段の順番が逆で、考えてから見ています。先に Attention です。",
)
residual_from_the_normalised = misconception(
    edit("attended, _ = self", "x = h\n        attended, _ = self"),
    en="The normalised input is added back instead of the input itself, because x was overwritten. The straight path through "
    "the block is cut; keep the normalised one under another name.",
    ja="入力そのものではなく、正規化した後の値を足し戻しています（x を上書きしたためです）。まっすぐな通り道が切れてしまいます。正規化した値は別の名前に"
    "しましょう。",
)
residuals_from_the_normalised = misconception(
    edit("attended, _ = self", "x = h\n        attended, _ = self"),
    edit("x + self.dropout(thought)", "self.norm2(x) + self.dropout(thought)"),
    en="In both stages the normalised input is added back instead of the input itself, because x was overwritten. The straight path through "
    "the block is cut; keep the normalised one under another name.",
    ja="どちらの段でも、入力そのものではなく、正規化した後の値を足し戻しています（x を上書きしたためです）。まっすぐな通り道が切れてしまいます。正規化した値は別の名前に"
    "しましょう。",
)
second_residual_from_the_start = misconception(
    edit("x = x + self.dropout(attended)", "start = x\n        x = x + self.dropout(attended)"),
    edit("x + self.dropout(thought)", "start + self.dropout(thought)"),
    en="The second sum adds the input of the block again instead of the result of the first stage; what the attention found "
    "is dropped from the straight path.",
    ja="2 段目の足し算で、1 段目の結果ではなくブロックの入力を足しています。Attention が見つけたものが、まっすぐな通り道から落ちてしまいます。",
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
    ja="query だけを正規化し、key と value は正規化前の入力から作っています。Self-Attention では 3 つとも同じものです。一度正規化して 3 回渡しましょう。",
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
    *_heads_mistakes.scale_by_d_model.edits,
    en="The block is put together rightly; it is the attention inside that divides its scores by sqrt(d_model) instead of the root of "
    "a head's width, d_model / num_heads.",
    ja="ブロックの組み立ては正しくできています。中の Attention が、スコアをヘッドの幅 d_model / num_heads の平方根ではなく √d_model で割っています。",
)
attention_not_scaled = misconception(
    *_heads_layout_mistakes.no_scale.edits,
    en="The block is put together rightly; it is the attention inside that does not divide its scores by sqrt(d_h).",
    ja="ブロックの組み立ては正しくできています。中の Attention が、スコアを √d_h で割っていません。",
)
attention_of_one_small_matrix = misconception(
    *_heads_layout_mistakes.one_small_matrix.edits,
    en="The block is put together rightly; it is the attention inside that cuts the columns into heads first and projects every head "
    "with one Linear(d_h, d_h). Project the whole vector, and cut afterwards.",
    ja="ブロックの組み立ては正しくできています。中の Attention が、先に列をヘッドに切り、全ヘッド共通の Linear(d_h, d_h) で射影しています。"
    "ベクトル全体を射影してから切りましょう。",
)
attention_of_one_small_matrix_scaled_by_d_model = misconception(
    *_heads_layout_mistakes.one_small_matrix_and_scale_by_d_model.edits,
    en="The block is put together rightly; two things are wrong in the attention inside. It cuts the columns into heads first and "
    "projects every head with one Linear(d_h, d_h), and it divides the scores by sqrt(d_model) instead of sqrt(d_h).",
    ja="ブロックの組み立ては正しくできています。中の Attention に 2 つ間違いがあります。先に列をヘッドに切って全ヘッド共通の Linear(d_h, d_h) で"
    "射影していることと、スコアを √d_h ではなく √d_model で割っていることです。",
)
mask_not_passed_on = misconception(
    edit("(h, h, h, mask)", "(h, h, h)"),
    en="The mask is taken but not passed on to the attention, so every position sees its future. Hand it over.",
    ja="受け取った mask を Attention に渡していません。どの位置からも未来が見えてしまいます。引数として渡しましょう。",
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
residual_halved = misconception(
    edit("x = x + self.dropout(attended)", "x = (x + self.dropout(attended)) / 2"),
    edit("return x + self.dropout(thought)", "return (x + self.dropout(thought)) / 2"),
    en="x and the layer's output are averaged, not added. With every stage half of what was there is lost, and after a few blocks hardly anything of the input is "
    "left. The residual connection is a sum: x + layer(x).",
    ja="x と層の出力を足さずに、平均しています。段を通るたびにもとの値が半分になり、数ブロックで入力がほとんど残りません。残差接続は和 x + 層(x) です。",
)
width_of_the_feed_forward_fixed = misconception(
    edit("nn.Linear(d_model, d_ff)", "nn.Linear(d_model, 4 * d_model)"),
    edit("nn.Linear(d_ff, d_model)", "nn.Linear(4 * d_model, d_model)"),
    en="d_ff stands in the signature and does nothing: the feed-forward layer is always 4 * d_model wide. Make it d_ff wide.",
    ja="引数の d_ff が使われず、全結合の幅がいつも 4 * d_model です。幅を d_ff にしましょう。",
)
