"""Mistakes people make in MultiHeadAttention: the scale, the softmax and the mask."""

from grader.checks import edit, misconception
from grader.lessons.transformer_lm._lines_heads import MASKED, OUT, K, V

# --- mistakes: the scale -----------------------------------------------------------------------

scale_by_d_model = misconception(
    edit("math.sqrt(q.size(-1))", "math.sqrt(query.size(-1))"),
    en="The scores are divided by sqrt(d_model). Each dot product runs over one head only, so it is the width of a head, "
    "d_model / num_heads, whose root belongs there; otherwise the attention comes out too even.",
    ja="スコアを √d_model で割っています。内積をとるのは 1 つのヘッドの中だけなので、割るのはヘッドの幅 d_model / num_heads の平方根です。"
    "このままでは注意が平らになりすぎます。",
)
scale_without_root = misconception(
    edit("math.sqrt(q.size(-1))", "q.size(-1)"),
    en="The scores are divided by d_h instead of its square root, or twice by the root. The spread of a dot product of d_h "
    "terms is sqrt(d_h); dividing by more makes all keys look alike. Divide once, by the root.",
    ja="スコアを √d_h ではなく d_h で割っています（あるいは √d_h で 2 回割っています）。d_h 個の積の和の散らばりは √d_h です。割りすぎると、どの key も"
    "同じに見えます。平方根で 1 回だけ割りましょう。",
)
scale_lost_when_masked = misconception(
    edit("scores.masked_fill(", "(q @ k.transpose(-2, -1)).masked_fill("),
    narrows="no_scale",
    en="The scale is lost as soon as there is a mask: the masked branch starts again from the unscaled product. Mask the "
    "scores that have already been divided.",
    ja="mask があるときだけスケーリングが消えています。マスクする側の枝で、割る前の積から計算し直しています。割ったあとのスコアにマスクをかけましょう。",
)
scale_after_softmax = misconception(
    edit(" / math.sqrt(q.size(-1))", ""),
    edit("scores.softmax(dim=-1)", "scores.softmax(dim=-1) / math.sqrt(q.size(-1))"),
    en="The division by sqrt(d_h) comes after the softmax. There it only shrinks the weights, which no longer sum to one; "
    "divide the scores before it.",
    ja="√d_h で割るのが softmax の後になっています。そこで割っても重みが縮んで和が 1 でなくなるだけです。softmax の前のスコアを割りましょう。",
)

multiplied_by_root = misconception(
    edit("/ math.sqrt(q.size(-1))", "* math.sqrt(q.size(-1))"),
    en="The scores are multiplied by sqrt(d_h) where they should be divided: what is large already becomes larger.",
    ja="スコアを √d_h で割るところを、掛けています。大きいスコアがさらに大きくなってしまいます。",
)
scale_by_heads = misconception(
    edit("math.sqrt(q.size(-1))", "math.sqrt(self.num_heads)"),
    en="The scores are divided by the root of the number of heads. What is summed up in a dot product is the width of a head, d_h.",
    ja="スコアをヘッドの数の平方根で割っています。内積で足し合わせるのはヘッドの幅 d_h です。",
)
scale_by_length = misconception(
    edit("math.sqrt(q.size(-1))", "math.sqrt(k.size(-2))"),
    en="The scores are divided by the root of the number of keys, and so change with the length of the text. It is the width of a head "
    "whose root belongs there.",
    ja="スコアを key の個数の平方根で割っていて、文の長さによって変わってしまいます。割るのはヘッドの幅の平方根です。",
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
    ja="softmax がありません。スコアのままでは負にもなり、和も 1 になりません。key の軸で softmax をとりましょう。",
)
scores_returned = misconception(
    edit("self.w_o(merged), weights", "self.w_o(merged), scores"),
    en="The scores are returned in the place of the weights. Return what came out of the softmax.",
    ja="重みの代わりに softmax 前のスコアを返しています。softmax の結果を返しましょう。",
)
dropout_in_evaluation = misconception(
    edit("scores.softmax(dim=-1)", "F.dropout(scores.softmax(dim=-1), 0.1)"),
    en="Dropout on the weights stays on in evaluation: F.dropout does so unless told training=self.training, and the same "
    "input gives another output each time. Use an nn.Dropout module.",
    ja="評価モードでも重みの dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まらず、同じ入力でも毎回出力が変わります。"
    "nn.Dropout を使いましょう。",
)

exponentials_overflow = misconception(
    edit("scores.softmax(dim=-1)", "scores.exp() / scores.exp().sum(dim=-1, keepdim=True)"),
    en="The softmax is written as exp(x) / sum(exp(x)). With scores above 88 exp overflows to infinity, and infinity by infinity is NaN. "
    "Subtract the largest score first, or use torch.softmax, which does.",
    ja="softmax を exp(x) / Σexp(x) のまま計算しています。スコアが 88 を超えると exp があふれて ∞ になり、∞/∞ で NaN になります。先に最大値を引くか、そうしてくれる "
    "torch.softmax を使いましょう。",
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
    ja="マスクが softmax の後になっています。隠したい key がすでに分け前を取ったあとなので、残りの和が 1 になりません。softmax の前にスコアを -∞ にしましょう。",
)
masked_score_zero = misconception(
    edit('float("-inf")', "0.0"),
    en="Hidden scores are set to 0 (or to something as small as -1e-9). exp(0) is 1: a hidden key still gets a fair share. "
    'It takes float("-inf"), or at least -1e9.',
    ja='隠すスコアを 0（あるいは -1e-9 のような小さな値）にしています。exp(0) は 1 なので、隠したはずの key にも注意が向きます。float("-inf") か、せめて '
    "-1e9 にしましょう。",
)
mask_not_assigned = misconception(
    edit("scores = scores.masked_fill", "scores.masked_fill"),
    en="The mask has no effect: every key is seen. Either it is not applied, or not to queries that are other than the keys, or the result of masked_fill is thrown away: "
    "without the underscore it returns a new tensor. Assign it, or use masked_fill_.",
    ja="mask が効いておらず、すべての key が見えています。使い忘れたか、query と key が違うときに使っていないか、masked_fill の結果を捨てています。末尾に _ のない masked_fill は新しいテンソルを"
    "返すだけです。代入するか、masked_fill_ を使いましょう。",
)

mask_required = misconception(
    edit("        if mask is not None:\n", "        if True:\n"),
    en="It cannot do without a mask: the default None reaches the line that hides. Mask only `if mask is not None`.",
    ja="mask を省略すると動きません。既定値の None が、隠す処理の行まで届いています。`if mask is not None` のときだけ隠しましょう。",
)
mask_for_the_first_head = misconception(
    edit(MASKED, 'scores = torch.cat([scores[:, :1].masked_fill(~mask, float("-inf")), scores[:, 1:]], dim=1)'),
    en="Only the first head is masked; the others see everything. The mask (Tq, Tk) belongs to all N heads: it spreads over the "
    "axes in front of it by itself.",
    ja="最初のヘッドにしかマスクがかかっておらず、ほかのヘッドには全部見えています。mask (Tq, Tk) は N 個のヘッドすべてにかけます。前の軸には自動で広がります。",
)
mask_for_the_first_sentence = misconception(
    edit(MASKED, 'scores = torch.cat([scores[:1].masked_fill(~mask, float("-inf")), scores[1:]], dim=0)'),
    en="Only the first sentence of the batch is masked; the others see everything.",
    ja="バッチの最初の文にしかマスクがかかっておらず、ほかの文には全部見えています。",
)
mask_of_the_first_call = misconception(
    edit(
        "        if mask is not None:\n",
        '        self.kept = mask if getattr(self, "kept", None) is None else self.kept\n'
        "        mask = self.kept if mask is not None else None\n"
        "        if mask is not None:\n",
    ),
    en="The mask of the first call is kept and used for all later ones. Use the one that was passed in.",
    ja="最初に受け取った mask を取っておいて、次からもそれを使っています。そのつど渡された mask を使いましょう。",
)
mask_of_minus_a_hundred = misconception(
    edit('float("-inf")', "-100.0"),
    en="Hidden scores are set to a number that is not low enough, such as -100. Where all allowed scores are lower still, the hidden "
    'keys win. It takes float("-inf"), or -1e9.',
    ja='隠すスコアが -100 程度で、十分に小さくありません。見てよいスコアがどれもそれより小さいと、隠したはずの key が選ばれます。float("-inf") か -1e9 にしましょう。',
)
only_the_weights_masked = misconception(
    edit("heads = weights @ v", "heads = (q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))).softmax(dim=-1) @ v"),
    narrows="mask_not_assigned",
    en="The weights that come back are masked, but the output is made of others that are not. Use the same weights for both.",
    ja="返している重みにはマスクがかかっていますが、出力はマスクなしの重みで計算しています。同じ重みを両方に使いましょう。",
)
weights_without_the_mask = misconception(
    edit("        if mask is not None:\n", "        before = scores\n        if mask is not None:\n"),
    edit("self.w_o(merged), weights", "self.w_o(merged), before.softmax(dim=-1)"),
    en="The output is right, but the weights that come back are those of before the mask. Return the ones the output is made with.",
    ja="出力は合っていますが、返している重みがマスクをかける前のものです。出力の計算に使った重みを返しましょう。",
)
mask_added_as_numbers = misconception(
    edit(MASKED, "scores = scores + mask"),
    en="The mask is added to the scores as 0 and 1: hidden keys lose one point and are still seen. They need -inf.",
    ja="mask を 0 と 1 の数としてスコアに足しています。隠す key のスコアが 1 低くなるだけで、まだ見えています。-∞ にしましょう。",
)

# --- mistakes: one layer for two roles ---------------------------------------------------------

keys_share_the_queries = misconception(
    edit(K, "        self.w_k = self.w_q\n"),
    en="Queries and keys go through one and the same layer. What a word looks for and what it offers are learned apart: make a Linear for "
    "each.",
    ja="query と key が同じ 1 つの層を通っています。「何を探すか」と「何を持っているか」は別々に学ぶものです。Linear を 1 つずつ作りましょう。",
)
values_share_the_keys = misconception(
    edit(V, "        self.w_v = self.w_k\n"),
    en="Keys and values go through one and the same layer. By what a word is found and what it then hands over are learned apart: make a "
    "Linear for each.",
    ja="key と value が同じ 1 つの層を通っています。「何で見つかるか」と「何を渡すか」は別々に学ぶものです。Linear を 1 つずつ作りましょう。",
)
output_shares_the_values = misconception(
    edit(OUT, "        self.w_o = self.w_v\n"),
    en="The output goes through the layer of the values once more. W_O is a layer of its own: it combines what the heads found.",
    ja="出力が value の層をもう一度通っています。W_O は、各ヘッドの結果を 1 つにまとめる独立した層です。",
)
mask_transposed = misconception(
    edit("masked_fill(~mask", "masked_fill(~(mask.mT if mask.size(-1) == mask.size(-2) else mask)"),
    en="The mask is used the other way round: a query sees the keys that its column stands for. Rows are queries and columns are keys, mask[t, s] says whether t "
    "may look at s: take the mask as it is.",
    ja="マスクの行と列が入れ替わっています。行が query、列が key で、mask[t, s] は「t が s を見てよいか」を表します。転置せずにそのまま使いましょう。",
)
