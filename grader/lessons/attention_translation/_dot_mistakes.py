"""Mistakes people make in scaled_dot_product_attention."""

from grader.checks import edit, misconception

no_scale = misconception(
    edit(" / math.sqrt(q.size(-1))", ""),
    en="The scores are not divided by sqrt(d). With large d the dot products grow, the softmax sticks to one key and hardly "
    "any gradient flows. Divide the scores by math.sqrt(q.size(-1)) before the softmax.",
    ja="スコアを √d で割っていません。d が大きいと内積が大きくなり、softmax が 1 つの key に張りついて勾配がほとんど流れません。"
    "softmax の前に math.sqrt(q.size(-1)) で割りましょう。",
)
scale_by_d = misconception(
    edit("math.sqrt(q.size(-1))", "q.size(-1)"),
    en="The scores are divided by d instead of sqrt(d), or by sqrt(d) twice, which is the same. All scores come close to 0 and "
    "every key gets nearly the same weight. Divide once, by the square root.",
    ja="√d ではなく d で割っています（√d で 2 回割っても同じことです）。スコアが 0 に近づき、どの key の重みもほとんど同じになってしまいます。"
    "平方根で 1 回だけ割りましょう。",
)
multiplied_by_root = misconception(
    edit("/ math.sqrt(q.size(-1))", "* math.sqrt(q.size(-1))"),
    en="The scores are multiplied by sqrt(d), not divided by it. That makes the large scores of a large d larger still. "
    "Divide instead.",
    ja="√d で割るところを、掛けています。d が大きいほど大きくなるスコアを、さらに大きくしてしまいます。割り算にしましょう。",
)
scale_from_length = misconception(
    edit("q.size(-1)", "k.size(-2)"),
    en="The scale is the square root of the number of keys, not of d. The scores would shrink with the length of the sentence. "
    "What is summed in the dot product is the last axis: q.size(-1).",
    ja="d ではなく key の個数の平方根で割っています。これでは文が長いほどスコアが小さくなります。内積で足しあわせるのは最後の軸なので、"
    "q.size(-1) を使いましょう。",
)
scale_from_values = misconception(
    edit("q.size(-1)", "v.size(-1)"),
    en="The scale is the square root of the size of the values. The dot product runs over the d of query and key; values may "
    "have another size. Use q.size(-1).",
    ja="value の次元の平方根で割っています。内積をとるのは query と key の d 次元で、value の次元は別のこともあります。q.size(-1) を使いましょう。",
)
scale_lost_when_masked = misconception(
    edit("scores.masked_fill(", "(q @ k.transpose(-2, -1)).masked_fill("),
    en="The scale is lost when there is a mask: the mask is put on the scores before they were divided. Without a mask "
    "everything looks right, so this one hides well. Mask the scaled scores.",
    ja="マスクがあるときだけ、スケーリングが消えています。割る前のスコアにマスクをかけているためです。マスクなしでは正しく見えるので気づきにくい"
    "間違いです。割った後のスコアにマスクをかけましょう。",
)
softmax_before_scale = misconception(
    edit(" / math.sqrt(q.size(-1))", ""),
    edit("torch.softmax(scores, dim=-1)", "torch.softmax(scores, dim=-1) / math.sqrt(q.size(-1))"),
    en="The division by sqrt(d) comes after the softmax. The weights then no longer sum to 1, and the softmax has stuck to one "
    "key already. Divide the scores, then take the softmax.",
    ja="softmax の後に √d で割っています。これでは重みの和が 1 になりませんし、softmax はもう 1 点に張りついています。先にスコアを割り、"
    "それから softmax をとりましょう。",
)
softmax_over_queries = misconception(
    edit("dim=-1)", "dim=-2)"),
    en="The softmax runs over the queries. Then each key shares itself out among the queries, and the weights of a query do not "
    "sum to 1. Take it over the keys, dim=-1.",
    ja="softmax を query の方向にとっています。key が query に自分を配ることになり、1 本の query の重みの和が 1 になりません。"
    "key の方向、dim=-1 でとりましょう。",
)
softmax_over_batch = misconception(
    edit("dim=-1)", "dim=0)"),
    en="The softmax runs over the batch, so the sentences of a batch compete with each other. F.softmax without dim does this "
    "to a 3-dimensional tensor. Say dim=-1.",
    ja="softmax をバッチの方向にとっているので、バッチ内の文どうしが注意を奪いあっています。F.softmax で dim を省くと、3 次元テンソルでは"
    "こうなります。dim=-1 と書きましょう。",
)
softmax_over_everything = misconception(
    edit("torch.softmax(scores, dim=-1)", "torch.softmax(scores.flatten(1), dim=-1).view_as(scores)"),
    en="One softmax runs over all pairs of query and key at once. The weights of the whole table sum to 1 and each query gets "
    "only a part of its share. Every query needs a softmax of its own, over the last axis.",
    ja="query と key の組すべてに対して、softmax を 1 回だけとっています。表全体の和が 1 になり、1 本の query に渡るのはその一部です。"
    "softmax は query ごとに、最後の軸でとりましょう。",
)
no_softmax = misconception(
    edit("torch.softmax(scores, dim=-1)", "scores"),
    en="The softmax is missing: the values are added up with raw scores, which may be negative and sum to anything. Turn the "
    "scores into a distribution first.",
    ja="softmax がありません。負にもなり、和も決まらない生のスコアのまま value を足しています。まずスコアを確率分布に直しましょう。",
)
scores_returned = misconception(
    edit("weights @ v, weights", "weights @ v, scores"),
    en="The scores are returned in the place of the weights. The output is right, but a heat map of this would show negative "
    "numbers. Return what came out of the softmax.",
    ja="重みの代わりにスコアを返しています。出力は正しいのですが、ヒートマップにすると負の数が並びます。softmax の結果を返しましょう。",
)
log_weights_returned = misconception(
    edit("weights @ v, weights", "weights @ v, torch.log_softmax(scores, dim=-1)"),
    en="The logarithms of the weights are returned. log_softmax is for a loss; what is looked at here are the probabilities. "
    "Return the softmax itself.",
    ja="重みの対数を返しています。log_softmax は損失の計算に使うもので、ここで見たいのは確率です。softmax の結果をそのまま返しましょう。",
)
swapped_returns = misconception(
    edit("weights @ v, weights", "weights, weights @ v"),
    en="Output and weights are returned in the wrong order. The output comes first: out, weights.",
    ja="出力と重みを返す順番が逆です。出力が先、重みが後です。",
)
keys_as_values = misconception(
    edit("weights @ v,", "weights @ k,"),
    en="The keys are averaged instead of the values. The key says where to look, the value what is found there: weights @ v.",
    ja="value ではなく key を平均しています。key は「どこを見るか」を決めるもの、value は「そこにある中身」です。weights @ v としましょう。",
)
query_and_key_swapped = misconception(
    edit("q @ k.transpose(-2, -1)", "k @ q.transpose(-2, -1)"),
    en="Query and key are swapped: the rows of the scores are the keys. With as many queries as keys nothing crashes, and it is "
    "wrong all the same. Rows belong to those who ask: q @ k.transpose(-2, -1).",
    ja="query と key が入れ替わり、スコアの行が key になっています。個数が同じだとエラーにならず、静かに間違います。"
    "行は「尋ねる側」です。q @ k.transpose(-2, -1) としましょう。",
)
view_for_transpose = misconception(
    edit("k.transpose(-2, -1)", "k.reshape(k.size(0), k.size(2), k.size(1))"),
    en="The keys are reshaped where they should be transposed. view and reshape keep the numbers in a row and only cut it "
    "elsewhere, so parts of different words get mixed. Use transpose(-2, -1).",
    ja="key を転置するところで reshape（view）を使っています。view や reshape は並んだ数を切り直すだけなので、別々の語の成分が混ざってしまいます。"
    "transpose(-2, -1) を使いましょう。",
)
cosine_scores = misconception(
    edit("q @ k.transpose(-2, -1)", "F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1)"),
    en="Query and key are normalised to length 1 first. That is cosine similarity: scores between -1 and 1, which leave every key "
    "nearly the same weight. The dot product itself is meant.",
    ja="query と key を長さ 1 に正規化しています。それはコサイン類似度で、スコアが -1 から 1 に収まり、どの key もほぼ同じ重みになります。"
    "ここで使うのは内積そのものです。",
)
mask_flipped = misconception(
    edit("scores.masked_fill(~mask", "scores.masked_fill(mask"),
    edit("weights.masked_fill(~mask", "weights.masked_fill(mask"),
    en="The mask is read the wrong way round: what may be looked at is hidden. Here True means allowed, as in "
    "F.scaled_dot_product_attention; nn.MultiheadAttention means the opposite. Fill where ~mask.",
    ja="マスクの True と False を逆に読んでいて、見てよい場所が隠れています。ここでは F.scaled_dot_product_attention と同じく True が「見てよい」です"
    "（nn.MultiheadAttention は逆です）。~mask の場所を埋めましょう。",
)
masked_score_zero = misconception(
    edit("torch.finfo(scores.dtype).min", "-1e-9"),
    edit("weights.masked_fill(~mask, 0.0)", "weights"),
    en="The masked scores are 0, or as good as 0 such as -1e-9. exp(0) is 1, not 0, so masked places still get attention. The "
    "score has to be hugely negative: -1e9, not -1e-9.",
    ja="マスクしたスコアが 0（または -1e-9 のようにほぼ 0）です。exp(0) は 0 ではなく 1 なので、マスクした場所にも注意が向きます。"
    "-1e-9 ではなく -1e9 のように、大きな負の数にしましょう。",
)
mask_not_assigned = misconception(
    edit("scores = scores.masked_fill(", "scores.masked_fill("),
    edit("weights.masked_fill(~mask, 0.0)", "weights"),
    en="The result of masked_fill is thrown away, so nothing is masked. masked_fill gives a new tensor and leaves the old one as "
    "it is: assign it, or use masked_fill_ with the underscore.",
    ja="masked_fill の結果を捨てているので、マスクがかかっていません。masked_fill は新しいテンソルを返し、元のテンソルは変わりません。"
    "代入するか、_ の付いた masked_fill_ を使いましょう。",
)
mask_after_softmax = misconception(
    edit("scores = scores.masked_fill(", "scores.masked_fill("),
    en="The mask comes after the softmax. The masked weights are 0, but what is left no longer sums to 1, because the masked "
    "places have taken their share already. Mask the scores before the softmax.",
    ja="softmax の後にマスクをかけています。マスクした重みは 0 でも、その分はもう取られた後なので、残りの和が 1 になりません。"
    "softmax の前のスコアにマスクをかけましょう。",
)
mask_added = misconception(
    edit("scores.masked_fill(~mask, torch.finfo(scores.dtype).min)", "scores + mask"),
    edit("weights.masked_fill(~mask, 0.0)", "weights"),
    en="The boolean mask is added to the scores. True counts as 1 there, so what is allowed gets one point more and nothing is "
    "hidden. An additive mask holds 0 and -inf; this one holds True and False: use masked_fill.",
    ja="真偽値のマスクをスコアに足しています。True は 1 として足されるので、見てよい場所が 1 点高くなるだけで、何も隠れません。足し算で使うマスクは"
    " 0 と -inf でできています。真偽値なら masked_fill を使いましょう。",
)
naive_exponential = misconception(
    edit("torch.softmax(scores, dim=-1)", "torch.exp(scores) / torch.exp(scores).sum(dim=-1, keepdim=True)"),
    en="The softmax is written as exp / sum, which overflows: in float32 exp(89) is infinite, and inf / inf is NaN. torch.softmax "
    "subtracts the largest score of each row first, which changes nothing else.",
    ja="softmax を exp / 和 のまま計算しているので、あふれます。float32 では exp(89) が無限大になり、inf / inf は NaN です。"
    "torch.softmax は、行の最大値を先に引いてこれを防いでいます（結果は変わりません）。",
)
nan_where_nothing_allowed = misconception(
    edit("torch.finfo(scores.dtype).min", 'float("-inf")'),
    edit("weights.masked_fill(~mask, 0.0)", "weights"),
    en="A query that may look nowhere gets NaN: the softmax over nothing but -inf is 0/0. One NaN spoils the loss and then every "
    "weight. Set those rows to 0, for example with masked_fill after the softmax.",
    ja="どこも見られない query の結果が NaN です。-inf ばかりの softmax は 0/0 になるからです。NaN が 1 つでもあると、損失も、続いてすべての重みも"
    "壊れます。softmax の後にもう一度 masked_fill するなどして 0 にしましょう。",
)
uniform_where_nothing_allowed = misconception(
    edit("weights.masked_fill(~mask, 0.0)", "weights"),
    en="A query that may look nowhere looks everywhere: where all scores are the same large negative number, the softmax shares "
    "attention out evenly, over padding. Set the masked weights to 0 after the softmax too.",
    ja="どこも見られないはずの query が、全体を均等に見ています。全部のスコアが同じ大きな負の数だと、softmax は注意を等分し、パディングまで見て"
    "しまいます。softmax の後でも、マスクした重みを 0 にしましょう。",
)
query_changed_in_place = misconception(
    edit(
        "scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))",
        "q /= math.sqrt(q.size(-1))\n    scores = q @ k.transpose(-2, -1)",
    ),
    en="The query passed in is changed in place: q /= ... writes into the caller's tensor, so a second call gets a query that "
    "was scaled already. Write q = q / ... or scale the scores.",
    ja="渡された query を書き換えています。q /= ... は呼び出し側のテンソルに書き込むので、2 回目の呼び出しではもう割られた query が渡ります。"
    "q = q / ... とするか、スコアのほうを割りましょう。",
)
weights_detached = misconception(
    edit("weights = torch.softmax(scores, dim=-1)", "weights = torch.softmax(scores, dim=-1).detach()"),
    en="The weights are cut off from the gradient, by detach(), .data, torch.tensor(...) or no_grad(). The values are right, but "
    "where to look can never be learned. Keep everything tensor operations.",
    ja="重みが勾配から切り離されています（detach()、.data、torch.tensor(...)、no_grad() など）。値は正しくても、「どこを見るか」をいつまでも"
    "学習できません。テンソルの演算のまま計算しましょう。",
)
masked_score_too_small = misconception(
    edit("torch.finfo(scores.dtype).min", "-100.0"),
    edit("weights.masked_fill(~mask, 0.0)", "weights.masked_fill(~mask.any(dim=-1, keepdim=True), 0.0)"),
    en="The masked scores are not small enough. Scores of real keys can be below -100 themselves, and then a masked key wins. Take a hugely "
    "negative number such as -1e9.",
    ja="マスクしたスコアの小ささが足りません。本物の key のスコアが -100 を下回ることもあり、そのときはマスクした key が勝ってしまいます。-1e9 のような"
    "桁違いに小さい数を使いましょう。",
)
output_of_unmasked_weights = misconception(
    edit("weights @ v, weights", "torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.size(-1)), dim=-1) @ v, weights"),
    en="The weights that are returned are masked, but the output is made of unmasked ones. The picture looks right and the padding is read all the same. "
    "Mask first, then multiply by v.",
    ja="返している重みにはマスクがかかっていますが、出力はマスク前の重みで計算しています。図は正しく見えても、パディングは読まれています。先にマスクをかけ、"
    "それから v を掛けましょう。",
)
dropout_never_off = misconception(
    edit("weights @ v, weights", "(weights := F.dropout(weights, 0.1)) @ v, weights"),
    en="There is dropout on the weights, and nothing ever turns it off: a function has no evaluation mode, and F.dropout drops by default. The weights no "
    "longer sum to 1. Leave it out here.",
    ja="重みに dropout をかけていて、止まることがありません（関数に評価モードはなく、F.dropout は既定で落とし続けます）。重みの和も 1 になりません。ここでは外しましょう。",
)
squeezed_axes = misconception(
    edit("weights @ v, weights", "(weights @ v).squeeze(), weights.squeeze()"),
    en="squeeze() also removes the axis of one sentence, one query or one key. What calls this function counts on three axes. Leave it out.",
    ja="squeeze() が、文や query や key が 1 つだけのときの軸まで消しています。呼び出す側は 3 つの軸を当てにしています。外しましょう。",
)
state_kept_between_calls = misconception(
    edit(
        "scores = q @ k.transpose(-2, -1)",
        'global SCALE; SCALE = globals().get("SCALE", 0) + 1; scores = SCALE * q @ k.transpose(-2, -1)',
    ),
    en="The result depends on what was computed before. Something is kept in a global variable; all that a call needs is in its arguments.",
    ja="前に計算したことによって結果が変わります。グローバル変数に何かを取っておいていませんか。必要なものは、すべて引数で渡されます。",
)
mask_required = misconception(
    edit("    if mask is not None:\n        scores", "    if True:\n        scores"),
    en="It cannot do without a mask: the default None reaches the line that hides. Mask only `if mask is not None`.",
    ja="mask を省略すると動きません。既定値の None が、隠す処理の行まで届いています。`if mask is not None` のときだけ隠しましょう。",
)
half_precision = misconception(
    edit(
        "q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))",
        "(q.bfloat16() @ k.bfloat16().transpose(-2, -1) / math.sqrt(q.size(-1))).float()",
    ),
    en="The scores are computed in half precision, two or three digits, and the softmax makes the error larger. Keep the type that comes in, float32.",
    ja="スコアを半精度（2〜3 桁）で計算していて、softmax で誤差がさらに広がります。入ってきた型（float32）のまま計算しましょう。",
)
